-- Where the pages of the long lists begin, so that neither the exact count of a list nor its last page costs more as the
-- register grows. A list is a table with or without conditions on some of its columns (its facets). `page_bucket` holds
-- the number of its rows from one place up to the next bucket, about a thousand; a place is a moment and the number of a
-- row, and in lists that are in the order of their rows the moment is always the same. Every change of a table adds a row
-- to `page_delta`, by trigger and in its own transaction: nothing is updated, so writers never wait for each other here.
-- What a list holds is its buckets and the deltas together, at every moment; the deltas are added to the buckets now and
-- then, by the server. Which facet of a table is which: storage/page_map/table.rs.
CREATE TABLE page_list (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    resource TEXT COLLATE "C" NOT NULL,
    facets TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    total BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    CONSTRAINT page_list_of UNIQUE (resource, facets)
);

CREATE TABLE page_bucket (
    list_id BIGINT NOT NULL REFERENCES page_list (id) ON DELETE CASCADE,
    moment TIMESTAMPTZ NOT NULL,
    row_id BIGINT NOT NULL,
    count BIGINT NOT NULL,
    PRIMARY KEY (list_id, moment, row_id)
);

CREATE TABLE page_delta (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    resource TEXT COLLATE "C" NOT NULL,
    moment TIMESTAMPTZ NOT NULL,
    row_id BIGINT NOT NULL,
    count BIGINT NOT NULL,
    facet_1 TEXT COLLATE "C",
    facet_2 TEXT COLLATE "C",
    facet_3 TEXT COLLATE "C",
    facet_4 TEXT COLLATE "C",
    facet_5 TEXT COLLATE "C",
    facet_6 TEXT COLLATE "C",
    facet_7 TEXT COLLATE "C"
);
-- Every list reads all of it and it is emptied every few seconds: what is dead must go at once.
ALTER TABLE page_delta SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);

-- One row. Whoever adds deltas to buckets locks it; `folds` tells whoever makes the buckets of a list that others did in
-- between, and `busy_until` keeps others from it while somebody does.
CREATE TABLE page_fold (
    id BIGINT NOT NULL PRIMARY KEY,
    folds BIGINT NOT NULL,
    busy_until TIMESTAMPTZ NOT NULL,
    CONSTRAINT page_fold_one CHECK (id = 1)
);
INSERT INTO page_fold (id, folds, busy_until) VALUES (1, 0, '1970-01-01T00:00:00Z');

CREATE FUNCTION klant_enters_pages() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO page_delta (resource, moment, row_id, count, facet_1, facet_2, facet_3, facet_4, facet_5)
    SELECT 'klant', TIMESTAMPTZ '1970-01-01T00:00:00Z', new_row.id, 1, new_row.bronorganisatie,
        new_row.subject_type, new_row.achternaam, new_row.adres_woonplaatsnaam,
            new_row.adres_landcode FROM new_rows AS new_row;
    RETURN NULL;
END
$$;
CREATE FUNCTION klant_moves_pages() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO page_delta (resource, moment, row_id, count, facet_1, facet_2, facet_3, facet_4, facet_5)
    SELECT 'klant', TIMESTAMPTZ '1970-01-01T00:00:00Z', old_row.id, -1, old_row.bronorganisatie,
        old_row.subject_type, old_row.achternaam, old_row.adres_woonplaatsnaam, old_row.adres_landcode
    FROM old_rows AS old_row JOIN new_rows AS new_row ON new_row.id = old_row.id
    WHERE (old_row.bronorganisatie, old_row.subject_type, old_row.achternaam, old_row.adres_woonplaatsnaam,
        old_row.adres_landcode)
        IS DISTINCT FROM (new_row.bronorganisatie, new_row.subject_type, new_row.achternaam,
            new_row.adres_woonplaatsnaam, new_row.adres_landcode)
    UNION ALL
    SELECT 'klant', TIMESTAMPTZ '1970-01-01T00:00:00Z', new_row.id, 1, new_row.bronorganisatie,
        new_row.subject_type, new_row.achternaam, new_row.adres_woonplaatsnaam, new_row.adres_landcode
    FROM old_rows AS old_row JOIN new_rows AS new_row ON new_row.id = old_row.id
    WHERE (old_row.bronorganisatie, old_row.subject_type, old_row.achternaam, old_row.adres_woonplaatsnaam,
        old_row.adres_landcode)
        IS DISTINCT FROM (new_row.bronorganisatie, new_row.subject_type, new_row.achternaam,
            new_row.adres_woonplaatsnaam, new_row.adres_landcode);
    RETURN NULL;
