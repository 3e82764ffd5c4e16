-- Why: what a person types while listening is kept before it is sent, so that a crash of the browser or of the
-- hub costs not a word; and every change of an account is known with who made it.

CREATE TABLE draft (
    account    text NOT NULL REFERENCES account (name),
    id         text NOT NULL,
    content    json NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account, id)
);
COMMENT ON TABLE draft IS 'What an account has begun to write and not sent yet; gone with the sending.';

CREATE TABLE account_change (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account    text NOT NULL,
    what       text NOT NULL CHECK (what IN ('put', 'password', 'token', 'tokens_revoked', 'broker')),
    detail     text NOT NULL,
    changed_by text NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX account_change_account ON account_change (account, id);

-- A unit's status is an object; the column is its name.
ALTER TABLE unit DROP COLUMN status;
ALTER TABLE unit ADD COLUMN status text GENERATED ALWAYS AS (state #>> '{status,state}') STORED;
