import { expect, test } from 'vitest';
import type { Unit } from '../../api/types';
import { placesThen, unitThen } from './place-then';

const AT = new Date('2026-11-28T03:00:00Z');
const unit = (id: string) => ({ id, service: 'ambulance', position: { point: { lat: 1, lon: 1 }, at: '2026-11-28T09:00:00Z', source: 'crew' } }) as unknown as Unit;
const places = placesThen(
  [
    { id: 'tracked', point: { lat: 43.2, lon: 76.9 }, seen_at: '2026-11-25T03:00:00Z' },
    { id: 'silent', point: { lat: 43.3, lon: 76.8 } },
  ],
  AT.getTime(),
);

test('a unit stands where it had last been seen, of any age, else at its station; one that was not there yet stands nowhere', () => {
  const of = (id: string) => unitThen(unit(id), places.get(id), undefined, AT);
  expect(of('tracked')[0]?.position).toMatchObject({ point: { lat: 43.2, lon: 76.9 }, at: '2026-11-25T03:00:00.000Z', source: 'avl' });
  expect(of('silent')[0]?.position).toMatchObject({ point: { lat: 43.3, lon: 76.8 }, at: AT.toISOString(), source: 'station' });
  expect(of('later')).toEqual([]);
});

test('what it did is what the cards say that it did', () => {
  expect(unitThen(unit('silent'), places.get('silent'), undefined, AT)[0]?.status).toEqual({ state: 'available' });
  expect(unitThen(unit('silent'), places.get('silent'), { incident: 'i', stage: 'arrived' }, AT)[0]?.status).toMatchObject({ state: 'engaged', incident: 'i', stage: 'arrived' });
});
