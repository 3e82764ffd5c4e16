// Fluent resources: one file per language and subject, so that people who work on different screens do not meet.
import { FluentBundle, FluentResource } from '@fluent/bundle';
import type { Language } from '../api/types';

const files = import.meta.glob<string>('./*/*.ftl', { eager: true, query: '?raw', import: 'default' });

function bundle(language: Language): FluentBundle {
  const made = new FluentBundle(language, { useIsolating: false });
  for (const [path, text] of Object.entries(files)) {
    if (!path.startsWith(`./${language}/`)) continue;
    const errors = made.addResource(new FluentResource(text));
    if (errors.length > 0) throw new Error(`${path}: ${errors.map(String).join('; ')}`);
  }
  return made;
}

export const bundles: Record<Language, FluentBundle> = { kk: bundle('kk'), ru: bundle('ru'), en: bundle('en') };
