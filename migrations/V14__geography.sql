-- Why: the land is imported again and again while the hub works. What an import brings stands in partitions of its
-- own, filled and indexed beside the tables and attached to them in one transaction: nobody ever sees half of it.

CREATE TABLE gis_import (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source      text NOT NULL,
    version     text NOT NULL,
    file        text NOT NULL,
    state       text NOT NULL CHECK (state IN ('reading', 'read', 'live', 'replaced', 'failed')),
    counts      json NOT NULL DEFAULT '{}',
    data_at     timestamptz,
    attribution text NOT NULL,
    licence     text NOT NULL,
    started_at  timestamptz NOT NULL DEFAULT now(),
    live_at     timestamptz,
    CHECK (state <> 'live' OR live_at IS NOT NULL)
);
CREATE UNIQUE INDEX gis_import_live ON gis_import (source) WHERE state = 'live';
COMMENT ON TABLE gis_import IS 'Where what lies on the map came from: one import in force per source.';

CREATE TABLE road (
    import      bigint NOT NULL,
    id          bigint NOT NULL,
    way         bigint NOT NULL,
    from_node   bigint NOT NULL,
    to_node     bigint NOT NULL,
    class       text NOT NULL,
    direction   text NOT NULL,
    limit_kmh   smallint,
    rough       boolean NOT NULL,
    name        text,
    name_kk     text,
    name_ru     text,
    name_en     text,
    former_name text,
    reference   text,
    geom        geometry(LineString, 4326) NOT NULL
) PARTITION BY LIST (import);
-- Unique indexes, not constraints: a partition's own is attached instead of being built again under a lock.
CREATE UNIQUE INDEX road_id ON road (import, id);
CREATE INDEX road_way ON road (way);
CREATE INDEX road_geom ON road USING gist (geom);
COMMENT ON TABLE road IS 'Pieces of road between junctions; a junction below zero is a road''s end at a barrier.';

CREATE TABLE turn_restriction (
    import   bigint NOT NULL,
    id       bigint NOT NULL,
    turn     text NOT NULL,
    from_way bigint NOT NULL,
    via_node bigint,
    via_ways bigint[] NOT NULL,
    to_way   bigint NOT NULL
) PARTITION BY LIST (import);
CREATE UNIQUE INDEX turn_restriction_id ON turn_restriction (import, id);
COMMENT ON TABLE turn_restriction IS 'Turns that are forbidden, or the only ones allowed.';

CREATE TABLE address (
    import      bigint NOT NULL,
    id          bigint NOT NULL,
    element     text NOT NULL,
    element_id  bigint NOT NULL,
    house       text NOT NULL,
    street      text,
    place       text,
    city        text,
    postcode    text,
    name        text,
    name_kk     text,
    name_ru     text,
    name_en     text,
    former_name text,
    geom        geometry(Point, 4326) NOT NULL
) PARTITION BY LIST (import);
CREATE UNIQUE INDEX address_id ON address (import, id);
CREATE INDEX address_geom ON address USING gist (geom);
COMMENT ON TABLE address IS 'House numbers as the source has them; a house on a corner stands here twice.';

CREATE TABLE street (
    import      bigint NOT NULL,
    id          bigint NOT NULL,
    name        text NOT NULL,
    name_kk     text,
    name_ru     text,
    name_en     text,
    former_name text,
    geom        geometry(MultiLineString, 4326) NOT NULL
) PARTITION BY LIST (import);
CREATE UNIQUE INDEX street_id ON street (import, id);
CREATE INDEX street_geom ON street USING gist (geom);
COMMENT ON TABLE street IS 'Roads of one name that lie together; the same name elsewhere is another street.';

CREATE TABLE place (
    import      bigint NOT NULL,
    id          bigint NOT NULL,
    element     text NOT NULL,
    element_id  bigint NOT NULL,
    kind        text NOT NULL,
    population  bigint,
    name        text,
    name_kk     text,
    name_ru     text,
    name_en     text,
    former_name text,
    geom        geometry(Point, 4326) NOT NULL
) PARTITION BY LIST (import);
CREATE UNIQUE INDEX place_id ON place (import, id);
CREATE INDEX place_geom ON place USING gist (geom);
COMMENT ON TABLE place IS 'Towns, villages, quarters by name.';

CREATE TABLE object (
    import      bigint NOT NULL,
    id          bigint NOT NULL,
    element     text NOT NULL,
    element_id  bigint NOT NULL,
    kind        text NOT NULL,
    phone       text,
    tags        jsonb NOT NULL,
    name        text,
    name_kk     text,
    name_ru     text,
    name_en     text,
    former_name text,
    geom        geometry(Point, 4326) NOT NULL
) PARTITION BY LIST (import);
CREATE UNIQUE INDEX object_id ON object (import, id);
CREATE INDEX object_kind ON object (kind);
CREATE INDEX object_geom ON object USING gist (geom);
COMMENT ON TABLE object IS 'Who helps, who needs help, what is dangerous: hospitals, stations, schools, hydrants, works.';


CREATE TABLE closure (
    region     text NOT NULL,
    id         text PRIMARY KEY,
    open       boolean NOT NULL,
    version    bigint NOT NULL,
    state      jsonb NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX closure_open ON closure (region) WHERE open;
COMMENT ON TABLE closure IS 'Roads that an officer closed: for every instance and after every start.';
