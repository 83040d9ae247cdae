//! More clients than connections, and no connection at all: everyone waits their turn, and nobody waits for ever.

use std::future::IntoFuture;
use std::time::Duration;

use futures_util::future::join_all;
use openklant_shared::storage::Db;
use openklant_tests::fixtures::{KLANTEN, klant};
use openklant_tests::{App, Database, on_both};

on_both! {
    async fn two_hundred_clients_share_five_connections(database: Database) {
        let app = App::start(
            &database,
            &[
                ("OPENKLANT_DATABASE_MAX_CONNECTIONS", "5"),
                ("OPENKLANT_DATABASE_ACQUIRE_TIMEOUT", "30s"),
            ],
        )
        .await;
        let client = app.client();
        let url = client.post(KLANTEN, &klant("L1")).await.expect(201).url();
        let calls = (0..200).map(|nr| match nr % 4 {
            0 => client.post(KLANTEN, &klant(&format!("P{nr}"))).into_future(),
            1 => client.get(KLANTEN).into_future(),
            _ => client.get(&url).into_future(),
        });
        for answer in join_all(calls).await {
            assert!([200, 201].contains(&answer.status()), "{}", answer.describe());
        }
        assert_eq!(app.probe().traces().await, [51, 51, 51]);
    }

    async fn without_a_free_connection_the_answer_is_503_in_time(database: Database) {
        let app = App::start(
            &database,
            &[
                ("OPENKLANT_DATABASE_MAX_CONNECTIONS", "1"),
                ("OPENKLANT_DATABASE_ACQUIRE_TIMEOUT", "200ms"),
            ],
        )
        .await;
        let client = app.client();
        client.get(KLANTEN).await.is(200);
        let held = app.db().begin().await.expect("the only connection that writes");
        let answer = client.post(KLANTEN, &klant("L1")).await;
        answer.fault(503, "service_unavailable");
        assert!(answer.header("retry-after").is_some(), "{}", answer.describe());
        held.rollback().await.expect("the connection comes back");
        client.post(KLANTEN, &klant("L1")).await.is(201);
    }

    async fn a_read_without_a_free_connection_gets_503_in_time_too(database: Database) {
        let settings = [
            ("OPENKLANT_DATABASE_MAX_CONNECTIONS", "1"),
            ("OPENKLANT_DATABASE_ACQUIRE_TIMEOUT", "200ms"),
        ];
        let app = App::start(&database, &settings).await;
        let client = app.client();
        let url = client.post(KLANTEN, &klant("L1")).await.expect(201).url();
        let held = app.db().snapshot().await.expect("the only connection that reads");
        for url in [KLANTEN, &url, &format!("{url}/audittrail")] {
            let answer = client.get(url).await;
            answer.fault(503, "service_unavailable");
            assert!(answer.header("retry-after").is_some(), "{}", answer.describe());
        }
        held.rollback().await.expect("the connection comes back");
        client.get(&url).await.is(200);
    }
}

/// Who makes the file is in the way of who comes a moment later, for as long as it takes to set SQLite's journal up.
#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
async fn many_may_open_a_new_database_at_once() {
    let folder = tempfile::tempdir().expect("a folder");
    for round in 0..200 {
        let file = folder.path().join(format!("{round}.db"));
        let opening = (0..8).map(|_| {
            let file = file.clone();
            tokio::spawn(async move { Db::open_sqlite(&file, 1, Duration::from_secs(30)).await.map(drop) })
        });
        for opened in join_all(opening).await {
            opened.expect("no panic").expect("the database opens");
        }
    }
}
