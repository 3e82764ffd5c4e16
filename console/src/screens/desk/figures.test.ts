import { beforeAll, expect, test, vi } from 'vitest';
import { loadLanguage } from '../../i18n/bundles';
import { figuresOf, saidOf, scaleSaid, toRecord } from './figures';

// The preferences are those of a browser's page; there is none here.
vi.mock('../../state/preferences.svelte', () => ({ preferences: { language: 'en' } }));

beforeAll(() => loadLanguage('en'));

const plain = (text: string) => text.replaceAll(/[⁨⁩]/g, '');

const known = { dead: 0, injured: 2, affected: 5, disrupted: 0, damage_tenge: 0, extent: null };

test('who only states the scale records no figure: what is unknown stays unknown', () => {
  expect(figuresOf(undefined)).toEqual({ dead: null, injured: null, affected: null, disrupted: null, damage_tenge: null });
  expect(toRecord(undefined, figuresOf(undefined))).toBeNull();
  expect(toRecord(known, figuresOf(known))).toBeNull();
});

test('a figure that was touched is recorded with those that are known, the dead and the injured among the affected', () => {
  const unknown = { dead: null, injured: null, affected: null, disrupted: null, damage_tenge: null, extent: null };
  expect(toRecord(undefined, { ...figuresOf(undefined), injured: 3 })).toEqual({ ...unknown, injured: 3 });
  const form = { ...figuresOf(undefined), dead: 0, resonance: false, scale: 'local' };
  expect(toRecord(undefined, form), 'and nothing else of the form').toEqual({ ...unknown, dead: 0 });
  expect(toRecord(known, { ...figuresOf(known), dead: 4 })).toEqual({ ...known, dead: 4, affected: 6 });
  expect(toRecord(known, { ...figuresOf(known), disrupted: null }), 'what was stated in error is not known again').toEqual({ ...known, disrupted: null });
});

test('a nought is said, and what nobody stated is said to be so', () => {
  expect(plain(saidOf({ dead: 0, injured: 2, affected: null }))).toBe('0 dead, 2 injured, not stated affected');
});

test('a scale from figures that are not all known is said to be the least', () => {
  const scale = { scale: 'local', basis: '', at: '', by: { who: 'rule', rule: 'order240' } } as const;
  expect(plain(scaleSaid(scale))).toBe('local');
  expect(plain(scaleSaid({ ...scale, unknown: ['disrupted', 'damage'] }))).toBe('at least local; not known: people with disrupted living conditions, damage');
});
