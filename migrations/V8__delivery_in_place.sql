-- Why: nobody reads deliveries by who has not acknowledged them (obligations tell of the silent), and an index on
-- that made every acknowledgement a new version of the row in each index; now it is changed in place.
DROP INDEX delivery_unacknowledged;
