-- Why: the cards that neighbouring hubs tell of and the summaries of the situation lay among the reports, whose list
-- so held what was none; each has its own table now. The register of rescue formations and the look-ups in other
-- bodies' databases are kept at all.

CREATE TABLE neighbour_incident (
    region     text NOT NULL,
    id         text PRIMARY KEY,
    open       boolean NOT NULL,
    version    bigint NOT NULL,
    state      jsonb NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX neighbour_incident_open ON neighbour_incident (region) WHERE open;
COMMENT ON TABLE neighbour_incident IS 'Cards of other regions near the border, as their hubs last told; id is region/card.';

CREATE TABLE summary (
    region     text NOT NULL,
    id         text PRIMARY KEY,
    open       boolean NOT NULL,
    version    bigint NOT NULL,
    state      jsonb NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX summary_open ON summary (region) WHERE open;

CREATE TABLE formation (
    region     text NOT NULL,
    id         text PRIMARY KEY,
    open       boolean NOT NULL,
    version    bigint NOT NULL,
    state      jsonb NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX formation_open ON formation (region) WHERE open;
COMMENT ON TABLE formation IS 'Rescue formations that the hub coordinates beside the services; id is region/key.';

CREATE TABLE lookup (
    region     text NOT NULL,
    id         text PRIMARY KEY,
    open       boolean NOT NULL,
    version    bigint NOT NULL,
    state      jsonb NOT NULL,
    updated_at timestamptz NOT NULL,
    incident   text GENERATED ALWAYS AS (state ->> 'incident') STORED
);
CREATE INDEX lookup_open ON lookup (region) WHERE open;
CREATE INDEX lookup_incident ON lookup (incident);
COMMENT ON TABLE lookup IS 'Uses of other bodies'' databases: who, what, why, and the names of what was given.';

INSERT INTO neighbour_incident (region, id, open, version, state, updated_at)
SELECT region, region || '/' || split_part(id, '/', 3), open, version, state, updated_at
FROM report WHERE id LIKE '%/neighbour/%';
INSERT INTO summary (region, id, open, version, state, updated_at)
SELECT region, split_part(id, '/', 3), open, version, state, updated_at
FROM report WHERE id LIKE '%/summary/%';
DELETE FROM report WHERE id LIKE '%/neighbour/%' OR id LIKE '%/summary/%';
