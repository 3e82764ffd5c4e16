// Somebody who goes from screen to screen as a link leads, in one language and one theme, signed in once: what is looked at on
// each is that screen, and neither the page nor the sign-in is waited for again.
import type { Browser, Page } from 'playwright-core';
import { signInAs } from './agency';
import { open, type Seen, type Wanted } from './browser';
import { PASSWORDS, type Account, type Hub } from './hub';

/** As a link within the console: without loading the page. */
export const go = (page: Page, path: string): Promise<void> =>
  page.evaluate((to) => {
    history.pushState(null, '', to);
    dispatchEvent(new PopStateEvent('popstate'));
  }, path);

interface Credentials {
  name: string;
  password: string;
}

export const credentials = (account: Account): Credentials => ({ name: account, password: PASSWORDS[account] });

export class Walker {
  readonly #begun = new Map<string, Seen>();

  /** The page of this account, at the address; nothing is open on it. */
  async at(browser: Browser, hub: Hub, { name, password }: Credentials, path: string, wanted: Wanted = {}): Promise<Seen> {
    const begun = this.#begun.get(name);
    if (begun === undefined) {
      const seen = await open(browser, hub, { ...wanted, at: path });
      this.#begun.set(name, seen);
      await signInAs(seen.page, name, password);
      return seen;
    }
    const dialogs = begun.page.getByRole('dialog');
    for (let n = 0; n < 3 && (await dialogs.count()) > 0; n++) await begun.page.keyboard.press('Escape');
    await go(begun.page, path);
    return begun;
  }

  async end(): Promise<void> {
    for (const { context } of this.#begun.values()) await context.close();
    this.#begun.clear();
  }
}
