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
  region.warnings.replace(await asked(hub.GET('/api/v1/warnings', { params: { query } })));
}
