-- Why: an officer reads in Kazakh, Russian or English why the rules refused a message, not in the words that its
-- sender's system was sent.

ALTER TABLE dead_letter ADD COLUMN said jsonb;
