// The tree of organisations that directives and notices name (112-R c.2(2), c.6(5), c.6(6)).
import { asked, hub } from '../api/client';
import type { KeptOrganisation } from '../api/types';
import { named } from '../i18n';
import { region } from './region.svelte';

class Organisations {
  all = $state.raw<readonly KeptOrganisation[]>([]);
  #by = $derived(new Map(this.all.map((kept) => [kept.organisation.key, kept])));

  get(key: string): KeptOrganisation | null {
    return this.#by.get(key) ?? null;
  }

  name(key: string): string {
    return named(this.get(key)?.organisation.names, key);
  }

  /** Read anew; what was known stays until it is there. */
  async load(): Promise<readonly KeptOrganisation[]> {
    this.all = await asked(hub.GET('/api/v1/organisations', { params: { query: region.code === null ? {} : { region: region.code } } }));
    return this.all;
  }
}

export const organisations = new Organisations();

/** The number to call there. */
export const numberOf = (kept: KeptOrganisation | null) => kept?.organisation.duty_number ?? kept?.organisation.contacts?.[0]?.number ?? null;
