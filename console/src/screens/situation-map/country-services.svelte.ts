// The services of every region of the country: who is cut off, and what is late. One region after the other, so that the hub is
// not asked for all of them at once.
import { asked, hub } from '../../api/client';
import type { ServiceView } from '../../api/types';
import { linkState } from '../services/link';

/** Pause between two rounds. */
const EVERY_MS = 20_000;

export interface RegionLinks {
  code: string;
  /** Services with a system that is there, and those with one. */
  there: number;
  systems: number;
  /** Services that are reached by telephone alone. */
  phone: number;
  /** Those whose system is not there. */
  away: string[];
  late: number;
}

export function linksOf(code: string, services: readonly ServiceView[]): RegionLinks {
  const word = (one: ServiceView) => linkState(one.link).word;
  const count = (state: string) => services.filter((one) => word(one) === state).length;
  const away = services.filter((one) => word(one) === 'link-state-away').map((one) => one.service);
  const there = count('link-state-there');
  return { code, there, systems: there + away.length, phone: count('link-state-phone'), away, late: services.reduce((sum, one) => sum + one.late, 0) };
}

class CountryServices {
  all = $state.raw<ReadonlyMap<string, RegionLinks>>(new Map());
  failed = $state.raw<unknown>(null);

  /** Keeps those of these regions fresh until what is returned is called. */
  watch(codes: readonly string[]): () => void {
    let [ended, timer] = [false, setTimeout(() => {})];
    const round = async (): Promise<void> => {
      try {
        for (const code of codes) {
          const services = await asked(hub.GET('/api/v1/services', { params: { query: { region: code } } }));
          if (ended) return;
          this.all = new Map([...this.all, [code, linksOf(code, services)]]);
        }
        this.failed = null;
      } catch (problem) {
        this.failed = problem;
      }
      if (!ended) timer = setTimeout(() => void round(), EVERY_MS);
    };
    void round();
    return () => {
      ended = true;
      clearTimeout(timer);
      this.all = new Map();
    };
  }
}

export const countryServices = new CountryServices();
