-- Why: what a person has discarded or mended is kept to the byte for as long as somebody may still ask, and not for ever: it
-- names people, and fills the disk. Who did what about it, when and why, stays.

ALTER TABLE dead_letter ADD COLUMN emptied_at timestamptz;
ALTER TABLE dead_letter ADD CHECK (emptied_at IS NULL OR settled_at IS NOT NULL);
CREATE INDEX dead_letter_whole ON dead_letter (settled_at) WHERE settled_at IS NOT NULL AND emptied_at IS NULL;
COMMENT ON COLUMN dead_letter.emptied_at IS 'When its bytes, headers and mended text were let go for its age.';
