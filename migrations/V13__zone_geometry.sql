-- Why: what lies in a zone, and which zones a map shows, is asked by place and time; until now a zone's border stood
-- in its JSON alone, where no index reaches it.

-- A GeoJSON geometry. With a body that is read now and not at each call, as place() and for the same reason.
CREATE FUNCTION border(jsonb) RETURNS geometry
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN ST_SetSRID(ST_GeomFromGeoJSON($1::text), 4326);

ALTER TABLE zone
    ADD COLUMN polygon geometry(Polygon, 4326) GENERATED ALWAYS AS (border(state #> '{versions,-1,polygon}')) STORED,
    ADD COLUMN drawn_at timestamptz GENERATED ALWAYS AS (instant(state #>> '{versions,0,at}')) STORED,
    ADD COLUMN ended_at timestamptz GENERATED ALWAYS AS (instant(state ->> 'ended_at')) STORED;
CREATE INDEX zone_polygon ON zone USING gist (polygon);
