import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { FluentBundle, FluentResource } from '@fluent/bundle';
import { describe, expect, test } from 'vitest';
import { TAGGED, VOCABULARY, wordKey } from './vocabulary';

const LANGUAGES = ['kk', 'ru', 'en'] as const;
const here = import.meta.dirname;
const source = join(here, '..');

function load(language: string): { bundle: FluentBundle; keys: Set<string>; texts: Map<string, string> } {
  const bundle = new FluentBundle(language, { useIsolating: false });
  const keys = new Set<string>();
  const texts = new Map<string, string>();
  for (const file of readdirSync(join(here, language))) {
    const text = readFileSync(join(here, language, file), 'utf8');
    const errors = bundle.addResource(new FluentResource(text));
    expect(errors, `${language}/${file}: each key once, and readable`).toEqual([]);
    const lines = text.split('\n').filter((line) => /^[a-z]/.test(line));
    for (const line of lines) {
      const key = /^[a-z0-9-]+/.exec(line)![0];
      expect(bundle.hasMessage(key), `${language}/${file}: ${line}`).toBe(true);
      keys.add(key);
    }
    texts.set(file, text);
  }
  return { bundle, keys, texts };
}

const all = Object.fromEntries(LANGUAGES.map((language) => [language, load(language)])) as Record<
  (typeof LANGUAGES)[number],
  ReturnType<typeof load>
>;

function files(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? files(join(folder, entry.name)) : [join(folder, entry.name)],
  );
}

test('the three languages have the same keys', () => {
  const kk = [...all.kk.keys].sort();
  expect([...all.ru.keys].sort()).toEqual(kk);
  expect([...all.en.keys].sort()).toEqual(kk);
});

// 112-R: what is sent are күштер (силы); one that is counted is a бірлік; a бөлімше is a part of an organisation, as a
// dispatch unit is (диспетчерлік бөлімше).
test('in Kazakh forces are called by one word', () => {
  const parts = ['roads.ftl: objects-helping'];
  const others = [...all.kk.texts].flatMap(([file, text]) =>
    text.split('\n').flatMap((line) => (/бірліктер|бөлімше/i.test(line) ? [`${file}: ${/^[a-z0-9-]+/.exec(line)?.[0] ?? line}`] : [])),
  );
  expect(others.filter((one) => !parts.includes(one))).toEqual([]);
});

test('every key that the source asks for exists', () => {
  const missing: string[] = [];
  for (const file of files(source).filter((name) => /\.(ts|svelte)$/.test(name) && !name.endsWith('.test.ts'))) {
    for (const [, key] of readFileSync(file, 'utf8').matchAll(/\bt\(\s*'([a-z0-9-]+)'/g)) {
      if (!all.en.keys.has(key!)) missing.push(`${key} (${file.slice(source.length + 1)})`);
    }
  }
  expect(missing).toEqual([]);
});

test('every screen says in its help what it is for, with its clause', () => {
  const silent: string[] = [];
  for (const file of files(join(source, 'screens')).filter((name) => name.endsWith('screen.ts'))) {
    const path = /path: '([^']+)'/.exec(readFileSync(file, 'utf8'))?.[1] ?? '';
    for (const language of LANGUAGES) {
      const text = all[language].bundle.getMessage(`about${path.replaceAll('/', '-')}`)?.value;
      const said = typeof text === 'string' ? text : '';
      const ruled = !['/profile', '/administration'].includes(path);
      if (said === '' || (ruled && !said.includes('112-R c.'))) silent.push(`${language}: ${path}`);
    }
  }
  expect(silent).toEqual([]);
});

test('a message takes the same variables in every language', () => {
  const whole = Object.fromEntries(LANGUAGES.map((language) => [language, [...all[language].texts.values()].join('\n')]));
  for (const key of all.en.keys) {
    const variables = LANGUAGES.map((language) => {
      const text = whole[language]!;
      const from = text.search(new RegExp(`^${key} =`, 'm'));
      const rest = text.slice(from);
      const end = rest.slice(1).search(/^[a-z#]/m);
      return [...new Set((end < 0 ? rest : rest.slice(0, end + 1)).match(/\$[a-z]+/gi) ?? [])].sort();
    });
    expect(variables[1], `${key}: ru as kk`).toEqual(variables[0]);
    expect(variables[2], `${key}: en as kk`).toEqual(variables[0]);
  }
});

test('Kazakh and Russian are not left in English', () => {
  const latin = /^[\x20-\x7e–—…·±→↵·]*[a-z]{4,}[\x20-\x7e–—…·±→↵·]*$/;
  for (const language of ['kk', 'ru'] as const) {
    for (const text of all[language].texts.values()) {
      for (const line of text.split('\n')) {
        const value = /^[a-z0-9-]+ = (.*)$/.exec(line)?.[1];
        if (value !== undefined && !line.startsWith('language-')) expect(value.replaceAll(/\{[^}]*\}/g, ''), line).not.toMatch(latin);
      }
    }
  }
});

test('every kind of event of the journal has its word', () => {
  const kinds = ['event.rs', 'service/event.rs'].flatMap((file) => {
    const text = readFileSync(join(source, '../../src/domain', file), 'utf8');
    const from = text.indexOf("fn kind(&self) -> &'static str");
    return [...text.slice(from, text.indexOf('\n    }\n', from)).matchAll(/=> "([a-z_0-9]+)"/g)].map(([, kind]) => kind!);
  });
  expect(kinds.length).toBeGreaterThan(40);
  expect(kinds.map((kind) => wordKey('event', kind)).filter((key) => !all.en.keys.has(key))).toEqual([]);
});

describe('the words of the interface', () => {
  interface Schema {
    enum?: string[];
    oneOf?: { properties: Record<string, { enum: string[] }> }[];
  }
  const document = JSON.parse(readFileSync(join(source, '../../openapi/hub112.openapi.json'), 'utf8')) as {
    components: { schemas: Record<string, Schema> };
  };
  const values: [string, string[]][] = [
    ...Object.entries(VOCABULARY).map(([kind, schema]): [string, string[]] => [kind, document.components.schemas[schema]?.enum ?? []]),
    ...Object.entries(TAGGED).map(([kind, { schema, tag }]): [string, string[]] => [
      kind,
      (document.components.schemas[schema]?.oneOf ?? []).map((one) => one.properties[tag]!.enum[0]!),
    ]),
  ];
  test.each(values)('%s: every value has its word', (kind, list) => {
    expect(list.length, 'the document knows the schema').toBeGreaterThan(0);
    const missing = list.map((value) => wordKey(kind, value)).filter((key) => !all.en.keys.has(key));
    expect(missing).toEqual([]);
  });
});
