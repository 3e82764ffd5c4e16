-- Why: how far the messages about a card got is asked most while the broker is away, and just then a hundred thousand rows
-- wait: without an index each question read them all. It costs an insert about a microsecond and 100 bytes of log.

CREATE INDEX outbox_order ON outbox (ordering_key);
