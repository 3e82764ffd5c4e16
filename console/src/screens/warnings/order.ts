// What a person decides about a warning goes to the hub.
import { asked, hub } from '../../api/client';
import { region } from '../../state/region.svelte';
import type { Command } from './warning';

/** Sends a command and shows the cases as they are then. */
export async function order(body: Command): Promise<void> {
  const code = region.code;
  if (code === null) return;
  const query = { region: code };
  await asked(hub.POST('/api/v1/warnings', { params: { query }, body }));
  await read();
}

/** The cases as they are now: how far they got no event of the journal tells. */
export async function read(): Promise<void> {
  const code = region.code;
  if (code === null) return;
  const cases = await asked(hub.GET('/api/v1/warnings', { params: { query: { region: code } } }));
  if (region.code === code) region.warnings.replace(cases);
}
