-- Why: which desks a region has is an administrator's change too, found again by the same index as the others.

DROP INDEX journal_administration;
CREATE INDEX journal_administration ON journal (kind, stream, at DESC)
    WHERE kind IN ('settings_set', 'plans_set', 'unit_registered', 'unit_removed', 'service_desk');
