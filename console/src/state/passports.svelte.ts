// Passports of dangerous facilities: what the hub has, read again when one is changed while a map or a list shows them.
import { asked, hub } from '../api/client';
import type { Schemas } from '../api/types';
import { SharedFresh } from '../board/fresh';
import { region } from './region.svelte';

const EVERY_MS = 60_000;

export type KeptPassport = Schemas['KeptPassport'];

/** A facility that somebody asks about: by its passport, or an object of the land that may have none. */
export interface Facility {
  passport?: string;
  element?: Schemas['Element'];
  name?: string;
  point?: Schemas['Point'];
}

class Passports {
  all = $state.raw<readonly KeptPassport[] | null>(null);
  readonly #fresh = new SharedFresh(() => this.load().then(() => {}, () => {}), EVERY_MS, 'passports');

  /** Keeps them fresh until what is returned is called; several may. */
  watch(): () => void {
    return this.#fresh.watch();
  }

  async load(): Promise<readonly KeptPassport[]> {
    this.all = await asked(hub.GET('/api/v1/object-passports', { params: { query: region.code === null ? {} : { region: region.code } } }));
    return this.all;
  }

  /** The passport of a facility, if it has one. */
  of({ passport, element }: Facility): KeptPassport | null {
    const is = (kept: KeptPassport) => kept.id === passport || (element !== undefined && kept.element?.kind === element.kind && kept.element.id === element.id);
    return this.all?.find(is) ?? null;
  }
}

export const passports = new Passports();
