// The tables by which the hub decides: read once, they change with the program; but for the desks of the region, which an
// administrator opens and closes.
import { asked, hub } from '../api/client';
import type { CatalogueRow, Category, Names, ServiceArea, ServiceDesk, ServiceKind } from '../api/types';

/** The kind of a service: a further desk has its own word after a hyphen. */
export const kindOf = (key: string) => key.split('-')[0]!;

class Tables {
  kinds = $state.raw<ServiceKind[]>([]);
  /** Further desks of the region, the closed ones among them. */
  desks = $state.raw<ServiceDesk[]>([]);
  /** Every service of the region in the order of clause 3: of each kind the main desk, then the further ones. */
  services = $derived<ServiceKind[]>(this.kinds.flatMap((kind) => [kind, ...this.desks.filter((desk) => !desk.closed_at && kindOf(desk.key) === kind.key).map((desk) => ({ ...kind, key: desk.key, names: desk.names }))]));
  categories = $state.raw<Category[]>([]);
  catalogue = $state.raw<CatalogueRow[]>([]);
  area = $state.raw<ServiceArea>({ demo: false, regions: [] });
  /** What units can do, by code. */
  capabilities = $state.raw<ReadonlyMap<string, Names>>(new Map());

  async load(): Promise<void> {
    const [kinds, categories, catalogue, area, capabilities] = await Promise.all([
      asked(hub.GET('/api/v1/service-kinds')),
      asked(hub.GET('/api/v1/categories')),
      asked(hub.GET('/api/v1/obligation-catalogue')),
      asked(hub.GET('/api/v1/service-area')),
      asked(hub.GET('/api/v1/capabilities')),
    ]);
    this.kinds = kinds;
    this.categories = categories;
    this.catalogue = catalogue;
    this.area = area;
    this.capabilities = new Map(capabilities.map((one) => [one.code, one.names]));
  }

  /** Reads the desks of a region again. */
  async readDesks(region: string): Promise<void> {
    this.desks = await asked(hub.GET('/api/v1/service-desks', { params: { query: { region } } }));
  }

  /** A service with its names; a desk that is closed keeps its own, one that is not known has those of its kind. */
  service(key: string): ServiceKind | undefined {
    const kind = this.kinds.find((one) => one.key === kindOf(key));
    const desk = this.desks.find((one) => one.key === key);
    return kind && desk ? { ...kind, key, names: desk.names } : kind;
  }

  category(code: string): Category | undefined {
    return this.categories.find((category) => category.code === code);
  }

  duty(kind: string): CatalogueRow | undefined {
    return this.catalogue.find((row) => row.id === kind);
  }
}

export const tables = new Tables();
