-- Columns that are mostly NULL: hardly any contactmoment follows on another, and the klanten of a relation are nearly all
-- ours or nearly all somebody else's. The statistics of SQLite then say that a value has as many rows as the table, and
-- its planner would rather walk the table (for each row of a page, even) than use the index. An index without the NULLs
-- has statistics of its own, and is smaller. PostgreSQL counts NULLs apart; it follows so that both schemas are the same.
CREATE INDEX contactmoment_by_vorig ON contactmoment (vorig_id) WHERE vorig_id IS NOT NULL;

DROP INDEX klantcontactmoment_by_klant_uuid;
DROP INDEX klantcontactmoment_by_klant_url;
DROP INDEX klantcontactmoment_list_by_klant_uuid;
DROP INDEX klantcontactmoment_list_by_klant_url;
CREATE INDEX klantcontactmoment_by_klant_uuid ON klantcontactmoment (klant_uuid, registratiedatum, contactmoment_id)
    WHERE klant_uuid IS NOT NULL;
CREATE INDEX klantcontactmoment_by_klant_url ON klantcontactmoment (klant_url, registratiedatum, contactmoment_id)
    WHERE klant_url IS NOT NULL;
CREATE INDEX klantcontactmoment_list_by_klant_uuid ON klantcontactmoment (klant_uuid, id) WHERE klant_uuid IS NOT NULL;
CREATE INDEX klantcontactmoment_list_by_klant_url ON klantcontactmoment (klant_url, id) WHERE klant_url IS NOT NULL;
