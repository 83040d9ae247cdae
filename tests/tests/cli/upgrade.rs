//! Upgrades: what every earlier version left is migrated and served, bad rows are told of first, and an older program
//! serves beside a newer one.

use openklant_tests::earlier::{CLIENT_ID, CONTACTMOMENT, KLANT};
use openklant_tests::fixtures::{CONTACTMOMENTEN, KLANTEN, klant};
use openklant_tests::notificaties::Notificaties;
use openklant_tests::program::Program;
use openklant_tests::tokens::bearer;
use openklant_tests::{Client, Database, Kind, both, on_both};

/// The number of the newest migration.
async fn newest(database: &Database) -> i64 {
    let newest = database
        .probe()
        .texts("SELECT CAST(max(version) AS TEXT) FROM _sqlx_migrations")
        .await;
    newest[0].parse().expect("a number")
}

/// What a version left whose last migration was `last` is migrated and served.
async fn upgrade_from(database: Database, last: i64) {
    database.become_earlier(last).await;
    let notificaties = Notificaties::start().await;
    let program = Program::on(&database).with(notificaties.settings());
    let waiting = program.run("migrate --dry-run").await.well();
    assert!(waiting.contains("waiting"), "{waiting}");
    program.run("migrate").await.well();
    assert_eq!(
        database.probe().wrong_depths().await,
        Vec::<String>::new(),
        "after {last}"
    );

    let found = program.run("doctor --format json").await.stdout;
    for check in ["\"schema\"", "\"database integrity\"", "\"settings\""] {
        assert!(!found.contains(check), "after {last}: {found}");
    }
    let api = program.start("api");
    let token = program
        .run(&format!("token --client-id {CLIENT_ID}"))
        .await
        .well();
    let client = Client::new(api.address().await, Some(bearer(token.trim())));
    let klanten = client.get(KLANTEN).await.expect(200).json();
    assert_eq!(klanten["count"], i64::from(last >= 2), "after {last}");
    if last >= 2 {
        let path = format!("{KLANTEN}/{KLANT}");
        let one = client.get(&path).await.expect(200).json();
        assert_eq!(one["voornaam"], "Jan");
        assert_eq!(one["adres"]["huisnummer"], 1);
        let found = database
            .probe()
            .texts("SELECT waarde FROM klant_zoek WHERE soort = 'naam'")
            .await;
        assert_eq!(found, ["voorbeeld"], "what version {last} wrote is found too");
        let listed = "SELECT waarde FROM klant_zoek WHERE soort = 'volgorde'";
        assert_eq!(
            database.probe().texts(listed).await,
            ["voorbeeld jan"],
            "version {last}"
        );
        assert_eq!(one["subjectIdentificatie"]["inpBsn"], "000000012");
        assert_eq!(
            client
                .get(format!("{KLANTEN}?subjectNatuurlijkPersoon__inpBsn=000000012"))
                .await
                .status(),
            200
        );
        client
            .patch(&path, &serde_json::json!({"voornaam": "Piet"}))
            .await
            .is(200);
    }
    if last >= 3 {
        let trail = client
            .get(format!("{KLANTEN}/{KLANT}/audittrail"))
            .await
            .expect(200)
            .json();
        assert_eq!(trail["results"][0]["actie"], "create");
        program.run("worker --drain").await.well();
        assert_eq!(
            notificaties.accepted()[0]["van"],
            "vroeger",
            "what waited is sent, before what is new"
        );
    }
    if last >= 4 {
        let path = format!("{CONTACTMOMENTEN}/{CONTACTMOMENT}");
        assert_eq!(client.get(&path).await.expect(200).json()["tekst"], "een vraag");
        let relations = "/contactmomenten/api/v1/klantcontactmomenten";
        assert_eq!(client.get(relations).await.expect(200).json()["count"], 1);
        assert_eq!(
            client
                .get("/contactmomenten/api/v1/objectcontactmomenten")
                .await
                .expect(200)
                .json()["count"],
            1
        );
        assert!(
            program
                .run("externe-api list")
                .await
                .well()
                .contains("http://127.0.0.1:9/zaken/")
        );
    }
    client.post(KLANTEN, &klant("nieuw")).await.is(201);
    api.terminate();
    api.end().await.well();
}

fn every_earlier_version(kind: Kind) {
    let mut last = 1;
    loop {
        let newest = std::sync::atomic::AtomicI64::new(0);
        both::run(kind, async |database: Database| {
            newest.store(self::newest(&database).await, std::sync::atomic::Ordering::SeqCst);
        });
        if last >= newest.into_inner() {
            break;
        }
        both::run(kind, async |database: Database| {
            upgrade_from(database, last).await;
        });
        last += 1;
    }
    assert!(last > 5, "{last}");
}

#[test]
fn what_every_earlier_version_left_is_served_from_sqlite() {
    every_earlier_version(Kind::Sqlite);
}

#[test]
fn what_every_earlier_version_left_is_served_from_postgres() {
    every_earlier_version(Kind::Postgres);
}

on_both! {
    async fn a_dry_run_lists_bad_rows_and_changes_nothing(database: Database) {
        database.become_earlier(4).await;
        let bad = match database.kind() {
            Kind::Sqlite => "PRAGMA foreign_keys = OFF; UPDATE outbox_attempt SET outbox_id = 4711",
            Kind::Postgres => "SET session_replication_role = replica; UPDATE outbox_attempt SET outbox_id = 4711",
        };
        database.probe().execute(bad).await;
        let ended = Program::on(&database).run("migrate --dry-run").await;
        ended.complains(1, "rows that are not right");
        assert!(ended.stdout.contains("waiting"), "{ended:?}");
        assert!(ended.stderr.contains("outbox_attempt 1 refers to a row of outbox"), "{ended:?}");
        assert_eq!(newest(&database).await, 4);
    }

    async fn an_older_program_serves_beside_a_newer_one(database: Database) {
        // What a newer version may do: a column, a table, an index; and end what nobody uses since a migration we know.
        database
            .probe()
            .execute(
                "ALTER TABLE klant ADD COLUMN later TEXT; ALTER TABLE outbox ADD COLUMN later TEXT NOT NULL DEFAULT ''; \
                 CREATE TABLE later (id INTEGER PRIMARY KEY); CREATE INDEX klant_by_later ON klant (later, id); \
                 INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
                 SELECT 9000, 'later', TRUE, checksum, 1 FROM _sqlx_migrations WHERE version = 1; \
                 INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
                 SELECT 9001, 'contract 0005 something', TRUE, checksum, 1 FROM _sqlx_migrations WHERE version = 1",
            )
            .await;
        let notificaties = Notificaties::start().await;
        let program = Program::on(&database).with(notificaties.settings());
        program.run("applicatie add --label L --client-id l --alle-autorisaties").await.well();
        let token = program.run("token --client-id l").await.well();
        let api = program.start("api");
        let client = Client::new(api.address().await, Some(bearer(token.trim())));
        client.post(KLANTEN, &klant("1")).await.is(201);
        assert_eq!(client.get(KLANTEN).await.expect(200).json()["count"], 1);
        client.get("/health/ready").await.is(200);
        program.run("worker --drain").await.well();
        assert_eq!(notificaties.accepted().len(), 1);
        api.logs("of a newer version of openklant").await;
        api.terminate();
        api.end().await.well();
        program.run("migrate").await.well();
        assert_eq!(newest(&database).await, 9001, "nothing is undone");
        let up = program.start("up");
        up.address().await;
        up.terminate();
        up.end().await.well();
    }
}
