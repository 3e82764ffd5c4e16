import { expect, test } from 'vitest';
import type { ServiceView } from '../../api/types';
import { linksOf } from './country-services.svelte';

const service = (key: string, link: { way: string; connected: boolean } | null, late = 0) => ({ service: key, link, late }) as unknown as ServiceView;

test('of a region it is counted who is there, who is reached by telephone, and named who is cut off', () => {
  const all = [service('hub', null, 1), service('police', { way: 'amqp', connected: true }), service('ambulance', { way: 'http', connected: false }, 2), service('security', { way: 'phone', connected: false })];
  expect(linksOf('75', all)).toEqual({ code: '75', there: 1, systems: 2, phone: 1, away: ['ambulance'], late: 3 });
});
