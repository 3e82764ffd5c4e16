// A nation's worth of units and incidents in one region's hub, and what moves them. The register is written straight
// into the read tables before the hub starts: what is measured is what comes after.
import { uuid } from '../../src/api/uuid';
import type { Caller } from './caller';
import type { Hub } from './hub';

const SERVICES = ['fire_rescue', 'ambulance', 'police', 'utilities'];
const KINDS: Record<string, string> = { fire_rescue: 'fire_engine', ambulance: 'ambulance', police: 'patrol_car', utilities: 'repair_vehicle' };
/** The box in which they are: Almaty. */
export const BOX = { west: 76.75, south: 43.13, east: 77.1, north: 43.38 };

const between = (low: number, high: number) => low + Math.random() * (high - low);
export const somewhere = () => ({ lat: between(BOX.south, BOX.north), lon: between(BOX.west, BOX.east) });

export interface Mover {
  id: string;
  service: string;
  lat: number;
  lon: number;
}

/** Puts `count` units on the register. */
export function register(hub: Hub, count: number): Mover[] {
  const movers: Mover[] = Array.from({ length: count }, (_, n) => ({ id: `75-m-${n}`, service: SERVICES[n % SERVICES.length]!, ...somewhere() }));
  const now = new Date().toISOString();
  const rows = movers.map(({ id, service, lat, lon }, n) => {
    const point = { lat, lon };
    const status = n % 5 === 0 ? { state: 'out_of_service', reason: 'measured', until: null } : { state: 'available' };
    const unit = { id, service, region: '75', call_sign: `M-${n}`, kind: KINDS[service], capabilities: ['transport'], station: `S-${n % 200}`, home: point, status, position: { point, at: now, source: 'station', accuracy: null } };
    return JSON.stringify(unit);
  });
  hub.copy('unit', rows);
  return movers;
}

/** `count` open cards made of one, each at a place of its own: their ids, and their rows. */
export function multiply(card: object, count: number): { ids: string[]; rows: string[] } {
  const ids: string[] = [];
  const rows: string[] = [];
  for (let n = 0; n < count; n++) {
    const id = uuid();
    ids.push(id);
    const made = structuredClone(card) as { id: string; number: string; locations: { location: { fix: { point: object } } }[]; categories: { severity: string }[]; messages: { id: string }[] };
    made.id = id;
    made.number = `75-26-9${String(n).padStart(5, '0')}`;
    made.locations.forEach((version) => (version.location.fix.point = somewhere()));
    made.categories.forEach((version) => (version.severity = ['p1', 'p2', 'p3', 'p4', 'p3', 'p4', 'p4', 'p4'][n % 8]!));
    made.messages.forEach((message) => (message.id = uuid()));
    rows.push(JSON.stringify(made));
  }
  return { ids, rows };
}

/** Moves every unit once in `everyMs`, a thousand in a request, until what is returned is called. */
export function drive(caller: Caller, movers: Mover[], everyMs: number): () => Promise<{ told: number; seconds: number }> {
  const batches = SERVICES.flatMap((service) => {
    const own = movers.filter((mover) => mover.service === service);
    return Array.from({ length: Math.ceil(own.length / 1000) }, (_, n) => ({ service, own: own.slice(n * 1000, n * 1000 + 1000) }));
  });
  let [stopped, told] = [false, 0];
  const began = performance.now();
  const run = (async () => {
    for (let turn = 0; !stopped; turn++) {
      const due = began + (turn * everyMs) / batches.length;
      const wait = due - performance.now();
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
      const { service, own } = batches[turn % batches.length]!;
      const at = new Date().toISOString();
      const positions = own.map((mover) => {
        mover.lat = Math.min(BOX.north, Math.max(BOX.south, mover.lat + between(-0.0006, 0.0006)));
        mover.lon = Math.min(BOX.east, Math.max(BOX.west, mover.lon + between(-0.0008, 0.0008)));
        return { unit: mover.id, position: { point: { lat: mover.lat, lon: mover.lon }, at, source: 'avl', accuracy: null } };
      });
      await caller.ask('POST', '/positions', { region: '75', service, positions });
      told += positions.length;
    }
  })();
  return async () => {
    stopped = true;
    await run;
    return { told, seconds: (performance.now() - began) / 1000 };
  };
}
