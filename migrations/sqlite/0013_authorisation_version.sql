-- How often applications, their client ids, their secrets or their rights were changed: every process that remembers
-- look-ups asks for it, and forgets them when it is another. By trigger, so that no statement can forget it.
CREATE TABLE authorisation_version (
    id INTEGER NOT NULL PRIMARY KEY,
    version INTEGER NOT NULL,
    CONSTRAINT authorisation_version_one CHECK (id = 1)
);
INSERT INTO authorisation_version (id, version) VALUES (1, 1);

CREATE TRIGGER client_credential_insert_changes_authorisation AFTER INSERT ON client_credential
BEGIN
    UPDATE authorisation_version SET version = version + 1 WHERE id = 1;
END;
CREATE TRIGGER client_credential_update_changes_authorisation AFTER UPDATE ON client_credential
BEGIN
    UPDATE authorisation_version SET version = version + 1 WHERE id = 1;
END;
CREATE TRIGGER client_credential_delete_changes_authorisation AFTER DELETE ON client_credential
BEGIN
    UPDATE authorisation_version SET version = version + 1 WHERE id = 1;
END;
CREATE TRIGGER applicatie_insert_changes_authorisation AFTER INSERT ON applicatie
BEGIN
    UPDATE authorisation_version SET version = version + 1 WHERE id = 1;
END;
CREATE TRIGGER applicatie_update_changes_authorisation AFTER UPDATE ON applicatie
BEGIN
    UPDATE authorisation_version SET version = version + 1 WHERE id = 1;
END;
CREATE TRIGGER applicatie_delete_changes_authorisation AFTER DELETE ON applicatie
BEGIN
    UPDATE authorisation_version SET version = version + 1 WHERE id = 1;
END;
CREATE TRIGGER applicatie_client_insert_changes_authorisation AFTER INSERT ON applicatie_client
BEGIN
    UPDATE authorisation_version SET version = version + 1 WHERE id = 1;
END;
CREATE TRIGGER applicatie_client_update_changes_authorisation AFTER UPDATE ON applicatie_client
BEGIN
    UPDATE authorisation_version SET version = version + 1 WHERE id = 1;
END;
CREATE TRIGGER applicatie_client_delete_changes_authorisation AFTER DELETE ON applicatie_client
BEGIN
    UPDATE authorisation_version SET version = version + 1 WHERE id = 1;
END;
CREATE TRIGGER autorisatie_insert_changes_authorisation AFTER INSERT ON autorisatie
BEGIN
    UPDATE authorisation_version SET version = version + 1 WHERE id = 1;
END;
CREATE TRIGGER autorisatie_update_changes_authorisation AFTER UPDATE ON autorisatie
BEGIN
    UPDATE authorisation_version SET version = version + 1 WHERE id = 1;
END;
CREATE TRIGGER autorisatie_delete_changes_authorisation AFTER DELETE ON autorisatie
BEGIN
    UPDATE authorisation_version SET version = version + 1 WHERE id = 1;
END;
