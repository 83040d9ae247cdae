-- What an Autorisaties API last said of a client id that has a secret here and no application of our own: every process
-- reads it, and it is what counts while that API gives no answer. `applicatie` is NULL when the client id was unknown
-- there. It goes when the secret goes. Other rights than before, or an answer that was forgotten, are a change of
-- authorisation; the same rights once more are none.
CREATE TABLE fetched_applicatie (
    client_id TEXT NOT NULL PRIMARY KEY REFERENCES client_credential (client_id) ON DELETE CASCADE,
    api_root TEXT NOT NULL,
    uuid TEXT,
    applicatie TEXT,
    fetched_at TEXT NOT NULL
);
CREATE INDEX fetched_applicatie_by_uuid ON fetched_applicatie (uuid);

CREATE TRIGGER fetched_applicatie_update_changes_authorisation AFTER UPDATE ON fetched_applicatie
WHEN OLD.applicatie IS NOT NEW.applicatie OR OLD.uuid IS NOT NEW.uuid OR OLD.api_root IS NOT NEW.api_root
BEGIN
    UPDATE authorisation_version SET version = version + 1 WHERE id = 1;
END;
CREATE TRIGGER fetched_applicatie_delete_changes_authorisation AFTER DELETE ON fetched_applicatie
BEGIN
    UPDATE authorisation_version SET version = version + 1 WHERE id = 1;
END;
