-- Why: an agency that gives another message the id of one before must be told so; without what the first one said, the
-- second would pass for a repetition and be lost. Marks from before have none and stand for whatever comes again.
ALTER TABLE inbox ADD COLUMN digest bytea;
COMMENT ON COLUMN inbox.digest IS 'SHA-256 of what the message says: its content, incident and status.';
