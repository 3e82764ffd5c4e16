-- Why: an agency without AMQP fetches over HTTP what the hub tells it. What comes into the broker's queue of such an
-- agency is moved here in its order, so that nothing waits in the broker for somebody who never connects to it, and
-- stays until it was acknowledged and for a while after, for whoever wants to read it again.

CREATE TABLE letter (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    region       text NOT NULL,
    service      text NOT NULL,
    distribution uuid NOT NULL,
    kind         text NOT NULL,
    priority     smallint NOT NULL,
    expires_at   timestamptz,
    body         bytea NOT NULL,
    arrived_at   timestamptz NOT NULL DEFAULT now(),
    taken_at     timestamptz,
    UNIQUE (region, service, distribution)
);
CREATE INDEX letter_waiting ON letter (region, service, id) WHERE taken_at IS NULL;
CREATE INDEX letter_arrived ON letter USING brin (arrived_at);
COMMENT ON TABLE letter IS 'What waits for agencies that fetch over HTTP, in the order in which it was told.';
COMMENT ON COLUMN letter.taken_at IS 'When the agency acknowledged it; none while it waits.';
