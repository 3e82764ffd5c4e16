-- Why: borders of regions and districts are imported while the hub works, instead of being read from files at its start.

ALTER TABLE gis_import ADD COLUMN kind text NOT NULL DEFAULT 'osm' CHECK (kind IN ('osm', 'boundaries'));
DROP INDEX gis_import_live;
CREATE UNIQUE INDEX gis_import_live ON gis_import (kind, source) WHERE state = 'live';

CREATE TABLE territory (
    kato    text PRIMARY KEY CHECK (kato ~ '^[0-9]{9}$'),
    level   text NOT NULL CHECK (level IN ('region', 'district')),
    region  text NOT NULL CHECK (region = left(kato, 2)),
    import  bigint NOT NULL REFERENCES gis_import,
    name_kk text NOT NULL,
    name_ru text NOT NULL,
    name_en text NOT NULL,
    geom    geometry(MultiPolygon, 4326) NOT NULL
);
CREATE INDEX territory_import ON territory (import);
COMMENT ON TABLE territory IS 'Regions and districts in force; while there is none, those that the program carries.';
