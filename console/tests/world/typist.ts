// Types as fast as a person who is used to it, and counts the keys.
import type { Page } from 'playwright-core';

/** Milliseconds from key to key: 60 words a minute. */
export const KEY_MS = 200;

export class Typist {
  readonly #page: Page;
  #keys = 0;
  #began = 0;
  #waited = 0;

  constructor(page: Page) {
    this.#page = page;
  }

  begin(): void {
    this.#keys = 0;
    this.#waited = 0;
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

  /** The person waits for the console. */
  async wait(until: Promise<unknown>): Promise<void> {
    const began = performance.now();
    await until;
    this.#waited += performance.now() - began;
  }

  /** `waited`: seconds in which the person waited for the console. */
  end(): { keys: number; seconds: number; waited: number } {
    return { keys: this.#keys, seconds: (performance.now() - this.#began) / 1000, waited: this.#waited / 1000 };
  }
}
