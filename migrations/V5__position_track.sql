-- Why: where units were is asked for days, not years; a partition a day is put away in one step, and no index
-- but the one for a unit's track slows the ten thousand positions a second.

CREATE TABLE position_track (
    region     text NOT NULL,
    unit       text NOT NULL,
    at         timestamptz NOT NULL,
    point      geometry(Point, 4326) NOT NULL,
    source     text NOT NULL,
    accuracy_m real
) PARTITION BY RANGE (at);
CREATE INDEX position_track_unit ON position_track (unit, at);
CREATE TABLE position_track_default PARTITION OF position_track DEFAULT;
