// What this person likes on this machine: language, theme, size of text, sound.
import { askIn } from '../api/client';
import type { Language } from '../api/types';

export type Theme = 'night' | 'day';
export type TextSize = 100 | 115 | 130;

export const LANGUAGES: readonly Language[] = ['kk', 'ru', 'en'];
export const TEXT_SIZES: readonly TextSize[] = [100, 115, 130];

const KEPT = 'hub112.preferences';

interface Kept {
  language?: Language;
  theme?: Theme;
  textSize?: TextSize;
  sound?: boolean;
}

class Preferences {
  language = $state<Language>('kk');
  theme = $state<Theme>('night');
  textSize = $state<TextSize>(100);
  sound = $state(true);

  constructor() {
    const kept = read();
    this.language = kept.language ?? spoken();
    this.theme = kept.theme ?? (prefersLight() ? 'day' : 'night');
    this.textSize = kept.textSize ?? 100;
    this.sound = kept.sound ?? true;
    this.#apply();
  }

  set(change: Kept): void {
    if (change.language !== undefined) this.language = change.language;
    if (change.theme !== undefined) this.theme = change.theme;
    if (change.textSize !== undefined) this.textSize = change.textSize;
    if (change.sound !== undefined) this.sound = change.sound;
    const { language, theme, textSize, sound } = this;
    localStorage.setItem(KEPT, JSON.stringify({ language, theme, textSize, sound }));
    this.#apply();
  }

  #apply(): void {
    askIn(this.language);
    const root = document.documentElement;
    root.lang = this.language;
    root.dataset['theme'] = this.theme;
    root.dataset['text'] = String(this.textSize);
  }
}

function read(): Kept {
  try {
    return (JSON.parse(localStorage.getItem(KEPT) ?? '{}') as Kept | null) ?? {};
  } catch {
    return {};
  }
}

function spoken(): Language {
  for (const tag of navigator.languages) {
    const language = LANGUAGES.find((known) => tag.toLowerCase().startsWith(known));
    if (language !== undefined) return language;
  }
  return 'kk';
}

function prefersLight(): boolean {
  return matchMedia('(prefers-color-scheme: light)').matches;
}

export const preferences = new Preferences();
