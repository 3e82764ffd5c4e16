-- Why: no endpoint is open by accident, so everyone who acts has a name, a role and a secret kept only as a
-- digest; and what an administrator may change at run time is kept with who changed it and what it was before.

CREATE TABLE account (
    name          text PRIMARY KEY,
    role          text NOT NULL CHECK (role IN ('duty_officer', 'agency', 'manager', 'administrator')),
    password_hash text,
    region        text,
    service       text,
    active        boolean NOT NULL DEFAULT true,
    created_at    timestamptz NOT NULL DEFAULT now(),
    CHECK (role <> 'agency' OR service IS NOT NULL)
);
COMMENT ON COLUMN account.region IS 'The one region of the account; NULL for a national one.';

CREATE TABLE agency_token (
    digest     bytea PRIMARY KEY CHECK (octet_length(digest) = 32),
    account    text NOT NULL REFERENCES account (name),
    label      text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz,
    revoked_at timestamptz
);
CREATE INDEX agency_token_account ON agency_token (account);
COMMENT ON COLUMN agency_token.digest IS 'SHA-256 of the token: it is long and random, so a slow digest adds nothing.';

CREATE TABLE setting (
    region     text NOT NULL,
    key        text NOT NULL,
    value      json NOT NULL,
    changed_by text NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (region, key)
);
COMMENT ON COLUMN setting.region IS 'A region code, or * for the whole country.';

CREATE TABLE setting_history (
    region     text NOT NULL,
    key        text NOT NULL,
    value      json NOT NULL,
    changed_by text NOT NULL,
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (region, key, changed_at)
);

CREATE FUNCTION keep_setting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO setting_history (region, key, value, changed_by, changed_at)
    VALUES (NEW.region, NEW.key, NEW.value, NEW.changed_by, NEW.changed_at);
    RETURN NULL;
END
$$;
CREATE TRIGGER keep_setting AFTER INSERT OR UPDATE ON setting
    FOR EACH ROW EXECUTE FUNCTION keep_setting();
