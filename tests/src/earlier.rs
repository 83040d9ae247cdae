//! A database as an earlier version of the program left it: the schema of its last migration, filled with rows.

use std::path::Path;

use sqlx::migrate::Migrator;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection};
use tempfile::TempDir;

use crate::{Database, Kind};

/// The klant of the rows.
pub const KLANT: &str = "0b2a1d1e-8f0e-4a8e-9a53-0d2d7f0e1c11";
/// The contactmoment of the rows.
pub const CONTACTMOMENT: &str = "0b2a1d1e-8f0e-4a8e-9a53-0d2d7f0e1c22";
/// The client id of the rows.
pub const CLIENT_ID: &str = "van-vroeger";

/// Per migration what a program of that time wrote, in words that both databases take.
const ROWS: [(i64, &str); 11] = [
    (
        1,
        "INSERT INTO client_credential (client_id, secret, created_at) \
         VALUES ('van-vroeger', 'het geheim van vroeger, lang genoeg', '2025-01-05T09:30:00.123456+00:00'); \
         INSERT INTO applicatie (uuid, label, heeft_alle_autorisaties, created_at) \
         VALUES ('0b2a1d1e-8f0e-4a8e-9a53-0d2d7f0e1c33', 'Van vroeger', TRUE, '2025-01-05T09:30:00.123456+00:00'); \
         INSERT INTO applicatie_client (client_id, applicatie_id) SELECT 'van-vroeger', id FROM applicatie; \
         INSERT INTO applicatie (uuid, label, heeft_alle_autorisaties, created_at) \
         VALUES ('0b2a1d1e-8f0e-4a8e-9a53-0d2d7f0e1c34', 'Lezer', FALSE, '2025-01-05T09:30:00.123456+00:00'); \
         INSERT INTO autorisatie (applicatie_id, component, scopes) \
         SELECT id, 'kc', '[\"klanten.lezen\"]' FROM applicatie WHERE label = 'Lezer'",
    ),
    (
        2,
        "INSERT INTO klant (uuid, bronorganisatie, klantnummer, bedrijfsnaam, functie, website_url, voornaam, \
         voorvoegsel_achternaam, achternaam, telefoonnummer, emailadres, adres_straatnaam, adres_postcode, \
         adres_woonplaatsnaam, adres_landcode, subject, subject_type, aanmaakkanaal, geverifieerd, np_bsn, \
         np_anp_identificatie, np_a_nummer, np_geboortedatum, detail, created_at, changed_at) VALUES \
         ('0b2a1d1e-8f0e-4a8e-9a53-0d2d7f0e1c11', '000000012', '1', '', '', '', 'Jan', '', 'Voorbeeld', '', '', \
         'Waterdam', '1234AB', 'Waterdam', '', '', 'natuurlijk_persoon', 'balie', TRUE, '000000012', '', '', \
         '1980-01-02', '{\"adres\": {\"huisnummer\": 1, \"huisletter\": \"\", \"huisnummertoevoeging\": \"\"}, \
         \"natuurlijk_persoon\": {\"geslachtsnaam\": \"Voorbeeld\", \"voorvoegsel_geslachtsnaam\": \"\", \
         \"voorletters\": \"J\", \"voornamen\": \"Jan\", \"geslachtsaanduiding\": \"m\"}}', \
         '2025-01-05T09:30:00.123456+00:00', '2025-01-05T09:30:00.123456+00:00')",
    ),
    (
        3,
        "INSERT INTO audittrail (uuid, component, object_uuid, actie, resultaat, applicatie_id, applicatie_weergave, \
         gebruikers_id, gebruikers_weergave, hoofd_object, resource, resource_url, resource_weergave, toelichting, \
         request_id, aanmaakdatum, nieuw) VALUES ('0b2a1d1e-8f0e-4a8e-9a53-0d2d7f0e1c44', 'kc', \
         '0b2a1d1e-8f0e-4a8e-9a53-0d2d7f0e1c11', 'create', 201, '0b2a1d1e-8f0e-4a8e-9a53-0d2d7f0e1c33', \
         'Van vroeger', '', '', \
         'https://openklant.example.nl/klanten/api/v1/klanten/0b2a1d1e-8f0e-4a8e-9a53-0d2d7f0e1c11', 'klant', \
         'https://openklant.example.nl/klanten/api/v1/klanten/0b2a1d1e-8f0e-4a8e-9a53-0d2d7f0e1c11', 'Jan', '', '', \
         '2025-01-05T09:30:00.123456+00:00', '{\"klantnummer\":\"1\"}'); \
         INSERT INTO outbox (uuid, kanaal, object_uuid, message, state, attempts, next_attempt_at, created_at) VALUES \
         ('0b2a1d1e-8f0e-4a8e-9a53-0d2d7f0e1c55', 'klanten', '0b2a1d1e-8f0e-4a8e-9a53-0d2d7f0e1c11', \
         '{\"kanaal\":\"klanten\",\"van\":\"vroeger\"}', 'pending', 1, '2025-01-05T09:30:00.123456+00:00', \
         '2025-01-05T09:30:00.123456+00:00'); \
         INSERT INTO outbox_attempt (outbox_id, nr, started_at, duration_ms, status, class, answer) \
         SELECT id, 1, '2025-01-05T09:30:00.123456+00:00', 12, 503, 'temporary', 'even niet' FROM outbox",
    ),
    (
        4,
        "INSERT INTO contactmoment (uuid, bronorganisatie, registratiedatum, kanaal, voorkeurskanaal, voorkeurstaal, \
         tekst, onderwerp_links, initiatiefnemer, medewerker, created_at, changed_at) VALUES \
         ('0b2a1d1e-8f0e-4a8e-9a53-0d2d7f0e1c22', '000000012', '2025-01-05T09:30:00.123456+00:00', 'telefoon', '', \
         '', 'een vraag', '[]', 'klant', '', '2025-01-05T09:30:00.123456+00:00', '2025-01-05T09:30:00.123456+00:00'); \
         INSERT INTO klantcontactmoment (uuid, contactmoment_id, registratiedatum, klant_uuid, rol, gelezen, created_at) \
         SELECT '0b2a1d1e-8f0e-4a8e-9a53-0d2d7f0e1c66', id, registratiedatum, \
         '0b2a1d1e-8f0e-4a8e-9a53-0d2d7f0e1c11', 'gesprekspartner', FALSE, created_at FROM contactmoment; \
         INSERT INTO objectcontactmoment (uuid, contactmoment_id, object, object_type, created_at) \
         SELECT '0b2a1d1e-8f0e-4a8e-9a53-0d2d7f0e1c77', id, 'https://zaken.example.nl/zaken/1', 'zaak', created_at \
         FROM contactmoment; \
         INSERT INTO externe_api (api_root, label, client_id, secret, user_id, user_representation, created_at) \
         VALUES ('http://127.0.0.1:9/zaken/', 'Zaken', 'c', 'geheim', '', '', '2025-01-05T09:30:00.123456+00:00')",
    ),
    (
        5,
        "INSERT INTO job_run (job, tick, worker, started_at, detail) VALUES \
         ('messages', '2025-01-05T02:10:00.000000+00:00', 'w', '2025-01-05T02:10:00.000000+00:00', ''); \
         INSERT INTO worker_heartbeat (worker, host, version, started_at, seen_at) VALUES \
         ('w', 'h', '0.0.1', '2025-01-05T02:10:00.000000+00:00', '2025-01-05T02:10:00.000000+00:00'); \
         INSERT INTO operator_log (at, operator, command, detail) VALUES \
         ('2025-01-05T02:10:00.000000+00:00', 'piet', 'outbox pause', 'delivery paused')",
    ),
    (
        7,
        "UPDATE outbox SET trace_parent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'",
    ),
    (
        8,
        "UPDATE alert SET since = '2025-01-05T02:10:00.000000+00:00' WHERE name = 'parked'",
    ),
    (
        10,
        "INSERT INTO stored_setting (key, value, changed_at) VALUES \
         ('retention.messages', '40d', '2025-01-05T02:10:00.000000+00:00')",
    ),
    (
        18,
        "INSERT INTO klant_zoek (klant_id, soort, waarde) SELECT id, 'naam', 'voorbeeld' FROM klant",
    ),
    (
        23,
        "INSERT INTO klant_zoek (klant_id, soort, waarde) SELECT id, 'volgorde', 'voorbeeld jan' FROM klant",
    ),
    (
        26,
        "INSERT INTO stored_secret (key, secret, changed_at) VALUES \
         ('oidc.client_secret', 'het geheim bij de inlogdienst', '2025-01-05T02:10:00.000000+00:00')",
    ),
];

