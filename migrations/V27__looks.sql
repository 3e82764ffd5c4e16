-- Why: who looked at whose personal data, and when, must be found again after years, by the person who asks about it and
-- by the one who answers for it; a log is not kept as a record is, and can be changed.

CREATE TABLE look (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at        timestamptz NOT NULL,
    account   text NOT NULL,
    role      text NOT NULL,
    region    text,
    operation text NOT NULL,
    subjects  text[] NOT NULL,
    trace     text
);
CREATE INDEX look_account ON look (account, id);
CREATE INDEX look_subject ON look USING gin (subjects);
CREATE INDEX look_at ON look (at);
COMMENT ON TABLE look IS 'Every look at personal data over HTTP; a list is one row. Rows are never changed, and not deleted within a year.';
COMMENT ON COLUMN look.region IS 'The region of the account; NULL for one of all regions.';
COMMENT ON COLUMN look.subjects IS 'What was shown: ids of cards, messages, letters, passports, drafts; of the feed its regions.';

CREATE FUNCTION look_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND OLD.at < now() - interval '1 year' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION USING ERRCODE = 'H1121', MESSAGE = 'looks at personal data are never changed, and not deleted within a year';
END $$;
CREATE TRIGGER look_is_append_only BEFORE UPDATE OR DELETE ON look
    FOR EACH ROW EXECUTE FUNCTION look_is_append_only();
CREATE FUNCTION look_is_not_emptied() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'H1121', MESSAGE = 'looks at personal data are never emptied';
END $$;
CREATE TRIGGER look_is_not_emptied BEFORE TRUNCATE ON look
    FOR EACH STATEMENT EXECUTE FUNCTION look_is_not_emptied();
