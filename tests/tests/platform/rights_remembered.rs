//! Look-ups of callers and their rights: remembered until somebody changes them, whoever that is.

use std::time::Instant;

use openklant_shared::domain::applicatie::{Autorisatie, Component};
use openklant_shared::storage::applicatie;
use openklant_tests::app::Setup;
use openklant_tests::fixtures::{KLANTEN, klant};
use openklant_tests::tap::{Tap, is_look_up};
use openklant_tests::{App, Database, Kind, on_both, wait};

#[test]
fn a_thousand_requests_look_nobody_up() {
    openklant_tests::both::run(Kind::Postgres, async |database: Database| {
        let tap = Tap::before(&database.url()).await;
        let app = Setup::new().database_url(tap.url()).start(&database).await;
        let client = app.client();
        client.get(KLANTEN).await.is(200);
        tap.take();
        let start = Instant::now();
        for _ in 0..1000 {
            client.get(KLANTEN).await.is(200);
        }
        let statements = tap.take();
        assert!(statements.len() > 1000, "the tap counts");
        let look_ups: Vec<&String> = statements.iter().filter(|sql| is_look_up(sql)).collect();
        let (looks, look_ups): (Vec<_>, Vec<_>) = look_ups
            .into_iter()
            .partition(|sql| sql.contains("FROM authorisation_version "));
        assert_eq!(look_ups, Vec::<&String>::new());
        let most = start.elapsed().as_secs() * 4 + 4;
        assert!(
            looks.len() as u64 <= most,
            "{} looks at the version, at most {most}",
            looks.len()
        );
    });
}

on_both! {
    async fn what_another_writes_into_the_tables_counts_too(app: App) {
        let reader = app.client_with(&["klanten.lezen"]).await;
        reader.get(KLANTEN).await.is(200);
        app.probe().execute("UPDATE autorisatie SET scopes = '[\"klanten.aanmaken\"]'").await;
        wait::until_found("the right to read is gone", async || {
            (reader.get(KLANTEN).await.status() == 403).then_some(())
        }).await;
        reader.post(KLANTEN, &klant("1")).await.is(201);
    }

    async fn a_client_that_was_unknown_is_known_once_it_is_registered(app: App) {
        let rights = vec![Autorisatie { component: Component::Kc, scopes: vec!["klanten.lezen".to_owned()] }];
        let credential = app.register(rights).await;
        let client = app.with_token(&credential.token(app.clock().now()));
        client.get(KLANTEN).await.is(200);
        let mut tx = app.db().begin().await.expect("a transaction");
        applicatie::delete_credential(&mut tx, &credential.client_id).await.expect("a credential can go");
        tx.commit().await.expect("it is gone");
        wait::until_found("the client is unknown", async || {
            (client.get(KLANTEN).await.status() == 403).then_some(())
        }).await;
        client.get(KLANTEN).await.fault(403, "invalid-client-identifier");
        let mut tx = app.db().begin().await.expect("a transaction");
        applicatie::insert_credential(&mut tx, &credential.client_id, &credential.secret, app.clock().now())
            .await
            .expect("a credential can be added");
        tx.commit().await.expect("it is there");
        wait::until_found("the client is known", async || {
            (client.get(KLANTEN).await.status() == 200).then_some(())
        }).await;
    }
}
