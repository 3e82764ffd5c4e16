import { expect, test } from 'vitest';
import type { Incident } from '../api/types';
import { basisOf, concerns, restsTheSame } from './additional';

const request = (service: string, count: number, state: string, at: number) => ({ service, count, state, requested_at: `2026-11-28T03:0${at}:00Z`, engagements: {} });
const card = (over: object = {}): Incident =>
  ({
    status: 'responding',
    version: 7,
    categories: [{ code: 'fire_building' }],
    locations: [{ location: { address: 'улица Абая, 10', fix: { point: { lat: 43.2401, lon: 76.9512 } } } }],
    requests: { a: request('fire_rescue', 2, 'open', 1) },
    messages: [],
    ...over,
  }) as unknown as Incident;

test('another service that answers, a caller, a crew that reports leave the decision as it was', () => {
  const seen = card();
  expect(restsTheSame(seen, card({ version: 9, messages: [{}], requests: { a: request('fire_rescue', 2, 'answered', 1) } }), ['police'])).toBe(true);
  const moved = { ...request('fire_rescue', 2, 'open', 1), engagements: { u: { reached: [] } } };
  expect(restsTheSame(seen, card({ requests: { a: moved } }), ['fire_rescue'])).toBe(true);
});

test('an end, another event, another place, and what that service itself was asked for or answered make it another', () => {
  const seen = card();
  const others = [
    card({ status: 'closed' }),
    card({ categories: [{ code: 'fire_building' }, { code: 'explosion' }] }),
    card({ locations: [{ location: { address: 'улица Абая, 12', fix: null } }] }),
  ];
  for (const now of others) expect(restsTheSame(seen, now, ['police'])).toBe(false);
  const refused = card({ requests: { a: request('fire_rescue', 2, 'refused', 1) } });
  expect(restsTheSame(seen, refused, ['fire_rescue'])).toBe(false);
  expect(restsTheSame(seen, refused, ['police', 'fire_rescue'])).toBe(false);
});

test('what a service was asked for is said in order, and only that of the chosen one is shown', () => {
  const { requests } = basisOf(card({ requests: { b: request('police', 1, 'open', 3), a: request('police', 2, 'refused', 1), c: request('ambulance', 1, 'open', 2) } }));
  expect(requests).toEqual({ police: '2 refused, 1 open', ambulance: '1 open' });
  expect(['status', 'address', 'requests.police', 'requests.ambulance'].filter((field) => concerns(field, 'police'))).toEqual(['status', 'address', 'requests.police']);
});
