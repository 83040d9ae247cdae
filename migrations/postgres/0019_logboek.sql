-- What people look for in the audit trail and in the log of reads on the management site, newest first. Each search is a
-- stretch of one index. `klantnummer` is that of a klant after the change, or before it was removed: a klant that is gone
-- is found by it too. Rows of earlier releases have it in `resource_weergave`, behind the nine digits of the
-- bronorganisatie and a dash. The index by time has `actie` in it, so that rows of other kinds are passed over there.
ALTER TABLE audittrail ADD COLUMN klantnummer TEXT COLLATE "C";
UPDATE audittrail SET klantnummer = substr(resource_weergave, 13)
    WHERE component = 'kc' AND resource_weergave LIKE '_________ - _%';
CREATE INDEX audittrail_by_time ON audittrail (aanmaakdatum, id, actie);
CREATE INDEX audittrail_by_klantnummer ON audittrail (klantnummer, aanmaakdatum, id) WHERE klantnummer IS NOT NULL;
CREATE INDEX audittrail_by_person ON audittrail (gebruikers_weergave, aanmaakdatum, id) WHERE gebruikers_weergave <> '';
CREATE INDEX audittrail_by_application ON audittrail (applicatie_weergave, aanmaakdatum, id);

CREATE INDEX read_log_by_person ON read_log (user_representation, at, id) WHERE user_representation <> '';
CREATE INDEX read_log_by_client ON read_log (client_id, at, id);
