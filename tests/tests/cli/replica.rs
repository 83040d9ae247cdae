//! A read replica: what only reads is read there, what changes is not, and nothing depends on it. The stand-in is a
//! database with another klant in it, so that an answer tells where it came from.

use openklant_tests::fixtures::{KLANTEN, klant};
use openklant_tests::program::{Process, Program};
use openklant_tests::tokens::bearer;
use openklant_tests::{Client, Database, Kind, both, wait};
use serde_json::json;

/// An API and a client of it with every right.
async fn serving(program: &Program) -> (Process, Client) {
    let api = program.start("api");
    let token = program.run("token --client-id l").await.well();
    let client = Client::new(api.address().await, Some(bearer(token.trim())));
    (api, client)
}

/// Puts one klant in a database; answers its path.
async fn with_klant(database: &Database, klantnummer: &str) -> String {
    let program = Program::on(database);
    program
        .run("applicatie add --label L --client-id l --alle-autorisaties")
        .await
        .well();
    let (api, client) = serving(&program).await;
    let made = client.post(KLANTEN, &klant(klantnummer)).await.expect(201).url();
    api.terminate();
    api.end().await.well();
    let (_, uuid) = made.rsplit_once('/').expect("a URL");
    format!("{KLANTEN}/{uuid}")
}

#[test]
fn only_what_reads_goes_to_the_replica() {
    both::run(Kind::Postgres, async |primary: Database| {
        let replica = Database::create(Kind::Postgres).await;
        let ours = with_klant(&primary, "primair").await;
        let theirs = with_klant(&replica, "replica").await;
        // Rights are looked up at the primary: the replica does not know the client.
        replica
            .probe()
            .execute("DELETE FROM client_credential; DELETE FROM applicatie")
            .await;
        let program = Program::on(&primary).with([("OPENKLANT_DATABASE_READ_URL", replica.url())]);
        let (api, client) = serving(&program).await;

        for _ in 0..2 {
            let list = client.get(KLANTEN).await.expect(200).json();
            assert_eq!(
                (&list["count"], &list["results"][0]["klantnummer"]),
                (&json!(1), &json!("replica"))
            );
        }
        client.head(KLANTEN).await.is(200);
        assert_eq!(
            client.get(&theirs).await.expect(200).json()["klantnummer"],
            "replica"
        );
        client.get(format!("{theirs}/audittrail")).await.is(200);
        client.get(&ours).await.is(404);
        client.head(&ours).await.is(404);
        let found = client
            .post(format!("{KLANTEN}/_zoek"), &json!({"klantnummer": "replica"}))
            .await;
        assert_eq!(found.expect(200).json()["count"], 1);

        // A change, and all it reads, is of the primary.
        client.patch(&theirs, &json!({"voornaam": "Jan"})).await.is(404);
        assert_eq!(
            client
                .patch(&ours, &json!({"voornaam": "Jan"}))
                .await
                .expect(200)
                .json()["voornaam"],
            "Jan"
        );
        client.post(KLANTEN, &klant("primair")).await.is(400);
        client.post(KLANTEN, &klant("replica")).await.is(201);
        assert_eq!(primary.probe().count("klant").await, 2);
        assert_eq!(replica.probe().traces().await, [1, 1, 1]);

        // Gone: everything is read from the primary, with one warning.
        replica.remove().await;
        wait::until_found("the primary answers", async || {
            let list = client.get(KLANTEN).await.expect(200).json();
            (list["count"] == 2).then_some(())
        })
        .await;
        client.get(&ours).await.is(200);
        client.get(&theirs).await.is(404);
        api.logs("the read replica does not answer").await;
        api.terminate();
        let ended = api.end().await;
        assert_eq!(ended.code, Some(0), "{ended:?}");
        assert_eq!(
            ended.stderr.matches("the read replica does not answer").count(),
            1,
            "{ended:?}"
        );
    });
}

#[test]
fn nothing_waits_for_a_replica_that_is_away() {
    both::run(Kind::Postgres, async |primary: Database| {
        let ours = with_klant(&primary, "primair").await;
        let away = "postgres://nobody:secret-word@127.0.0.1:1/none";
        let program = Program::on(&primary).with([("DATABASE_READ_URL", away)]);
        let (api, client) = serving(&program).await;
        for _ in 0..20 {
            client.get(&ours).await.is(200);
        }
        let doctor = program.run("doctor").await;
        doctor.complains(1, "2 things are wrong");
        assert!(
            doctor.stdout.contains("the read replica does not answer"),
            "{doctor:?}"
        );
        api.terminate();
        let ended = api.end().await;
        for text in [&ended.stderr, &doctor.stdout, &doctor.stderr] {
            assert!(!text.contains("secret-word"), "{text}");
        }
        Program::on(&primary)
            .with([("OPENKLANT_DATABASE_READ_URL", "sqlite://data/replica.db")])
            .run("config check")
            .await
            .complains(2, "OPENKLANT_DATABASE_READ_URL");
    });
}
