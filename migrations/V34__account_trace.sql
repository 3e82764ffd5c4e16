-- Why: who changed what about an account is looked up when somebody has misused one; a record that whoever holds the
-- database's account can mend afterwards says nothing against them.

CREATE FUNCTION account_change_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'H1121', MESSAGE = 'changes of accounts are never changed, deleted or emptied';
END $$;
CREATE TRIGGER account_change_is_append_only BEFORE UPDATE OR DELETE ON account_change
    FOR EACH ROW EXECUTE FUNCTION account_change_is_append_only();
CREATE TRIGGER account_change_is_not_emptied BEFORE TRUNCATE ON account_change
    FOR EACH STATEMENT EXECUTE FUNCTION account_change_is_append_only();
COMMENT ON TABLE account_change IS 'Who changed what about accounts and ways to agencies; rows are never changed or deleted.';
COMMENT ON COLUMN account_change.changed_by IS 'An account, or "command line, " and the user of the operating system.';
