-- Why: a map of the whole country shows its main roads alone; without an index of their own every tile of it would
-- look at each yard of each town.

CREATE INDEX road_main ON road USING gist (geom) WHERE class IN ('motorway', 'trunk', 'primary', 'secondary');
