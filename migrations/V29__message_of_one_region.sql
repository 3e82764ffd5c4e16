-- Why: a message belongs to one region: an id that comes to the hub of another would be written over the first message, whose
-- words would be gone. The statement that writes messages asks this before it takes a row's place.
CREATE FUNCTION refuse_message(reason text) RETURNS text
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'H1121', MESSAGE = reason;
END
$$;
