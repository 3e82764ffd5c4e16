-- Why: the journal is the one record of everything decided. Its rows are only ever added, numbered without gaps
-- per stream and chained by hash, so that a lost, altered or slipped-in row can be found; the head of each
-- stream, checked by every write, keeps it to a single writer of the right epoch.

CREATE EXTENSION IF NOT EXISTS postgis;

-- Times in text form come from the hub itself and are RFC 3339 with an offset: their reading depends on no
-- session setting, so the function may be called immutable and used in generated columns. In PL/pgSQL because
-- the planner does not inline such a function, and there it costs less than half.
CREATE FUNCTION instant(text) RETURNS timestamptz
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$ BEGIN RETURN $1::timestamptz; END $$;

-- {"lat": degrees, "lon": degrees} as a point; NULL when either is missing. With a body that is read now and not at
-- each call: a restore sets no search path, and would not find the functions of PostGIS by their bare names.
CREATE FUNCTION place(jsonb) RETURNS geometry
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN ST_SetSRID(ST_MakePoint(($1 ->> 'lon')::float8, ($1 ->> 'lat')::float8), 4326);

-- A data-modifying statement calls this when a condition of the whole batch does not hold; its own SQLSTATE tells
-- the writer that nothing is wrong with the rows themselves.
CREATE FUNCTION refuse_batch(reason text) RETURNS boolean
    LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'H1120', MESSAGE = reason;
END
$$;

CREATE TABLE lease (
    region     text PRIMARY KEY,
    holder     text NOT NULL,
    epoch      bigint NOT NULL CHECK (epoch > 0),
    expires_at timestamptz NOT NULL
) WITH (fillfactor = 50);
COMMENT ON TABLE lease IS 'Which instance acts for a region. The epoch grows with every take-over, never falls.';

CREATE TABLE stream_head (
    stream text PRIMARY KEY,
    region text NOT NULL,
    seq    bigint NOT NULL CHECK (seq >= 0),
    hash   bytea NOT NULL CHECK (octet_length(hash) = 32),
    epoch  bigint NOT NULL CHECK (epoch >= 0)
) WITH (fillfactor = 50);
CREATE INDEX stream_head_region ON stream_head (region);
COMMENT ON TABLE stream_head IS
    'The end of each stream. A batch moves it from the expected end under an epoch not below the stored one, or fails as a whole.';

-- Partitioned by month of the decision, so that years of it stay quick to add to and can be put away whole.
CREATE TABLE journal (
    lane      smallint NOT NULL,
    position  bigint NOT NULL,
    stream    text NOT NULL,
    seq       bigint NOT NULL CHECK (seq > 0),
    kind      text NOT NULL,
    at        timestamptz NOT NULL,
    by        text NOT NULL,
    trace     text,
    about     uuid,
    body      json NOT NULL,
    prev_hash bytea NOT NULL,
    hash      bytea NOT NULL,
    PRIMARY KEY (stream, seq, at)
) PARTITION BY RANGE (at);
CREATE INDEX journal_lane ON journal (lane, position);
CREATE INDEX journal_about ON journal (about, at) WHERE about IS NOT NULL;
CREATE TABLE journal_default PARTITION OF journal DEFAULT;
COMMENT ON COLUMN journal.lane IS 'The writer that committed the row; one session at a time writes a lane.';
COMMENT ON COLUMN journal.position IS 'Gapless per lane, in order of commit: what a resumed feed counts on.';
COMMENT ON COLUMN journal.about IS 'The incident that the event is about, for its history.';
COMMENT ON COLUMN journal.body IS 'json and not jsonb: the text is kept to the byte, as the hash was taken of it.';

CREATE TABLE lane (
    lane       smallint PRIMARY KEY,
    claimed_at timestamptz NOT NULL
);
COMMENT ON TABLE lane IS 'The lanes that were ever written, so that a resumed feed knows where to look.';

CREATE FUNCTION journal_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'H1121', MESSAGE = 'rows of the journal are never changed or deleted';
END
$$;
CREATE TRIGGER journal_is_append_only BEFORE UPDATE OR DELETE ON journal
    FOR EACH ROW EXECUTE FUNCTION journal_is_append_only();