END
$$;
CREATE FUNCTION klant_leaves_pages() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO page_delta (resource, moment, row_id, count, facet_1, facet_2, facet_3, facet_4, facet_5)
    SELECT 'klant', TIMESTAMPTZ '1970-01-01T00:00:00Z', old_row.id, -1, old_row.bronorganisatie,
        old_row.subject_type, old_row.achternaam, old_row.adres_woonplaatsnaam,
            old_row.adres_landcode FROM old_rows AS old_row;
    RETURN NULL;
END
$$;
CREATE TRIGGER klant_insert_pages AFTER INSERT ON klant
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION klant_enters_pages();
CREATE TRIGGER klant_update_pages AFTER UPDATE ON klant
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION klant_moves_pages();
CREATE TRIGGER klant_delete_pages AFTER DELETE ON klant
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION klant_leaves_pages();

CREATE FUNCTION contactmoment_enters_pages() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO page_delta (resource, moment, row_id, count, facet_1, facet_2, facet_3, facet_4, facet_5, facet_6,
        facet_7)
    SELECT 'contactmoment', new_row.registratiedatum, new_row.id, 1, new_row.bronorganisatie, new_row.kanaal,
        new_row.voorkeurskanaal, new_row.voorkeurstaal, new_row.initiatiefnemer, new_row.medewerker,
            new_row.mi_identificatie FROM new_rows AS new_row;
    RETURN NULL;
END
$$;
CREATE FUNCTION contactmoment_moves_pages() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO page_delta (resource, moment, row_id, count, facet_1, facet_2, facet_3, facet_4, facet_5, facet_6,
        facet_7)
    SELECT 'contactmoment', old_row.registratiedatum, old_row.id, -1, old_row.bronorganisatie, old_row.kanaal,
        old_row.voorkeurskanaal, old_row.voorkeurstaal, old_row.initiatiefnemer, old_row.medewerker,
            old_row.mi_identificatie
    FROM old_rows AS old_row JOIN new_rows AS new_row ON new_row.id = old_row.id
    WHERE (old_row.registratiedatum, old_row.bronorganisatie, old_row.kanaal, old_row.voorkeurskanaal,
        old_row.voorkeurstaal, old_row.initiatiefnemer, old_row.medewerker, old_row.mi_identificatie)
        IS DISTINCT FROM (new_row.registratiedatum, new_row.bronorganisatie, new_row.kanaal,
            new_row.voorkeurskanaal, new_row.voorkeurstaal, new_row.initiatiefnemer, new_row.medewerker,
                new_row.mi_identificatie)
    UNION ALL
    SELECT 'contactmoment', new_row.registratiedatum, new_row.id, 1, new_row.bronorganisatie, new_row.kanaal,
        new_row.voorkeurskanaal, new_row.voorkeurstaal, new_row.initiatiefnemer, new_row.medewerker,
            new_row.mi_identificatie
    FROM old_rows AS old_row JOIN new_rows AS new_row ON new_row.id = old_row.id
    WHERE (old_row.registratiedatum, old_row.bronorganisatie, old_row.kanaal, old_row.voorkeurskanaal,
        old_row.voorkeurstaal, old_row.initiatiefnemer, old_row.medewerker, old_row.mi_identificatie)
        IS DISTINCT FROM (new_row.registratiedatum, new_row.bronorganisatie, new_row.kanaal,
            new_row.voorkeurskanaal, new_row.voorkeurstaal, new_row.initiatiefnemer, new_row.medewerker,
                new_row.mi_identificatie);
    RETURN NULL;
END
$$;
CREATE FUNCTION contactmoment_leaves_pages() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO page_delta (resource, moment, row_id, count, facet_1, facet_2, facet_3, facet_4, facet_5, facet_6,
        facet_7)
    SELECT 'contactmoment', old_row.registratiedatum, old_row.id, -1, old_row.bronorganisatie, old_row.kanaal,
        old_row.voorkeurskanaal, old_row.voorkeurstaal, old_row.initiatiefnemer, old_row.medewerker,
            old_row.mi_identificatie FROM old_rows AS old_row;
    RETURN NULL;
