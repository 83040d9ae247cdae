-- Where the pages of the long lists begin, so that neither the exact count of a list nor its last page costs more as the
-- register grows. A list is a table with or without conditions on some of its columns (its facets). `page_bucket` holds
-- the number of its rows from one place up to the next bucket, about a thousand; a place is a moment and the number of a
-- row, and in lists that are in the order of their rows the moment is always the same. Every change of a table adds a row
-- to `page_delta`, by trigger and in its own transaction: nothing is updated, so writers never wait for each other here.
-- What a list holds is its buckets and the deltas together, at every moment; the deltas are added to the buckets now and
-- then, by the server. Which facet of a table is which: storage/page_map/table.rs.
CREATE TABLE page_list (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    resource TEXT NOT NULL,
    facets TEXT NOT NULL,
    version INTEGER NOT NULL,
    total INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    CONSTRAINT page_list_of UNIQUE (resource, facets)
);

CREATE TABLE page_bucket (
    list_id INTEGER NOT NULL REFERENCES page_list (id) ON DELETE CASCADE,
    moment TEXT NOT NULL,
    row_id INTEGER NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (list_id, moment, row_id)
) WITHOUT ROWID;

CREATE TABLE page_delta (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    resource TEXT NOT NULL,
    moment TEXT NOT NULL,
    row_id INTEGER NOT NULL,
    count INTEGER NOT NULL,
    facet_1 TEXT,
    facet_2 TEXT,
    facet_3 TEXT,
    facet_4 TEXT,
    facet_5 TEXT,
    facet_6 TEXT,
    facet_7 TEXT
);

-- One row. Whoever adds deltas to buckets locks it; `folds` tells whoever makes the buckets of a list that others did in
-- between, and `busy_until` keeps others from it while somebody does.
CREATE TABLE page_fold (
    id INTEGER NOT NULL PRIMARY KEY,
    folds INTEGER NOT NULL,
    busy_until TEXT NOT NULL,
    CONSTRAINT page_fold_one CHECK (id = 1)
);
INSERT INTO page_fold (id, folds, busy_until) VALUES (1, 0, '1970-01-01T00:00:00+00:00');

CREATE TRIGGER klant_insert_pages AFTER INSERT ON klant
BEGIN
    INSERT INTO page_delta (resource, moment, row_id, count, facet_1, facet_2, facet_3, facet_4, facet_5)
    VALUES ('klant', '1970-01-01T00:00:00+00:00', NEW.id, 1, NEW.bronorganisatie, NEW.subject_type, NEW.achternaam,
        NEW.adres_woonplaatsnaam, NEW.adres_landcode);
END;
CREATE TRIGGER klant_update_pages AFTER UPDATE OF bronorganisatie, subject_type, achternaam, adres_woonplaatsnaam,
    adres_landcode ON klant
WHEN OLD.bronorganisatie IS NOT NEW.bronorganisatie
    OR OLD.subject_type IS NOT NEW.subject_type
    OR OLD.achternaam IS NOT NEW.achternaam
    OR OLD.adres_woonplaatsnaam IS NOT NEW.adres_woonplaatsnaam
    OR OLD.adres_landcode IS NOT NEW.adres_landcode
BEGIN
    INSERT INTO page_delta (resource, moment, row_id, count, facet_1, facet_2, facet_3, facet_4, facet_5)
    VALUES ('klant', '1970-01-01T00:00:00+00:00', OLD.id, -1, OLD.bronorganisatie, OLD.subject_type, OLD.achternaam,
        OLD.adres_woonplaatsnaam, OLD.adres_landcode);
    INSERT INTO page_delta (resource, moment, row_id, count, facet_1, facet_2, facet_3, facet_4, facet_5)
    VALUES ('klant', '1970-01-01T00:00:00+00:00', NEW.id, 1, NEW.bronorganisatie, NEW.subject_type, NEW.achternaam,
        NEW.adres_woonplaatsnaam, NEW.adres_landcode);
END;
CREATE TRIGGER klant_delete_pages AFTER DELETE ON klant
BEGIN
    INSERT INTO page_delta (resource, moment, row_id, count, facet_1, facet_2, facet_3, facet_4, facet_5)
    VALUES ('klant', '1970-01-01T00:00:00+00:00', OLD.id, -1, OLD.bronorganisatie, OLD.subject_type, OLD.achternaam,
        OLD.adres_woonplaatsnaam, OLD.adres_landcode);
END;

CREATE TRIGGER contactmoment_insert_pages AFTER INSERT ON contactmoment
BEGIN
    INSERT INTO page_delta (resource, moment, row_id, count, facet_1, facet_2, facet_3, facet_4, facet_5, facet_6,
        facet_7)
    VALUES ('contactmoment', NEW.registratiedatum, NEW.id, 1, NEW.bronorganisatie, NEW.kanaal, NEW.voorkeurskanaal,
        NEW.voorkeurstaal, NEW.initiatiefnemer, NEW.medewerker, NEW.mi_identificatie);
