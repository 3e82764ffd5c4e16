-- Why: water and green areas of the land are what a map shows under its roads, from the same imports as these.
CREATE TABLE land_cover (
    import      bigint NOT NULL,
    id          bigint NOT NULL,
    element     text NOT NULL,
    element_id  bigint NOT NULL,
    kind        text NOT NULL,
    area_m2     double precision,
    name        text,
    name_kk     text,
    name_ru     text,
    name_en     text,
    former_name text,
    geom        geometry(Geometry, 4326) NOT NULL
) PARTITION BY LIST (import);
CREATE UNIQUE INDEX land_cover_id ON land_cover (import, id);
CREATE INDEX land_cover_geom ON land_cover USING gist (geom);
-- Maps of a whole region ask for what is large alone.
CREATE INDEX land_cover_large ON land_cover USING gist (geom) WHERE area_m2 >= 1000000;
CREATE INDEX land_cover_river ON land_cover USING gist (geom) WHERE kind = 'river';
COMMENT ON TABLE land_cover IS 'Lakes, rivers, forests, parks: polygons with their area, watercourses without.';

-- An import of before has none, and is exchanged like any other: it gets an empty part.
DO $$
DECLARE
    number bigint;
BEGIN
    FOR number IN SELECT id FROM gis_import WHERE kind = 'osm' AND state = 'live' LOOP
        EXECUTE format('CREATE TABLE land_cover_%s PARTITION OF land_cover FOR VALUES IN (%s)', number, number);
    END LOOP;
END
$$;
-- One that broke off before it came into force is read again from the beginning.
UPDATE gis_import SET state = 'reading' WHERE kind = 'osm' AND state = 'read';