END
$$;
CREATE TRIGGER contactmoment_insert_pages AFTER INSERT ON contactmoment
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION contactmoment_enters_pages();
CREATE TRIGGER contactmoment_update_pages AFTER UPDATE ON contactmoment
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION contactmoment_moves_pages();
CREATE TRIGGER contactmoment_delete_pages AFTER DELETE ON contactmoment
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION contactmoment_leaves_pages();

CREATE FUNCTION klantcontactmoment_enters_pages() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO page_delta (resource, moment, row_id, count, facet_1)
    SELECT 'klantcontactmoment', TIMESTAMPTZ '1970-01-01T00:00:00Z', new_row.id, 1,
        new_row.rol FROM new_rows AS new_row;
    RETURN NULL;
END
$$;
CREATE FUNCTION klantcontactmoment_moves_pages() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO page_delta (resource, moment, row_id, count, facet_1)
    SELECT 'klantcontactmoment', TIMESTAMPTZ '1970-01-01T00:00:00Z', old_row.id, -1, old_row.rol
    FROM old_rows AS old_row JOIN new_rows AS new_row ON new_row.id = old_row.id
    WHERE old_row.rol IS DISTINCT FROM new_row.rol
    UNION ALL
    SELECT 'klantcontactmoment', TIMESTAMPTZ '1970-01-01T00:00:00Z', new_row.id, 1, new_row.rol
    FROM old_rows AS old_row JOIN new_rows AS new_row ON new_row.id = old_row.id
    WHERE old_row.rol IS DISTINCT FROM new_row.rol;
    RETURN NULL;
END
$$;
CREATE FUNCTION klantcontactmoment_leaves_pages() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO page_delta (resource, moment, row_id, count, facet_1)
    SELECT 'klantcontactmoment', TIMESTAMPTZ '1970-01-01T00:00:00Z', old_row.id, -1,
        old_row.rol FROM old_rows AS old_row;
    RETURN NULL;
END
$$;
CREATE TRIGGER klantcontactmoment_insert_pages AFTER INSERT ON klantcontactmoment
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION klantcontactmoment_enters_pages();
CREATE TRIGGER klantcontactmoment_update_pages AFTER UPDATE ON klantcontactmoment
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION klantcontactmoment_moves_pages();
CREATE TRIGGER klantcontactmoment_delete_pages AFTER DELETE ON klantcontactmoment
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION klantcontactmoment_leaves_pages();

CREATE FUNCTION objectcontactmoment_enters_pages() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO page_delta (resource, moment, row_id, count, facet_1)
    SELECT 'objectcontactmoment', TIMESTAMPTZ '1970-01-01T00:00:00Z', new_row.id, 1,
        new_row.object_type FROM new_rows AS new_row;
    RETURN NULL;
END
$$;
CREATE FUNCTION objectcontactmoment_moves_pages() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO page_delta (resource, moment, row_id, count, facet_1)
    SELECT 'objectcontactmoment', TIMESTAMPTZ '1970-01-01T00:00:00Z', old_row.id, -1, old_row.object_type
    FROM old_rows AS old_row JOIN new_rows AS new_row ON new_row.id = old_row.id
    WHERE old_row.object_type IS DISTINCT FROM new_row.object_type
    UNION ALL
    SELECT 'objectcontactmoment', TIMESTAMPTZ '1970-01-01T00:00:00Z', new_row.id, 1, new_row.object_type
    FROM old_rows AS old_row JOIN new_rows AS new_row ON new_row.id = old_row.id
    WHERE old_row.object_type IS DISTINCT FROM new_row.object_type;
    RETURN NULL;
END
$$;
CREATE FUNCTION objectcontactmoment_leaves_pages() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO page_delta (resource, moment, row_id, count, facet_1)
    SELECT 'objectcontactmoment', TIMESTAMPTZ '1970-01-01T00:00:00Z', old_row.id, -1,
        old_row.object_type FROM old_rows AS old_row;
    RETURN NULL;
END
$$;
CREATE TRIGGER objectcontactmoment_insert_pages AFTER INSERT ON objectcontactmoment
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION objectcontactmoment_enters_pages();
CREATE TRIGGER objectcontactmoment_update_pages AFTER UPDATE ON objectcontactmoment
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION objectcontactmoment_moves_pages();
CREATE TRIGGER objectcontactmoment_delete_pages AFTER DELETE ON objectcontactmoment
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION objectcontactmoment_leaves_pages();
