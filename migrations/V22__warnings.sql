-- Why: the cases of warning the public lay in the row of their region, which so grew with every case and was written
-- anew with each; each case has a row of its own, and the region keeps the number of the newest.

CREATE TABLE warning (
    region     text NOT NULL,
    id         text PRIMARY KEY,
    open       boolean NOT NULL,
    version    bigint NOT NULL,
    state      jsonb NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX warning_open ON warning (region) WHERE open;
CREATE INDEX warning_updated ON warning (region, updated_at);
COMMENT ON TABLE warning IS 'Cases of warning the public; id is region/number.';

INSERT INTO warning (region, id, open, version, state, updated_at)
SELECT r.region, r.region || '/' || (c.state ->> 'number'), NOT (c.state ? 'ended' OR c.state ? 'declined'),
       r.version, c.state, r.updated_at
FROM region_state r
CROSS JOIN LATERAL jsonb_array_elements(r.state -> 'warnings') AS c(state)
WHERE r.id = r.region AND jsonb_typeof(r.state -> 'warnings') = 'array';
UPDATE region_state
SET state = (state - 'warnings') || jsonb_build_object('last_warning', coalesce(jsonb_array_length(state -> 'warnings'), 0))
WHERE id = region;
