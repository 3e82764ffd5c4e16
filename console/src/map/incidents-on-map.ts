// Incidents on a map, kept fresh: what is in view, gathered where they are too many, the chosen one always by itself.
import { LngLatBounds, type Map as MapLibre, type MapLayerMouseEvent } from 'maplibre-gl';
import type { Feature, FeatureCollection } from 'geojson';
import type { Severity } from '../api/types';
import { gather, isExercise, rankOf, urgencyOf, type Fan, type Group, type Mark } from './incident-groups';
import { incidentIcon } from './icons';
import { fill } from './fill';
import type { Pace } from './pace';

export interface IncidentMark extends Mark {
  severity: Severity | null;
  category: string | null;
  exercise: boolean;
}

/** The words of the map. */
export interface Words {
  /** What stands below an incident. */
  name(mark: IncidentMark): string;
  /** How many of a group are an exercise. */
  exercises(count: number): string;
}

export const markOf = (id: string, point: { lat: number; lon: number }, severity: Severity | null, category: string | null, exercise: boolean): IncidentMark => ({
  id,
  point,
  severity,
  category,
  exercise,
  rank: rankOf(Number(severity?.slice(1) ?? 4), exercise),
});

/** From where some are to where each of them is drawn. */
const legs = ({ middle, members }: Fan<IncidentMark>): Feature[] =>
  members.map(({ at }) => ({ type: 'Feature', geometry: { type: 'LineString', coordinates: [[middle.lon, middle.lat], [at.lon, at.lat]] }, properties: {} }));

const LAYERS = ['incidents', 'clusters'] as const;
/** What is filled in goes this far beyond the view, in its parts, so that a map that is dragged is not empty at its edge. */
const AROUND = 0.25;

export class IncidentsOnMap {
  readonly #map: MapLibre;
  readonly #pace: Pace;
  readonly #choose: (id: string) => void;
  readonly #words: Words;
  #marks: () => readonly IncidentMark[] = () => [];
  #chosen: string | null = null;
  #groups: Group<IncidentMark>[] = [];
  #filled = '';

  constructor(map: MapLibre, pace: Pace, words: Words, choose: (id: string) => void) {
    this.#map = map;
    this.#pace = pace;
    this.#words = words;
    this.#choose = choose;
    map.on('moveend', this.#draw);
    map.on('click', 'incidents', this.#clicked);
    map.on('click', 'clusters', this.#opened);
    for (const layer of LAYERS) {
      map.on('mouseenter', layer, this.#over);
      map.on('mouseleave', layer, this.#off);
    }
  }

  /** To be called whenever they have changed; they are asked for when they are drawn. */
  show(marks: () => readonly IncidentMark[], chosen: string | null): void {
    this.#marks = marks;
    const other = chosen !== this.#chosen;
    this.#chosen = chosen;
    // What somebody has just chosen stands out at once.
    if (other) this.#draw();
    else this.#pace.want(this.#draw);
  }

  remove(): void {
    this.#pace.forget(this.#draw);
    this.#map.off('moveend', this.#draw);
    this.#map.off('click', 'incidents', this.#clicked);
    this.#map.off('click', 'clusters', this.#opened);
    for (const layer of LAYERS) {
      this.#map.off('mouseenter', layer, this.#over);
      this.#map.off('mouseleave', layer, this.#off);
    }
  }

  readonly #draw = (): void => {
    const bounds = this.#map.getBounds();
    const [wide, high] = [(bounds.getEast() - bounds.getWest()) * AROUND, (bounds.getNorth() - bounds.getSouth()) * AROUND];
    const box = { west: bounds.getWest() - wide, south: bounds.getSouth() - high, east: bounds.getEast() + wide, north: bounds.getNorth() + high };
    const all = this.#marks();
    const chosen = all.find(({ id }) => id === this.#chosen);
    const { apart, groups, fans, under } = gather(all, box, this.#map.getZoom(), chosen);
    this.#groups = groups;
    const around = fans.flatMap(({ members }) => members);
    // Drawn once: around its place where others lie on that, else there.
    const alone = chosen === undefined || around.some(({ mark }) => mark === chosen) ? [] : [this.#single(chosen, under)];
    const features = [
      ...fans.flatMap(legs),
      ...groups.map((one, nth) => this.#grouped(one, nth)),
      ...apart.map((one) => this.#single(one)),
      ...around.map(({ mark, at }) => this.#single({ ...mark, point: at }, mark === chosen ? [] : undefined)),
      ...alone,
    ];
    this.#fill({ type: 'FeatureCollection', features });
  };

  /** `under`: those that it stands on, where it is the chosen one. */
  #single(mark: IncidentMark, under?: readonly IncidentMark[]): Feature {
    const { id, point, severity, category, exercise, rank } = mark;
    const chosen = under !== undefined;
    const more = under === undefined || under.length === 0 ? {} : { more: [`+${under.length} P${urgencyOf(Math.min(...under.map((one) => one.rank)))}`, ...this.#exercisesOf(under)].join('\n') };
    return {
      type: 'Feature',
      geometry: { type: 'Point', coordinates: [point.lon, point.lat] },
      properties: { id, name: this.#words.name(mark), icon: incidentIcon(severity, category, exercise), category: category ?? '', exercise, chosen, ring: chosen, order: chosen ? 100 : 10 - rank, ...more },
    };
  }

  #grouped({ middle, gravest, members }: Group<IncidentMark>, nth: number): Feature {
    const [said] = this.#exercisesOf(members);
    return {
      type: 'Feature',
      geometry: { type: 'Point', coordinates: [middle.lon, middle.lat] },
      properties: { nth, point_count: members.length, gravest: urgencyOf(gravest), exercise: isExercise(gravest), chosen: false, order: 0, ...(said === undefined ? {} : { said }) },
    };
  }

  /** That there are exercises among them: nothing where all are real. */
  #exercisesOf(members: readonly IncidentMark[]): string[] {
    const count = members.filter((one) => one.exercise).length;
    return count === 0 ? [] : [this.#words.exercises(count)];
  }

  #fill(data: FeatureCollection): void {
    const text = JSON.stringify(data.features);
    if (text === this.#filled || (text === '[]' && this.#filled === '')) return;
    this.#filled = text;
    fill(this.#map, 'incidents', data);
  }

  readonly #clicked = (event: MapLayerMouseEvent): void => {
    const id = event.features?.[0]?.properties['id'] as string | undefined;
    if (id !== undefined) this.#choose(id);
  };

  /** A click on a group goes so near that its members come apart. */
  readonly #opened = (event: MapLayerMouseEvent): void => {
    const nth = event.features?.[0]?.properties['nth'] as number | undefined;
    const group = nth === undefined ? undefined : this.#groups[nth];
    if (group === undefined) return;
    const bounds = new LngLatBounds();
    for (const { point } of group.members) bounds.extend([point.lon, point.lat]);
    const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
    this.#map.fitBounds(bounds, { padding: 60, maxZoom: Math.max(16, this.#map.getZoom()), duration: still ? 0 : 400 });
  };

  readonly #over = (): void => void (this.#map.getCanvas().style.cursor = 'pointer');
  readonly #off = (): void => void (this.#map.getCanvas().style.cursor = '');
}