END;
CREATE TRIGGER contactmoment_update_pages AFTER UPDATE OF registratiedatum, bronorganisatie, kanaal,
    voorkeurskanaal, voorkeurstaal, initiatiefnemer, medewerker, mi_identificatie ON contactmoment
WHEN OLD.registratiedatum IS NOT NEW.registratiedatum
    OR OLD.bronorganisatie IS NOT NEW.bronorganisatie
    OR OLD.kanaal IS NOT NEW.kanaal
    OR OLD.voorkeurskanaal IS NOT NEW.voorkeurskanaal
    OR OLD.voorkeurstaal IS NOT NEW.voorkeurstaal
    OR OLD.initiatiefnemer IS NOT NEW.initiatiefnemer
    OR OLD.medewerker IS NOT NEW.medewerker
    OR OLD.mi_identificatie IS NOT NEW.mi_identificatie
BEGIN
    INSERT INTO page_delta (resource, moment, row_id, count, facet_1, facet_2, facet_3, facet_4, facet_5, facet_6,
        facet_7)
    VALUES ('contactmoment', OLD.registratiedatum, OLD.id, -1, OLD.bronorganisatie, OLD.kanaal, OLD.voorkeurskanaal,
        OLD.voorkeurstaal, OLD.initiatiefnemer, OLD.medewerker, OLD.mi_identificatie);
    INSERT INTO page_delta (resource, moment, row_id, count, facet_1, facet_2, facet_3, facet_4, facet_5, facet_6,
        facet_7)
    VALUES ('contactmoment', NEW.registratiedatum, NEW.id, 1, NEW.bronorganisatie, NEW.kanaal, NEW.voorkeurskanaal,
        NEW.voorkeurstaal, NEW.initiatiefnemer, NEW.medewerker, NEW.mi_identificatie);
END;
CREATE TRIGGER contactmoment_delete_pages AFTER DELETE ON contactmoment
BEGIN
    INSERT INTO page_delta (resource, moment, row_id, count, facet_1, facet_2, facet_3, facet_4, facet_5, facet_6,
        facet_7)
    VALUES ('contactmoment', OLD.registratiedatum, OLD.id, -1, OLD.bronorganisatie, OLD.kanaal, OLD.voorkeurskanaal,
        OLD.voorkeurstaal, OLD.initiatiefnemer, OLD.medewerker, OLD.mi_identificatie);
END;

CREATE TRIGGER klantcontactmoment_insert_pages AFTER INSERT ON klantcontactmoment
BEGIN
    INSERT INTO page_delta (resource, moment, row_id, count, facet_1)
    VALUES ('klantcontactmoment', '1970-01-01T00:00:00+00:00', NEW.id, 1, NEW.rol);
END;
CREATE TRIGGER klantcontactmoment_update_pages AFTER UPDATE OF rol ON klantcontactmoment
WHEN OLD.rol IS NOT NEW.rol
BEGIN
    INSERT INTO page_delta (resource, moment, row_id, count, facet_1)
    VALUES ('klantcontactmoment', '1970-01-01T00:00:00+00:00', OLD.id, -1, OLD.rol);
    INSERT INTO page_delta (resource, moment, row_id, count, facet_1)
    VALUES ('klantcontactmoment', '1970-01-01T00:00:00+00:00', NEW.id, 1, NEW.rol);
END;
CREATE TRIGGER klantcontactmoment_delete_pages AFTER DELETE ON klantcontactmoment
BEGIN
    INSERT INTO page_delta (resource, moment, row_id, count, facet_1)
    VALUES ('klantcontactmoment', '1970-01-01T00:00:00+00:00', OLD.id, -1, OLD.rol);
END;

CREATE TRIGGER objectcontactmoment_insert_pages AFTER INSERT ON objectcontactmoment
BEGIN
    INSERT INTO page_delta (resource, moment, row_id, count, facet_1)
    VALUES ('objectcontactmoment', '1970-01-01T00:00:00+00:00', NEW.id, 1, NEW.object_type);
END;
CREATE TRIGGER objectcontactmoment_update_pages AFTER UPDATE OF object_type ON objectcontactmoment
WHEN OLD.object_type IS NOT NEW.object_type
BEGIN
    INSERT INTO page_delta (resource, moment, row_id, count, facet_1)
    VALUES ('objectcontactmoment', '1970-01-01T00:00:00+00:00', OLD.id, -1, OLD.object_type);
    INSERT INTO page_delta (resource, moment, row_id, count, facet_1)
    VALUES ('objectcontactmoment', '1970-01-01T00:00:00+00:00', NEW.id, 1, NEW.object_type);
END;
CREATE TRIGGER objectcontactmoment_delete_pages AFTER DELETE ON objectcontactmoment
BEGIN
    INSERT INTO page_delta (resource, moment, row_id, count, facet_1)
    VALUES ('objectcontactmoment', '1970-01-01T00:00:00+00:00', OLD.id, -1, OLD.object_type);
END;
