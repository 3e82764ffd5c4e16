// Who works here: signing in and out. The token lives in this tab alone and survives a reload.
import { asked, hub, useToken } from '../api/client';
import type { Me, Role } from '../api/types';
import { forgetUnsent } from './unsent.svelte';

const KEPT = 'hub112.account';

interface Kept {
  token: string;
  expires_at: string;
  me: Me;
}

class Account {
  me = $state<Me | null>(null);
  /** The token ran out or was taken back while somebody worked. */
  expired = $state(false);

  constructor() {
    const kept = read();
    if (kept !== null) this.#enter(kept);
  }

  get role(): Role | null {
    return (this.me?.role as Role | undefined) ?? null;
  }

  may(...roles: Role[]): boolean {
    return this.role !== null && roles.includes(this.role);
  }

  async signIn(name: string, password: string): Promise<void> {
    useToken(null);
    const signed = await asked(hub.POST('/api/v1/sign-in', { body: { name, password } }));
    sessionStorage.setItem(KEPT, JSON.stringify(signed));
    this.#enter(signed);
  }

  async signOut(): Promise<void> {
    try {
      await asked(hub.DELETE('/api/v1/sign-in'));
    } finally {
      forgetUnsent();
      this.leave();
    }
  }

  /** Without asking the hub: the token is not valid any more. */
  leave(expired = false): void {
    sessionStorage.removeItem(KEPT);
    useToken(null);
    this.me = null;
    this.expired = expired;
  }

  #enter(kept: Kept): void {
    useToken(kept.token, () => this.leave(true));
    this.me = kept.me;
    this.expired = false;
  }
}

function read(): Kept | null {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? 'null') as Kept | null;
    return kept !== null && Date.parse(kept.expires_at) > Date.now() ? kept : null;
  } catch {
    return null;
  }
}

export const account = new Account();
