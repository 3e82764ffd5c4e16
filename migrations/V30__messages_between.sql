-- Why: in a disaster thousands call about one event, and its card was written whole, with all of them, for each call: the
-- region grew slower with every caller. The card keeps the first ten and the newest twenty; each of those between has a row
-- of its own, written once. Of a card from which a message was split off before this step, replay gives those rows other
-- places; their order is the same.

CREATE TABLE message_between (
    region     text NOT NULL,
    id         text PRIMARY KEY,
    open       boolean NOT NULL,
    version    bigint NOT NULL,
    state      jsonb NOT NULL,
    updated_at timestamptz NOT NULL,
    incident   text GENERATED ALWAYS AS (state ->> 'incident') STORED,
    place      bigint GENERATED ALWAYS AS ((state ->> 'place')::bigint) STORED
);
CREATE INDEX message_between_card ON message_between (incident, place) WHERE open;
COMMENT ON TABLE message_between IS
    'Messages of cards about which many call, between the first and the newest; open while they are on their card, id the card''s, / and the message''s.';

INSERT INTO message_between (region, id, open, version, state, updated_at)
SELECT i.region, i.id || '/' || (m.brief ->> 'id'), true, i.version,
    jsonb_build_object('incident', i.id, 'message', m.brief, 'place', m.number - 1 + (
        SELECT count(*) FROM jsonb_array_elements(i.state -> 'links') AS link WHERE link ->> 0 = 'split_into')),
    i.updated_at
FROM incident i, jsonb_array_elements(i.state -> 'messages') WITH ORDINALITY AS m (brief, number)
WHERE jsonb_array_length(i.state -> 'messages') > 30
    AND m.number > 10 AND m.number <= jsonb_array_length(i.state -> 'messages') - 20;

UPDATE incident SET state = state || jsonb_build_object(
    'messages_between', jsonb_array_length(state -> 'messages') - 30,
    'messages', (
        SELECT jsonb_agg(m.brief ORDER BY m.number)
        FROM jsonb_array_elements(state -> 'messages') WITH ORDINALITY AS m (brief, number)
        WHERE m.number <= 10 OR m.number > jsonb_array_length(state -> 'messages') - 20))
WHERE jsonb_array_length(state -> 'messages') > 30;
