// The tables by which the hub decides: read once, they change with the program.
import { asked, hub } from '../api/client';
import type { CatalogueRow, Category, Names, ServiceArea, ServiceKind } from '../api/types';

class Tables {
  services = $state.raw<ServiceKind[]>([]);
  categories = $state.raw<Category[]>([]);
  catalogue = $state.raw<CatalogueRow[]>([]);
  area = $state.raw<ServiceArea>({ demo: false, regions: [] });
  /** What units can do, by code. */
  capabilities = $state.raw<ReadonlyMap<string, Names>>(new Map());

  async load(): Promise<void> {
    const [services, categories, catalogue, area, capabilities] = await Promise.all([
      asked(hub.GET('/api/v1/service-kinds')),
      asked(hub.GET('/api/v1/categories')),
      asked(hub.GET('/api/v1/obligation-catalogue')),
      asked(hub.GET('/api/v1/service-area')),
      asked(hub.GET('/api/v1/capabilities')),
    ]);
    this.services = services;
    this.categories = categories;
    this.catalogue = catalogue;
    this.area = area;
    this.capabilities = new Map(capabilities.map((one) => [one.code, one.names]));
  }

  service(key: string): ServiceKind | undefined {
    return this.services.find((service) => service.key === key);
  }

  category(code: string): Category | undefined {
    return this.categories.find((category) => category.code === code);
  }

  duty(kind: string): CatalogueRow | undefined {
    return this.catalogue.find((row) => row.id === kind);
  }
}

export const tables = new Tables();
