import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { outlineOf } from './stamp';

const here = import.meta.dirname;

test('every picture of the map is made of paths alone, so that it is drawn at once', () => {
  const files = [...readFileSync(join(here, 'pictures.ts'), 'utf8').matchAll(/from '(@[^']+\.svg)\?raw'/g)].map(([, file]) => file!);
  expect(files.length).toBeGreaterThan(50);
  for (const file of files) {
    const { side, paths } = outlineOf(readFileSync(join(here, '../../node_modules', file), 'utf8'));
    expect(side, file).toBeGreaterThan(0);
    expect(paths.length, file).toBeGreaterThan(0);
  }
});

test('a picture with anything else than paths is refused', () => {
  expect(() => outlineOf('<svg viewBox="0 0 15 15"><path d="M0 0h1z"/><circle r="3"/></svg>')).toThrow();
  expect(() => outlineOf('<svg viewBox="0 0 15 12"><path d="M0 0h1z"/></svg>')).toThrow();
  expect(outlineOf('<svg viewBox="0 0 15 15"><path id="a" d="M0 0h1z"/><path d="M2 2h1z"/></svg>')).toEqual({ side: 15, paths: ['M0 0h1z', 'M2 2h1z'] });
  // Breaks of lines that the files write as characters by number.
  expect(outlineOf('<svg viewBox="0 0 15 15"><path d="M0,0&#xA;&#x9;h1z"/></svg>').paths).toEqual(['M0,0  h1z']);
  expect(() => outlineOf('<svg viewBox="0 0 15 15"><path d="M0 0&amp;h1z"/></svg>')).toThrow();
});
