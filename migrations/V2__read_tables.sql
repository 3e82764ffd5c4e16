-- Why: what the hub needs at start and what people list and search is read from here and not by replaying years.
-- Every table has one shape, so that one statement writes any of them; typed columns are generated from the state
-- and therefore never disagree with it. The tables can be rebuilt from the journal at any time.
--
-- message is not partitioned although it grows without end: its rows are found and written again by id alone, and
-- a partitioned table cannot keep an id unique without the time. It costs one index; old rows leave by batched
-- deletes on (region, received_at).

CREATE TABLE message (
    region      text NOT NULL,
    id          text PRIMARY KEY,
    open        boolean NOT NULL,
    version     bigint NOT NULL,
    state       jsonb NOT NULL,
    updated_at  timestamptz NOT NULL,
    media_type  text,
    raw         bytea,
    received_at timestamptz GENERATED ALWAYS AS (instant(state ->> 'received_at')) STORED,
    channel     text GENERATED ALWAYS AS (state ->> 'channel') STORED,
    incident    text GENERATED ALWAYS AS (state ->> 'incident') STORED
);
CREATE INDEX message_open ON message (region) WHERE open;
CREATE INDEX message_received ON message (region, received_at);
CREATE INDEX message_incident ON message (incident) WHERE incident IS NOT NULL;
COMMENT ON COLUMN message.raw IS 'The bytes as received; written once with the row.';

CREATE TABLE incident (
    region     text NOT NULL,
    id         text PRIMARY KEY,
    open       boolean NOT NULL,
    version    bigint NOT NULL,
    state      jsonb NOT NULL,
    updated_at timestamptz NOT NULL,
    number     text GENERATED ALWAYS AS (state ->> 'number') STORED,
    status     text GENERATED ALWAYS AS (state ->> 'status') STORED,
    exercise   boolean GENERATED ALWAYS AS (coalesce((state ->> 'exercise')::boolean, false)) STORED,
    category   text GENERATED ALWAYS AS (state #>> '{categories,-1,code}') STORED,
    severity   text GENERATED ALWAYS AS (state #>> '{categories,-1,severity}') STORED,
    district   text GENERATED ALWAYS AS (state #>> '{locations,-1,district}') STORED,
    point      geometry(Point, 4326)
               GENERATED ALWAYS AS (place(state #> '{locations,-1,location,fix,point}')) STORED,
    opened_at  timestamptz GENERATED ALWAYS AS (instant(state ->> 'opened_at')) STORED,
    closed_at  timestamptz GENERATED ALWAYS AS (instant(state ->> 'closed_at')) STORED
) WITH (fillfactor = 80);
CREATE INDEX incident_open ON incident (region, opened_at DESC, id DESC) WHERE open;
CREATE INDEX incident_opened ON incident (region, opened_at DESC, id DESC);
CREATE INDEX incident_point ON incident USING gist (point);
CREATE INDEX incident_number ON incident (number);

CREATE TABLE obligation (
    region     text NOT NULL,
    id         text PRIMARY KEY,
    open       boolean NOT NULL,
    version    bigint NOT NULL,
    state      jsonb NOT NULL,
    updated_at timestamptz NOT NULL,
    service    text GENERATED ALWAYS AS (state ->> 'service') STORED,
    incident   text GENERATED ALWAYS AS (state ->> 'incident') STORED,
    due        timestamptz GENERATED ALWAYS AS (instant(state ->> 'due')) STORED
) WITH (fillfactor = 80);
CREATE INDEX obligation_open ON obligation (region, due) WHERE open;
CREATE INDEX obligation_incident ON obligation (incident) WHERE incident IS NOT NULL;

CREATE TABLE shift (
    region     text NOT NULL,
    id         text PRIMARY KEY,
    open       boolean NOT NULL,
    version    bigint NOT NULL,
    state      jsonb NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX shift_open ON shift (region) WHERE open;

CREATE TABLE directive (
    region     text NOT NULL,
    id         text PRIMARY KEY,
    open       boolean NOT NULL,
    version    bigint NOT NULL,
    state      jsonb NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX directive_open ON directive (region) WHERE open;

CREATE TABLE report (
    region     text NOT NULL,
    id         text PRIMARY KEY,
    open       boolean NOT NULL,
    version    bigint NOT NULL,
    state      jsonb NOT NULL,
    updated_at timestamptz NOT NULL,
    service    text GENERATED ALWAYS AS (state ->> 'service') STORED
);
CREATE INDEX report_open ON report (region) WHERE open;
CREATE INDEX report_time ON report (region, updated_at);

CREATE TABLE zone (
    region     text NOT NULL,
    id         text PRIMARY KEY,
    open       boolean NOT NULL,
    version    bigint NOT NULL,
    state      jsonb NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX zone_open ON zone (region) WHERE open;

CREATE TABLE region_state (
    region     text NOT NULL,
    id         text PRIMARY KEY,
    open       boolean NOT NULL,
    version    bigint NOT NULL,
    state      jsonb NOT NULL,
    updated_at timestamptz NOT NULL
) WITH (fillfactor = 50);

CREATE TABLE unit (
    region     text NOT NULL,
    id         text PRIMARY KEY,
    open       boolean NOT NULL,
    version    bigint NOT NULL,
    state      jsonb NOT NULL,
    updated_at timestamptz NOT NULL,
    service    text GENERATED ALWAYS AS (state ->> 'service') STORED,
    status     text GENERATED ALWAYS AS (state ->> 'status') STORED
) WITH (fillfactor = 70);
CREATE INDEX unit_open ON unit (region, service) WHERE open;

CREATE TABLE service_state (
    region     text NOT NULL,
    id         text PRIMARY KEY,
    open       boolean NOT NULL,
    version    bigint NOT NULL,
    state      jsonb NOT NULL,
    updated_at timestamptz NOT NULL,
    service    text GENERATED ALWAYS AS (split_part(id, '/', 2)) STORED
) WITH (fillfactor = 50);
CREATE INDEX service_state_region ON service_state (region);
