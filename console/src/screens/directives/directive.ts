// Directives of the leadership and how far each addressee is (112-R c.6(6)).
import { asked, hub } from '../../api/client';
import type { Directive, Schemas } from '../../api/types';
import { serviceShort } from '../../state/names';
import { numberOf, organisations } from '../../state/organisations.svelte';
import { region } from '../../state/region.svelte';

export type Addressee = Schemas['Addressee'];
export type Delivery = Directive['deliveries'][number];
export type Reached = 'none' | 'sent' | 'received' | 'read' | 'done' | 'refused';

export async function order(command: Schemas['DirectiveCommand']): Promise<void> {
  const code = region.code;
  if (code === null) return;
  await asked(hub.POST('/api/v1/directives', { params: { query: { region: code } }, body: command }));
}

export function addresseeName(addressee: Addressee): string {
  if (addressee.to === 'service') return serviceShort(addressee.service);
  return addressee.to === 'registered' ? organisations.name(addressee.organisation) : addressee.name;
}

/** The number to call at an organisation of the tree. */
export const addresseeNumber = (addressee: Addressee) => (addressee.to === 'registered' ? numberOf(organisations.get(addressee.organisation)) : null);

export function reached(delivery: Delivery): Reached {
  if (delivery.refused) return 'refused';
  if (delivery.done) return 'done';
  if (delivery.read) return 'read';
  if (delivery.received) return 'received';
  return delivery.sent_at ? 'sent' : 'none';
}

/** What a person at the hub may record next, told by telephone. */
export function nextStage(delivery: Delivery): 'received' | 'read' | 'done' | null {
  const at = reached(delivery);
  if (at === 'none' || at === 'sent') return 'received';
  if (at === 'received') return 'read';
  return at === 'read' ? 'done' : null;
}
