-- One column per filterable field, each with an index that also holds the order of the list; one JSON column for
-- the parts of address and identification that nobody filters on. NULL in an address or identification column
-- means that the klant has no such part. Lengths are the API's business; text compares byte by byte.
CREATE TABLE klant (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    uuid TEXT NOT NULL,
    bronorganisatie TEXT NOT NULL,
    klantnummer TEXT NOT NULL,
    bedrijfsnaam TEXT NOT NULL,
    functie TEXT NOT NULL,
    website_url TEXT NOT NULL,
    voornaam TEXT NOT NULL,
    voorvoegsel_achternaam TEXT NOT NULL,
    achternaam TEXT NOT NULL,
    telefoonnummer TEXT NOT NULL,
    emailadres TEXT NOT NULL,
    adres_straatnaam TEXT,
    adres_postcode TEXT,
    adres_woonplaatsnaam TEXT,
    adres_landcode TEXT,
    subject TEXT NOT NULL,
    subject_type TEXT,
    aanmaakkanaal TEXT NOT NULL,
    geverifieerd BOOLEAN NOT NULL,
    np_bsn TEXT,
    np_anp_identificatie TEXT,
    np_a_nummer TEXT,
    np_geboortedatum TEXT,
    nnp_inn_nnp_id TEXT,
    nnp_ann_identificatie TEXT,
    vestigingsnummer TEXT,
    detail TEXT NOT NULL,
    created_at TEXT NOT NULL,
    changed_at TEXT NOT NULL,
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
