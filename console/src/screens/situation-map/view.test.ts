import { expect, test } from 'vitest';
import { readView, writeView } from './view';

test('an address gives the same view to somebody else', () => {
  const view = {
    ...readView(''),
    camera: { lat: 43.25, lon: 76.9, zoom: 11.5 },
    category: 'building_fire',
    severity: 'p1' as const,
    scale: 'local' as const,
    service: 'police',
    district: '751910000',
    mode: 'emergency' as const,
    region: '19',
    of: '75',
    at: new Date('2026-11-23T09:00:00Z'),
    wall: true,
    incident: 'i1',
    objects: ['dangerous', 'water'] as const,
    heat: 24 as const,
  };
  expect(readView(writeView(view))).toEqual(view);
});

test('the usual view has an empty address', () => {
  expect(writeView(readView(''))).toBe('');
});

test('what cannot be read counts as not said', () => {
  const view = readView('?c=here&severity=p9&at=yesterday&mode=war&wall=yes&region=all&of=7');
  expect([view.camera, view.severity, view.at, view.mode, view.wall, view.region, view.of]).toEqual([null, null, null, null, false, null, null]);
  expect(readView('?c=99,76,11').camera, 'no such latitude').toBeNull();
});
