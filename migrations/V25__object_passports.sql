-- Why: of a potentially dangerous facility the desk must know at once what is in it, how much, whom to telephone and how far
-- people are kept away; none of that is in the map's data, and who wrote it and when must be found again years later.

CREATE TABLE object_passport (
    id         text PRIMARY KEY CHECK (id ~ '^[a-z0-9][a-z0-9-]{0,63}$'),
    version    bigint NOT NULL,
    region     text NOT NULL,
    element    text UNIQUE CHECK (element ~ '^(node|way|relation)/[0-9]+$'),
    reach_m    double precision NOT NULL CHECK (reach_m >= 0),
    state      jsonb NOT NULL,
    updated_by text NOT NULL,
    updated_at timestamptz NOT NULL,
    point      geometry(Point, 4326) NOT NULL
);
CREATE INDEX object_passport_region ON object_passport (region);
CREATE INDEX object_passport_point ON object_passport USING gist (point);
COMMENT ON TABLE object_passport IS 'What is known of dangerous facilities: operator, substances, telephones, plans.';
COMMENT ON COLUMN object_passport.element IS 'The element of the imported land that it is about: it outlives each import.';
COMMENT ON COLUMN object_passport.reach_m IS 'The farthest protective action distance of its substances, metres; 0 without any.';

CREATE TABLE object_passport_change (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    passport   text NOT NULL,
    version    bigint NOT NULL,
    region     text NOT NULL,
    what       text NOT NULL CHECK (what IN ('passport_written', 'passport_changed', 'passport_removed')),
    state      jsonb CHECK ((state IS NULL) = (what = 'passport_removed')),
    changed_by text NOT NULL,
    changed_at timestamptz NOT NULL,
    UNIQUE (passport, version)
);
COMMENT ON TABLE object_passport_change IS 'Every version of every passport, with who wrote it; never changed or emptied.';

CREATE FUNCTION object_passport_change_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'H1121', MESSAGE = 'versions of a passport are never changed or deleted';
END $$;
CREATE TRIGGER object_passport_change_is_append_only BEFORE UPDATE OR DELETE ON object_passport_change
    FOR EACH ROW EXECUTE FUNCTION object_passport_change_is_append_only();
