// Types as fast as a person who is used to it, and counts the keys.
import type { Page } from 'playwright-core';

/** Milliseconds from key to key: 60 words a minute. */
const KEY_MS = 200;

export class Typist {
  readonly #page: Page;
  #keys = 0;
  #began = 0;

  constructor(page: Page) {
    this.#page = page;
  }

  begin(): void {
    this.#keys = 0;
    this.#began = performance.now();
  }

  async press(key: string): Promise<void> {
    this.#keys += 1;
    await this.#page.waitForTimeout(KEY_MS);
    await this.#page.keyboard.press(key);
  }

  async type(text: string): Promise<void> {
    this.#keys += text.length;
    await this.#page.keyboard.type(text, { delay: KEY_MS });
  }

  end(): { keys: number; seconds: number } {
    return { keys: this.#keys, seconds: (performance.now() - this.#began) / 1000 };
  }
}
