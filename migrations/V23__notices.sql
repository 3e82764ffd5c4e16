-- Why: that an obligation is late was a mark on it; now it is a notice to a person, which stands until a named person has
-- taken note of it.

CREATE TABLE notice (
    region     text NOT NULL,
    id         text PRIMARY KEY,
    open       boolean NOT NULL,
    version    bigint NOT NULL,
    state      jsonb NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX notice_open ON notice (region) WHERE open;
COMMENT ON TABLE notice IS 'Notices to people: what is late, and what is reported upward.';
