-- Why: perimeters of water, fire and the like come from others again and again, each for a time; a map that shows them
-- must say from whom, of when and until when, and must never show half of one.

CREATE TABLE hazard_layer (
    id          text PRIMARY KEY CHECK (id ~ '^[a-z0-9][a-z0-9-]{0,63}$'),
    version     bigint NOT NULL,
    region      text,
    kind        text NOT NULL,
    name        text NOT NULL,
    source      text NOT NULL,
    observed_at timestamptz NOT NULL,
    valid_until timestamptz NOT NULL CHECK (valid_until > observed_at),
    put_by      text NOT NULL,
    put_at      timestamptz NOT NULL,
    areas       integer NOT NULL
);
COMMENT ON TABLE hazard_layer IS 'Layers of perimeters in force, with their source, moment and validity; without a region: of the whole country.';

CREATE TABLE hazard_area (
    id     text PRIMARY KEY,
    layer  text NOT NULL REFERENCES hazard_layer ON DELETE CASCADE,
    number integer NOT NULL,
    name   text,
    geom   geometry(MultiPolygon, 4326) NOT NULL
);
CREATE INDEX hazard_area_layer ON hazard_area (layer, number);
CREATE INDEX hazard_area_geom ON hazard_area USING gist (geom);
COMMENT ON TABLE hazard_area IS 'The areas of a layer, exchanged together with it.';

CREATE TABLE hazard_layer_change (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    layer      text NOT NULL,
    region     text,
    what       text NOT NULL,
    detail     text NOT NULL,
    changed_by text NOT NULL,
    changed_at timestamptz NOT NULL
);
CREATE INDEX hazard_layer_change_layer ON hazard_layer_change (layer);
COMMENT ON TABLE hazard_layer_change IS 'Who put, replaced and removed layers; never changed or emptied.';

CREATE VIEW hazard_feature AS
SELECT a.id, l.id AS layer, l.region, l.kind, l.name, l.source, a.name AS area, l.observed_at, l.valid_until, a.geom
FROM hazard_area a JOIN hazard_layer l ON l.id = a.layer;
COMMENT ON VIEW hazard_feature IS 'Areas of layers as features of a map.';
