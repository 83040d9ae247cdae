-- What an Autorisaties API last said of a client id that has a secret here and no application of our own: every process
-- reads it, and it is what counts while that API gives no answer. `applicatie` is NULL when the client id was unknown
-- there. It goes when the secret goes. Other rights than before, or an answer that was forgotten, are a change of
-- authorisation; the same rights once more are none.
CREATE TABLE fetched_applicatie (
    client_id TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES client_credential (client_id) ON DELETE CASCADE,
    api_root TEXT COLLATE "C" NOT NULL,
    uuid UUID,
    applicatie JSONB,
    fetched_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX fetched_applicatie_by_uuid ON fetched_applicatie (uuid);

CREATE TRIGGER fetched_applicatie_update_changes_authorisation AFTER UPDATE ON fetched_applicatie
    FOR EACH ROW WHEN (OLD.applicatie IS DISTINCT FROM NEW.applicatie OR OLD.uuid IS DISTINCT FROM NEW.uuid
        OR OLD.api_root IS DISTINCT FROM NEW.api_root)
    EXECUTE FUNCTION authorisation_changed();
CREATE TRIGGER fetched_applicatie_delete_changes_authorisation AFTER DELETE OR TRUNCATE ON fetched_applicatie
    FOR EACH STATEMENT EXECUTE FUNCTION authorisation_changed();
