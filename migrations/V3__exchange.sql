-- Why: what goes to agencies is written with the decision that causes it and taken from here by the relay, so
-- that nothing is told that was not decided and nothing decided stays untold; what comes from agencies and over
-- HTTP has its effect once, however often it is sent.

CREATE TABLE outbox (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    distribution uuid NOT NULL,
    region       text NOT NULL,
    ordering_key text NOT NULL,
    routing_keys text[] NOT NULL CHECK (cardinality(routing_keys) > 0),
    kind         text NOT NULL,
    priority     smallint NOT NULL CHECK (priority BETWEEN 0 AND 9),
    expires_at   timestamptz,
    body         bytea NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT now()
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000);
CREATE INDEX outbox_distribution ON outbox (distribution);
COMMENT ON TABLE outbox IS 'One row per event with all its recipients; deleted once the broker has confirmed it.';

CREATE TABLE delivery (
    distribution    uuid NOT NULL,
    region          text NOT NULL,
    service         text NOT NULL,
    incident        uuid,
    sequence        bigint,
    kind            text,
    sent_at         timestamptz,
    in_broker_at    timestamptz,
    acknowledged_at timestamptz,
    read_at         timestamptz,
    read_by         text,
    answered_at     timestamptz,
    decision        text,
    failed_at       timestamptz,
    failure         text,
    code            text,
    PRIMARY KEY (distribution, region, service)
) WITH (fillfactor = 70);
CREATE INDEX delivery_incident ON delivery (incident) WHERE incident IS NOT NULL;
CREATE INDEX delivery_unacknowledged ON delivery (region, service, sent_at)
    WHERE acknowledged_at IS NULL AND failed_at IS NULL;
COMMENT ON TABLE delivery IS 'How far each message got with each recipient: sent, in the broker, acknowledged, read, accepted or refused.';

CREATE TABLE inbox (
    sender      text NOT NULL,
    message_id  text NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (sender, message_id)
);
CREATE INDEX inbox_received ON inbox USING brin (received_at);

CREATE TABLE idempotency (
    account     text NOT NULL,
    key         text NOT NULL,
    fingerprint bytea NOT NULL,
    status      smallint NOT NULL,
    body        bytea NOT NULL,
    at          timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account, key)
);
CREATE INDEX idempotency_at ON idempotency USING brin (at);

CREATE TABLE dead_letter (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    region      text,
    queue       text NOT NULL,
    sender      text,
    message_id  text,
    routing_key text NOT NULL,
    reason      text NOT NULL,
    headers     jsonb NOT NULL,
    body        bytea NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now(),
    settled_at  timestamptz,
    settled_by  text,
    settlement  text,
    CHECK ((settled_at IS NULL) = (settled_by IS NULL))
);
CREATE INDEX dead_letter_open ON dead_letter (id) WHERE settled_at IS NULL;
COMMENT ON TABLE dead_letter IS 'Messages nobody could take in, with the reason, until a named person has settled them.';

CREATE TABLE agency_link (
    region       text NOT NULL,
    service      text NOT NULL,
    link         text NOT NULL CHECK (link IN ('amqp', 'http', 'phone')),
    connected    boolean NOT NULL DEFAULT false,
    changed_at   timestamptz NOT NULL DEFAULT now(),
    last_seen_at timestamptz,
    phone        text,
    PRIMARY KEY (region, service)
);
