-- One column per filterable field, each with an index that also holds the order of the list; one JSON column for
-- the parts of address and identification that nobody filters on. NULL in an address or identification column
-- means that the klant has no such part. Lengths are the API's business; text compares byte by byte.
CREATE TABLE klant (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    uuid UUID NOT NULL,
    bronorganisatie TEXT COLLATE "C" NOT NULL,
    klantnummer TEXT COLLATE "C" NOT NULL,
    bedrijfsnaam TEXT COLLATE "C" NOT NULL,
    functie TEXT COLLATE "C" NOT NULL,
    website_url TEXT COLLATE "C" NOT NULL,
    voornaam TEXT COLLATE "C" NOT NULL,
    voorvoegsel_achternaam TEXT COLLATE "C" NOT NULL,
    achternaam TEXT COLLATE "C" NOT NULL,
    telefoonnummer TEXT COLLATE "C" NOT NULL,
    emailadres TEXT COLLATE "C" NOT NULL,
    adres_straatnaam TEXT COLLATE "C",
    adres_postcode TEXT COLLATE "C",
    adres_woonplaatsnaam TEXT COLLATE "C",
    adres_landcode TEXT COLLATE "C",
    subject TEXT COLLATE "C" NOT NULL,
    subject_type TEXT COLLATE "C",
    aanmaakkanaal TEXT COLLATE "C" NOT NULL,
    geverifieerd BOOLEAN NOT NULL,
    np_bsn TEXT COLLATE "C",
    np_anp_identificatie TEXT COLLATE "C",
    np_a_nummer TEXT COLLATE "C",
    np_geboortedatum TEXT COLLATE "C",
    nnp_inn_nnp_id TEXT COLLATE "C",
    nnp_ann_identificatie TEXT COLLATE "C",
    vestigingsnummer TEXT COLLATE "C",
    detail JSONB NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    changed_at TIMESTAMPTZ NOT NULL,
    CONSTRAINT klant_uuid UNIQUE (uuid),
    CONSTRAINT klant_klantnummer UNIQUE (bronorganisatie, klantnummer)
);
CREATE INDEX klant_by_bronorganisatie ON klant (bronorganisatie, id);
CREATE INDEX klant_by_klantnummer ON klant (klantnummer, id);
CREATE INDEX klant_by_bedrijfsnaam ON klant (bedrijfsnaam, id);
CREATE INDEX klant_by_functie ON klant (functie, id);
CREATE INDEX klant_by_achternaam ON klant (achternaam, id);
CREATE INDEX klant_by_telefoonnummer ON klant (telefoonnummer, id);
CREATE INDEX klant_by_emailadres ON klant (emailadres, id);
CREATE INDEX klant_by_adres_straatnaam ON klant (adres_straatnaam, id);
CREATE INDEX klant_by_adres_postcode ON klant (adres_postcode, id);
CREATE INDEX klant_by_adres_woonplaatsnaam ON klant (adres_woonplaatsnaam, id);
CREATE INDEX klant_by_adres_landcode ON klant (adres_landcode, id);
CREATE INDEX klant_by_subject ON klant (subject, id);
CREATE INDEX klant_by_subject_type ON klant (subject_type, id);
CREATE INDEX klant_by_np_bsn ON klant (np_bsn, id);
CREATE INDEX klant_by_np_anp_identificatie ON klant (np_anp_identificatie, id);
CREATE INDEX klant_by_np_a_nummer ON klant (np_a_nummer, id);
CREATE INDEX klant_by_np_geboortedatum ON klant (np_geboortedatum, id);
CREATE INDEX klant_by_nnp_inn_nnp_id ON klant (nnp_inn_nnp_id, id);
CREATE INDEX klant_by_nnp_ann_identificatie ON klant (nnp_ann_identificatie, id);
CREATE INDEX klant_by_vestigingsnummer ON klant (vestigingsnummer, id);
