// Who works here: signing in, going on and signing out. The token lives in this tab alone and survives a reload.
import { asked, hub, useToken } from '../api/client';
import type { Me, Role } from '../api/types';
import { clock } from '../live/clock.svelte';
import { forgetUnsent, unsentOf } from './unsent.svelte';

const KEPT = 'hub112.account';

/** How long before its end a sign-in is said to end. */
const WARNED_MS = 30 * 60_000;

interface Kept {
  token: string;
  expires_at: string;
  me: Me;
}

class Account {
  me = $state<Me | null>(null);
  /** Nobody is signed in, for the sign-in ran out. */
  expired = $state(false);
  /** The token ran out or was taken back while somebody works: nothing goes on until they have said again who they are,
   * and all that is on the screen waits for that. */
  ended = $state(false);
  #token = '';
  /** When the sign-in ends, by the hub's clock. */
  #until = $state<number | null>(null);

  constructor() {
    const kept = read();
    if (kept === null) return;
    if (Date.parse(kept.expires_at) > Date.now()) this.#enter(kept);
    else this.leave(true);
  }

  get role(): Role | null {
    return (this.me?.role as Role | undefined) ?? null;
  }

  /** How much is left of the sign-in, milliseconds; null while there is time. */
  get ending(): number | null {
    const left = this.#until === null ? Infinity : this.#until - clock.now;
    return left < WARNED_MS ? Math.max(0, left) : null;
  }

  may(...roles: Role[]): boolean {
    return this.role !== null && roles.includes(this.role);
  }

  async signIn(name: string, password: string): Promise<void> {
    useToken(null);
    const signed = await asked(hub.POST('/api/v1/sign-in', { body: { name, password } }));
    this.#enter(signed);
  }

  /** The same person goes on, under a new token. */
  async goOn(password: string): Promise<void> {
    const [name, old] = [this.me?.name, this.#token];
    if (name === undefined) return;
    this.#enter(await asked(hub.POST('/api/v1/sign-in', { body: { name, password } })));
    // The hub takes the old one back; one that has run out is none any more.
    await asked(hub.DELETE('/api/v1/sign-in', { headers: { Authorization: `Bearer ${old}` } })).catch(() => {});
  }

  async signOut(): Promise<void> {
    try {
      await asked(hub.DELETE('/api/v1/sign-in'));
    } finally {
      forgetUnsent();
      this.leave();
    }
  }

  /** The token is not valid any more. */
  over(): void {
    if (this.me !== null) this.ended = true;
  }

  /** Without asking the hub. */
  leave(expired = false): void {
    sessionStorage.removeItem(KEPT);
    useToken(null);
    this.me = this.#until = null;
    this.ended = false;
    this.expired = expired;
  }

  #enter(kept: Kept): void {
    sessionStorage.setItem(KEPT, JSON.stringify(kept));
    unsentOf(kept.me.name);
    this.#token = kept.token;
    useToken(kept.token, () => this.over());
    // The same person in the same office: nothing that is on the screen is drawn anew.
    if (JSON.stringify(kept.me) !== JSON.stringify(this.me)) this.me = kept.me;
    this.#until = Date.parse(kept.expires_at);
    this.expired = this.ended = false;
  }
}

function read(): Kept | null {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT) ?? 'null') as Kept | null;
  } catch {
    return null;
  }
}

export const account = new Account();
