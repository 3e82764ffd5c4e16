import { expect, test, vi } from 'vitest';
import { stirs, subjectOf, subjectsOf } from './stirs';

test('what a service does, and what anybody owes, stands on the board of services; a shift brings its numbers', () => {
  expect(subjectsOf({ stream: 'service/75/police', event: { event: 'readiness_reported' } })).toEqual(['services']);
  expect(subjectsOf({ stream: 'region/75', event: { event: 'obligation' } })).toEqual(['services']);
  expect(subjectsOf({ stream: 'region/75', event: { event: 'shift' } })).toEqual(['contacts']);
  expect(subjectsOf({ stream: 'region/75', event: { event: 'closure_set' } })).toEqual(['closures']);
  expect(subjectsOf({ stream: 'region/75', event: { event: 'category_set' } })).toEqual([]);
});

test('what the hub stirs has its reader, and a word of a newer hub harms nobody', () => {
  expect(['links', 'deliveries', 'hazard_layers', 'passports', 'weather'].map((matter) => subjectOf({ region: '75', matter }))).toEqual(['services', 'deliveries', 'hazard_layers', 'passports', null]);
});

test('who no longer shows it is no longer told', () => {
  const read = vi.fn();
  const end = stirs.on('closures', read);
  stirs.tell('closures');
  stirs.tell('services');
  stirs.tellAll();
  end();
  stirs.tell('closures');
  expect(read).toHaveBeenCalledTimes(2);
});