impl Database {
    /// Makes it what a program left whose last migration was `last`.
    pub async fn become_earlier(&self, last: i64) {
        let folder = TempDir::new().expect("a folder for the migrations");
        let name = match self.kind() {
            Kind::Sqlite => "sqlite",
            Kind::Postgres => "postgres",
        };
        let all = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../migrations")
            .join(name);
        for entry in std::fs::read_dir(all).expect("the migrations") {
            let entry = entry.expect("a migration");
            let file = entry.file_name().to_string_lossy().into_owned();
            let number: i64 = file
                .split('_')
                .next()
                .and_then(|nr| nr.parse().ok())
                .expect("a number");
            if number <= last {
                std::fs::copy(entry.path(), folder.path().join(file)).expect("a copy");
            }
        }
        let migrator = Migrator::new(folder.path()).await.expect("migrations");
        let rows: String = ROWS
            .iter()
            .filter(|(migration, _)| *migration <= last)
            .map(|(_, rows)| [*rows, ";"].concat())
            .collect();
        match self.kind() {
            Kind::Postgres => {
                let mut server = PgConnection::connect(&self.url())
                    .await
                    .expect("the server answers");
                sqlx::raw_sql("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
                    .execute(&mut server)
                    .await
                    .expect("the schema can be emptied");
                migrator.run(&mut server).await.expect("the migrations run");
                sqlx::raw_sql(AssertSqlSafe(rows))
                    .execute(&mut server)
                    .await
                    .expect("the rows fit");
                server.close().await.expect("the connection closes");
            }
            Kind::Sqlite => {
                let url = self.url();
                let file = url.trim_start_matches("sqlite://");
                for end in ["", "-wal", "-shm"] {
                    // Not all of them are there.
                    let _ = std::fs::remove_file(format!("{file}{end}"));
                }
                let options = SqliteConnectOptions::new().filename(file).create_if_missing(true);
                let mut file = options.connect().await.expect("the file can be made");
                migrator.run(&mut file).await.expect("the migrations run");
                sqlx::raw_sql(AssertSqlSafe(rows))
                    .execute(&mut file)
                    .await
                    .expect("the rows fit");
                file.close().await.expect("the file closes");
            }
        }
    }
}
