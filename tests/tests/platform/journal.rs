//! A change, its audit row and its message are kept together or not at all: each of the three is made to fail in turn.

use openklant_tests::fixtures::{KLANTEN, klant};
use openklant_tests::{App, Kind, Response, on_both};
use serde_json::json;

/// Makes the database refuse an operation on a table.
async fn forbid(app: &App, operation: &str, table: &str) {
    let sql = match app.database().kind() {
        Kind::Sqlite => format!(
            "CREATE TRIGGER stop BEFORE {operation} ON {table} BEGIN SELECT RAISE(ABORT, 'stopped by the test'); END"
        ),
        Kind::Postgres => format!(
            "CREATE FUNCTION stop() RETURNS trigger LANGUAGE plpgsql AS \
             $$BEGIN RAISE EXCEPTION 'stopped by the test'; END$$; \
             CREATE TRIGGER stop BEFORE {operation} ON {table} FOR EACH ROW EXECUTE FUNCTION stop()"
        ),
    };
    app.probe().execute(&sql).await;
}

async fn allow_again(app: &App, table: &str) {
    let sql = match app.database().kind() {
        Kind::Sqlite => "DROP TRIGGER stop".to_owned(),
        Kind::Postgres => format!("DROP TRIGGER stop ON {table}; DROP FUNCTION stop()"),
    };
    app.probe().execute(&sql).await;
}

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
            forbid(&app, "INSERT", table).await;
            is_our_fault(&client.post(KLANTEN, &klant("J1")).await, table);
            assert_eq!(app.probe().traces().await, [0, 0, 0], "{table}");
            allow_again(&app, table).await;
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
            forbid(&app, operation, table).await;
            is_our_fault(&client.patch(&url, &json!({"voornaam": "Bo"})).await, table);
            is_our_fault(&client.put(&url, &klant("J2")).await, table);
            assert_eq!(app.probe().traces().await, [1, 1, 1], "{table}");
            assert_eq!(client.get(&url).await.json(), stored, "{table}");
            allow_again(&app, table).await;
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
            forbid(&app, operation, table).await;
            is_our_fault(&client.delete(&url).await, table);
            assert_eq!(app.probe().traces().await, [1, 1, 1], "{table}");
            client.get(&url).await.is(200);
            allow_again(&app, table).await;
        }
        client.delete(&url).await.is(204);
        assert_eq!(app.probe().traces().await, [0, 2, 2]);
    }
}
