-- Why: who changed the tree of organisations and the register of formations is found again by the same index as the
-- other changes of administrators.

DROP INDEX journal_administration;
CREATE INDEX journal_administration ON journal (kind, stream, at DESC)
    WHERE kind IN ('settings_set', 'plans_set', 'unit_registered', 'unit_removed', 'service_desk', 'organisation',
        'formation');
