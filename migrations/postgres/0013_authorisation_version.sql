-- How often applications, their client ids, their secrets or their rights were changed: every process that remembers
-- look-ups asks for it, and forgets them when it is another. By trigger, so that no statement can forget it.
-- Who listens on the channel hears of it at once.
CREATE TABLE authorisation_version (
    id BIGINT NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL,
    CONSTRAINT authorisation_version_one CHECK (id = 1)
);
INSERT INTO authorisation_version (id, version) VALUES (1, 1);

CREATE FUNCTION authorisation_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE authorisation_version SET version = version + 1 WHERE id = 1;
    PERFORM pg_notify('openklant_authorisation', '');
    RETURN NULL;
END
$$;

CREATE TRIGGER client_credential_changes_authorisation AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON client_credential
    FOR EACH STATEMENT EXECUTE FUNCTION authorisation_changed();
CREATE TRIGGER applicatie_changes_authorisation AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON applicatie
    FOR EACH STATEMENT EXECUTE FUNCTION authorisation_changed();
CREATE TRIGGER applicatie_client_changes_authorisation AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON applicatie_client
    FOR EACH STATEMENT EXECUTE FUNCTION authorisation_changed();
CREATE TRIGGER autorisatie_changes_authorisation AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON autorisatie
    FOR EACH STATEMENT EXECUTE FUNCTION authorisation_changed();
