-- Why: what stood at a moment was asked of every card there ever was. A card is entered here when it is closed, so intake
-- pays nothing; one closed before it was opened, by clocks that differ, stood at no time.

CREATE INDEX incident_stood ON incident USING gist (tstzrange(LEAST(opened_at, closed_at), closed_at)) WHERE NOT open;
