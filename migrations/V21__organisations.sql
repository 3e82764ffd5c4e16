-- Why: directives, reports upward and notices named organisations by free text; the tree of 112-R c.2(2) is data that an
-- administrator keeps. What the rules give has no row until somebody changes it.

CREATE TABLE organisation (
    region     text NOT NULL,
    id         text PRIMARY KEY,
    open       boolean NOT NULL,
    version    bigint NOT NULL,
    state      jsonb NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX organisation_open ON organisation (region) WHERE open;
COMMENT ON TABLE organisation IS 'Organisations around the hub of a region, as an administrator entered them; id is region/key.';
