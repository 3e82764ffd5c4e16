import { writeFileSync, existsSync, rmSync } from 'node:fs';
import { test } from 'vitest';
import { Hub } from './world/hub';
import { Caller } from './world/caller';
import { shift } from './world/shift';
import { hire } from './world/agency';
test('stay', async () => {
  const hub = await Hub.open({ demo: true });
  for (const service of ['fire_rescue', 'police']) hub.agency(service);
  await hire(await Caller.of(hub, 'administrator'));
  const incident = await shift(await Caller.of(hub));
  writeFileSync('/tmp/scratch/hub.json', JSON.stringify({ url: hub.url, incident }));
  while (!existsSync('/tmp/scratch/stop')) await new Promise((r) => setTimeout(r, 1000));
  rmSync('/tmp/scratch/stop');
  await hub.close();
}, 10_000_000);
