import { expect, test } from 'vitest';
import { heatQuery } from './heat.svelte';

const NOW = Date.parse('2026-03-02T12:00:00Z');
const asked = (more: object) => Object.fromEntries(new URLSearchParams(heatQuery({ category: null, severity: null, heat: 24, at: null, ...more }, NOW)));

test('a heat map asks for the span before now, or before the moment that is shown', () => {
  expect(asked({})['datetime']).toBe('2026-03-01T12:00:00Z/2026-03-02T12:00:00Z');
  expect(asked({ heat: 1, at: new Date('2026-01-01T00:00:00Z') })['datetime']).toBe('2025-12-31T23:00:00Z/2026-01-01T00:00:00Z');
});

test('the filters of the screen are those of the heat map', () => {
  expect(asked({ category: 'gas_smell', severity: 'p1' })).toMatchObject({ category: 'gas_smell', severity: 'p1' });
  expect(asked({})).not.toHaveProperty('category');
});

test('an exercise is no incident, and what was two messages of one incident is counted once', () => {
  expect(asked({})).toMatchObject({ exercise: 'false', status: 'open,responding,closed' });
});
