// What the map and the figures beside it show: of a region or of the whole country, now from the feed, or at a moment that has
// passed as the hub says that it was; and what the filters let through of it.
import { untrack } from 'svelte';
import type { Mode, Unit } from '../../api/types';
import type { DrawnZone } from '../../map/features';
import { named, t, word } from '../../i18n';
import { gravest } from '../../state/mode';
import { namedCategory, serviceName } from '../../state/names';
import { SEVERITIES } from '../../state/orders';
import { region } from '../../state/region.svelte';
import { sampled } from '../../state/sampled.svelte';
import { scope } from '../../state/scope.svelte';
import { tables } from '../../state/tables.svelte';
import { country } from './country.svelte';
import { past } from './past.svelte';
import { unitThen } from './place-then';
import { regionRows } from './region-rows';
import { fromCard, gravestFirst, passes, tally, type Shown } from './shown';
import type { View } from './view';

const SEVERITY_TONES = { p1: 'danger', p2: 'caution', p3: 'info', p4: 'quiet' } as const;
/** Rows of one table of figures. */
const MOST_ROWS = 8;

/** To be made in a component: it follows the feed for as long as that stands. */
export class Picture {
  readonly #look: () => View;
  readonly view = $derived.by(() => this.#look());
  /** The whole country, unless the address names a region: a link gives the same to somebody else. */
  readonly whole = $derived(scope.several && this.view.region === null);
  readonly isPast = $derived(this.view.at !== null);
  readonly #live: { readonly now: Shown[] };
  readonly modes = $derived.by<ReadonlyMap<string, Mode>>(() => (this.isPast ? past.modes : this.whole ? country.modes : new Map(region.code === null || region.mode === null ? [] : [[region.code, gravest(region.mode)]])));
  readonly all = $derived.by(() => (this.isPast ? (past.incidents ?? []) : this.#live.now));
  readonly incidents = $derived(gravestFirst(this.all.filter((one) => passes(one, this.view) && this.#inMode(one.region))));
  readonly #register = $derived.by(() => (this.whole ? country.units.all : region.units.all));
  readonly #held = $derived.by(() => {
    const at = this.view.at;
    return at === null ? this.#register : [...this.#register, ...past.removed].flatMap((unit) => unitThen(unit, past.units.get(unit.id), past.engaged.get(unit.id), at));
  });
  readonly #everyRegion = $derived(this.#held.filter((unit) => (this.view.service === null || unit.service === this.view.service) && this.#inMode(unit.region)));
  readonly units = $derived(this.whole && this.view.of !== null ? this.#everyRegion.filter((unit) => unit.region === this.view.of) : this.#everyRegion);
  readonly zones = $derived.by<DrawnZone[]>(() => {
    const { mode, of } = this.view;
    if (this.whole) return (this.isPast ? past.zones : country.zones).filter((zone) => (of === null || zone.region === of) && this.#inMode(zone.region));
    return (this.isPast ? past.zones : region.zones.all.filter((zone) => (zone.ended_at ?? null) === null)).filter((zone) => mode === null || zone.mode === mode);
  });
  readonly chosen = $derived(this.incidents.find((one) => one.id === this.view.incident) ?? null);
  readonly served = $derived(tables.area.regions.map(({ code, names }) => ({ code, name: named(names, code) })));
  readonly failed = $derived.by(() => (this.isPast ? null : this.whole ? country.failed : region.failed));
  readonly ready = $derived.by(() => (this.isPast ? past.incidents !== null || past.problem !== null : this.whole ? country.ready : region.ready));

  /** What is counted: an exercise is none of them. */
  readonly #real = $derived(this.incidents.filter((one) => !one.exercise));
  readonly bySeverity = $derived(SEVERITIES.map((one) => ({ name: `${one.toUpperCase()} ${word('severity', one)}`, count: this.#real.filter((card) => card.severity === one).length, tone: SEVERITY_TONES[one] })));
  readonly byCategory = $derived(most(this.#real.map((one) => one.category)).map(({ value, count }) => ({ name: value === null ? t('category-none') : namedCategory(value), count })));
  readonly byService = $derived(most(this.units.map((unit) => unit.service)).map(({ value, count }) => ({ name: serviceName(value), count })));
  readonly byDistrict = $derived(most(this.all.filter((one) => !one.exercise && passes(one, { ...this.view, district: null })).map((one) => one.district)));
  readonly byRegion = $derived(
    this.whole
      ? regionRows(
          this.served.filter(({ code }) => this.#inMode(code)),
          this.modes,
          this.all.filter((one) => !one.exercise && passes(one, { ...this.view, of: null, district: null })),
          this.#everyRegion,
        )
      : [],
  );

  constructor(look: () => View) {
    this.#look = look;
    this.#live = sampled<Shown[]>(() => (this.whole ? country.incidents.all : region.incidents.all.map(fromCard)));
    $effect(() => (this.whole ? country.watch() : undefined));
    $effect(() => {
      const at = this.view.at;
      void this.whole;
      untrack(() => (at === null ? past.leave() : this.askPast(at)));
    });
    $effect(() => () => past.leave());
  }

  askPast(at: Date): void {
    past.want(at, this.whole ? null : region.code);
  }

  /** Reads it anew. */
  again(): void {
    void (this.whole ? country.load() : region.load());
  }

  unit(id: string): Unit | undefined {
    return (this.whole ? country.units : region.units).get(id);
  }

  /** On the map of the country the mode is that of regions. */
  #inMode(code: string): boolean {
    return !this.whole || this.view.mode === null || (this.modes.get(code) ?? 'everyday') === this.view.mode;
  }

}

const most = <T>(all: T[]) => tally(all).slice(0, MOST_ROWS);
