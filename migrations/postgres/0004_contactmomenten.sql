-- A column per filterable field with an index that also holds the order of the list; the columns of
-- medewerkerIdentificatie are NULL together when a contactmoment has none. Deleting a contactmoment mends its chain:
-- the successor's link becomes NULL.
CREATE TABLE contactmoment (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    uuid UUID NOT NULL,
    vorig_id BIGINT REFERENCES contactmoment (id) ON DELETE SET NULL,
    bronorganisatie TEXT COLLATE "C" NOT NULL,
    registratiedatum TIMESTAMPTZ NOT NULL,
    kanaal TEXT COLLATE "C" NOT NULL,
    voorkeurskanaal TEXT COLLATE "C" NOT NULL,
    voorkeurstaal TEXT COLLATE "C" NOT NULL,
    tekst TEXT COLLATE "C" NOT NULL,
    onderwerp_links JSONB NOT NULL,
    initiatiefnemer TEXT COLLATE "C" NOT NULL,
    medewerker TEXT COLLATE "C" NOT NULL,
    mi_identificatie TEXT COLLATE "C",
    mi_achternaam TEXT COLLATE "C",
    mi_voorletters TEXT COLLATE "C",
    mi_voorvoegsel_achternaam TEXT COLLATE "C",
    created_at TIMESTAMPTZ NOT NULL,
    changed_at TIMESTAMPTZ NOT NULL,
    CONSTRAINT contactmoment_uuid UNIQUE (uuid),
    CONSTRAINT contactmoment_vorig UNIQUE (vorig_id)
);
CREATE INDEX contactmoment_by_registratiedatum ON contactmoment (registratiedatum, id);
CREATE INDEX contactmoment_by_bronorganisatie ON contactmoment (bronorganisatie, registratiedatum, id);
CREATE INDEX contactmoment_by_kanaal ON contactmoment (kanaal, registratiedatum, id);
CREATE INDEX contactmoment_by_voorkeurskanaal ON contactmoment (voorkeurskanaal, registratiedatum, id);
CREATE INDEX contactmoment_by_voorkeurstaal ON contactmoment (voorkeurstaal, registratiedatum, id);
CREATE INDEX contactmoment_by_initiatiefnemer ON contactmoment (initiatiefnemer, registratiedatum, id);
CREATE INDEX contactmoment_by_medewerker ON contactmoment (medewerker, registratiedatum, id);
CREATE INDEX contactmoment_by_mi_identificatie ON contactmoment (mi_identificatie, registratiedatum, id);
CREATE INDEX contactmoment_by_mi_achternaam ON contactmoment (mi_achternaam, registratiedatum, id);
CREATE INDEX contactmoment_by_mi_voorletters ON contactmoment (mi_voorletters, registratiedatum, id);
CREATE INDEX contactmoment_by_mi_voorvoegsel_achternaam ON contactmoment (mi_voorvoegsel_achternaam, registratiedatum, id);

-- A klant of this installation is held by its uuid, one from elsewhere by its URL: exactly one of the two. No foreign
-- key on the uuid: a klant may go, what was said with it stays. registratiedatum is that of the contactmoment, so that
-- the contactmomenten of a klant are read in order from one index.
CREATE TABLE klantcontactmoment (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    uuid UUID NOT NULL,
    contactmoment_id BIGINT NOT NULL REFERENCES contactmoment (id) ON DELETE CASCADE,
    registratiedatum TIMESTAMPTZ NOT NULL,
    klant_uuid UUID,
    klant_url TEXT COLLATE "C",
    rol TEXT COLLATE "C" NOT NULL,
    gelezen BOOLEAN NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    CONSTRAINT klantcontactmoment_uuid UNIQUE (uuid),
    CONSTRAINT klantcontactmoment_klant CHECK ((klant_uuid IS NULL) <> (klant_url IS NULL))
);
CREATE UNIQUE INDEX klantcontactmoment_own_klant ON klantcontactmoment (contactmoment_id, klant_uuid, rol)
    WHERE klant_uuid IS NOT NULL;
CREATE UNIQUE INDEX klantcontactmoment_other_klant ON klantcontactmoment (contactmoment_id, klant_url, rol)
    WHERE klant_url IS NOT NULL;
CREATE INDEX klantcontactmoment_by_contactmoment ON klantcontactmoment (contactmoment_id, id);
CREATE INDEX klantcontactmoment_by_klant_uuid ON klantcontactmoment (klant_uuid, registratiedatum, contactmoment_id);
CREATE INDEX klantcontactmoment_by_klant_url ON klantcontactmoment (klant_url, registratiedatum, contactmoment_id);
CREATE INDEX klantcontactmoment_list_by_klant_uuid ON klantcontactmoment (klant_uuid, id);
CREATE INDEX klantcontactmoment_list_by_klant_url ON klantcontactmoment (klant_url, id);
CREATE INDEX klantcontactmoment_by_rol ON klantcontactmoment (rol, id);

-- The mirror of a relation that a Zaken API owns.
CREATE TABLE objectcontactmoment (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    uuid UUID NOT NULL,
    contactmoment_id BIGINT NOT NULL REFERENCES contactmoment (id) ON DELETE CASCADE,
    object TEXT COLLATE "C" NOT NULL,
    object_type TEXT COLLATE "C" NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    CONSTRAINT objectcontactmoment_uuid UNIQUE (uuid),
    CONSTRAINT objectcontactmoment_object UNIQUE (contactmoment_id, object)
);
CREATE INDEX objectcontactmoment_by_contactmoment ON objectcontactmoment (contactmoment_id, id);
CREATE INDEX objectcontactmoment_by_object ON objectcontactmoment (object, contactmoment_id);
CREATE INDEX objectcontactmoment_list_by_object ON objectcontactmoment (object, id);
CREATE INDEX objectcontactmoment_by_object_type ON objectcontactmoment (object_type, id);

-- Credentials for the APIs of others; the longest api_root that a URL starts with wins.
CREATE TABLE externe_api (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    api_root TEXT COLLATE "C" NOT NULL,
    label TEXT COLLATE "C" NOT NULL,
    client_id TEXT COLLATE "C" NOT NULL,
    secret TEXT NOT NULL,
    user_id TEXT COLLATE "C" NOT NULL,
    user_representation TEXT COLLATE "C" NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    CONSTRAINT externe_api_root UNIQUE (api_root)
);
