//! A change, its audit row and its message are kept together or not at all: each of the three is made to fail in turn.

use openklant_tests::fixtures::{KLANTEN, klant};
use openklant_tests::{App, Response, on_both};
use serde_json::json;

/// Demands a Fout that is ours, and that says nothing of the database.
#[track_caller]
fn is_our_fault(answer: &Response, what: &str) {
    assert!(
        [500, 503].contains(&answer.status()),
        "{what}\n{}",
        answer.describe()
    );
    assert_eq!(answer.check_fault_shape(), Ok(()), "{what}");
    assert!(
        !answer.text().contains("stopped by the test"),
        "{}",
        answer.describe()
    );
}

on_both! {
    async fn a_new_klant_is_kept_whole_or_not_at_all(app: App) {
        let client = app.client();
        for table in ["klant", "audittrail", "outbox"] {
            app.probe().forbid("INSERT", table).await;
            is_our_fault(&client.post(KLANTEN, &klant("J1")).await, table);
            assert_eq!(app.probe().traces().await, [0, 0, 0], "{table}");
            app.probe().allow_again(table).await;
        }
        client.post(KLANTEN, &klant("J1")).await.is(201);
        assert_eq!(app.probe().traces().await, [1, 1, 1]);
    }

    async fn a_change_is_kept_whole_or_not_at_all(app: App) {
        let client = app.client();
        let url = client.post(KLANTEN, &klant("J1")).await.expect(201).url();
        let stored = client.get(&url).await.json();
        for (operation, table) in [
            ("UPDATE", "klant"),
            ("INSERT", "audittrail"),
            ("INSERT", "outbox"),
        ] {
            app.probe().forbid(operation, table).await;
            is_our_fault(&client.patch(&url, &json!({"voornaam": "Bo"})).await, table);
            is_our_fault(&client.put(&url, &klant("J2")).await, table);
            assert_eq!(app.probe().traces().await, [1, 1, 1], "{table}");
            assert_eq!(client.get(&url).await.json(), stored, "{table}");
            app.probe().allow_again(table).await;
        }
        client.patch(&url, &json!({"voornaam": "Bo"})).await.is(200);
        assert_eq!(app.probe().traces().await, [1, 2, 2]);
    }

    async fn a_removal_is_kept_whole_or_not_at_all(app: App) {
        let client = app.client();
        let url = client.post(KLANTEN, &klant("J1")).await.expect(201).url();
        for (operation, table) in [
            ("DELETE", "klant"),
            ("INSERT", "audittrail"),
            ("INSERT", "outbox"),
        ] {
            app.probe().forbid(operation, table).await;
            is_our_fault(&client.delete(&url).await, table);
            assert_eq!(app.probe().traces().await, [1, 1, 1], "{table}");
            client.get(&url).await.is(200);
            app.probe().allow_again(table).await;
        }
        client.delete(&url).await.is(204);
        assert_eq!(app.probe().traces().await, [0, 2, 2]);
    }
}
