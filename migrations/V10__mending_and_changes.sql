-- Why: a letter that a person mended keeps what was taken in its place beside what came; and whatever an
-- administrator changes is found again by an index of its own, with who did it, however long the journal is.

ALTER TABLE dead_letter ADD COLUMN mended bytea;
CREATE INDEX dead_letter_settled ON dead_letter (id) WHERE settled_at IS NOT NULL;
COMMENT ON COLUMN dead_letter.mended IS 'The text that a person put right and that was taken in its place.';

ALTER TABLE account_change DROP CONSTRAINT account_change_what_check;
ALTER TABLE account_change ADD CONSTRAINT account_change_what_check
    CHECK (what IN ('put', 'password', 'token', 'tokens_revoked', 'broker', 'link'));
ALTER TABLE account_change ADD COLUMN region text;
COMMENT ON COLUMN account_change.region IS 'Of what has no account: the region of the service whose way was set.';

CREATE INDEX journal_administration ON journal (kind, stream, at DESC)
    WHERE kind IN ('settings_set', 'plans_set', 'unit_registered', 'unit_removed');
