-- What a klant is found by on the management site: values without capitals, accents and spaces, names also from each of
-- their words on. Written with the klant. A beginning is found as a range of values, which is the same SQL on both databases.
CREATE TABLE klant_zoek (
    klant_id INTEGER NOT NULL REFERENCES klant (id) ON DELETE CASCADE,
    soort TEXT NOT NULL,
    waarde TEXT NOT NULL,
    PRIMARY KEY (soort, waarde, klant_id)
) WITHOUT ROWID;
CREATE INDEX klant_zoek_by_klant ON klant_zoek (klant_id, soort, waarde);

-- No SQL of both databases takes off accents, so the rows of the klanten of an earlier release are made by the program,
-- right after the migrations: downward from this number, in batches, and on where it stopped. 0: all of them are there.
CREATE TABLE klant_zoek_todo (
    id INTEGER NOT NULL PRIMARY KEY,
    up_to INTEGER NOT NULL,
    CONSTRAINT klant_zoek_todo_one CHECK (id = 1)
);
INSERT INTO klant_zoek_todo (id, up_to) SELECT 1, COALESCE(MAX(id), 0) FROM klant;

-- The change that a message tells of, so that the page of a klant can say whether it arrived. NULL: of no change, or of one
-- of an earlier release.
ALTER TABLE outbox ADD COLUMN audit_uuid TEXT;
CREATE INDEX outbox_by_audit ON outbox (audit_uuid) WHERE audit_uuid IS NOT NULL;
