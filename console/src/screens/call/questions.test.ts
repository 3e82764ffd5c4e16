import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { askedBy, questionsFor } from './questions';

test('at a fire a caller is asked of who is inside; elsewhere in general words', () => {
  expect(askedBy('trapped', 'fire')).toBe('ask-trapped-fire');
  expect(askedBy('trapped', 'transport')).toBe('ask-trapped');
  expect(askedBy('gas_smell', 'fire')).toBe('ask-gas-smell');
  expect(askedBy('injured', null)).toBe('ask-injured');
});

test('whatever is asked has its words in each language', () => {
  const groups = [null, 'fire', 'medical', 'transport', 'rescue', 'police', 'utilities', 'natural', 'hazard', 'other'];
  const asked = new Set(groups.flatMap((group) => questionsFor(group).map((question) => askedBy(question, group))));
  for (const language of ['kk', 'ru', 'en']) {
    const text = readFileSync(join(import.meta.dirname, `../../i18n/${language}/call.ftl`), 'utf8');
    expect([...asked].filter((key) => !text.includes(`\n${key} = `)), language).toEqual([]);
  }
});

test('an answer outlives the group that it was asked for: it stays below the questions of another', () => {
  const answers = { gas_smell: true, affected: 0, injured: false } as const;
  expect(questionsFor('police', answers)).toEqual(['weapon', 'injured', 'affected', 'gas_smell']);
  expect(questionsFor('police', {})).toEqual(['weapon', 'injured', 'affected']);
  expect(questionsFor('utilities', answers), 'none stands there twice').toEqual(['gas_smell', 'injured', 'affected']);
});
