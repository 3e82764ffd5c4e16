// Fluent resources: one file per language and subject, so that people who work on different screens do not meet.
import { FluentBundle, FluentResource } from '@fluent/bundle';
import type { Language } from '../api/types';

/** Whose numbers are written. Kazakh writes a decimal comma as Russian does, 12,5; Chromium holds a Kazakh of its own, with a
 * point, so that it must not be asked for. */
export const numbersOf = (language: Language): string[] => (language === 'kk' ? ['ru'] : [language]);

export function bundleOf(language: Language, files: Record<string, string>): FluentBundle {
  const made = new FluentBundle(numbersOf(language), { useIsolating: false });
  for (const [path, text] of Object.entries(files)) {
    const errors = made.addResource(new FluentResource(text));
    if (errors.length > 0) throw new Error(`${path}: ${errors.map(String).join('; ')}`);
  }
  return made;
}
