-- Why: two administrators who change the same account or the same way to an agency do not overwrite each other unseen:
-- each has a version that a change names (DESIGN: If-Match on what changes).
ALTER TABLE account ADD COLUMN version bigint NOT NULL DEFAULT 1;
ALTER TABLE agency_link ADD COLUMN version bigint NOT NULL DEFAULT 1;
