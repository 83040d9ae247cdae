//! Messages about changed rights: with their secret only, and in force at once.

use openklant_tests::autorisaties::{Autorisaties, CALLBACK, CALLBACK_SECRET, message};
use openklant_tests::fixtures::KLANTEN;
use openklant_tests::listener::{Gate, Reply};
use openklant_tests::{App, Client, Database, on_both, wait};
use serde_json::{Value, json};

use super::{LOKET, asking, loket, with_secret_only};

fn notificaties(app: &App) -> Client {
    Client::new(app.address(), Some(format!("Bearer {CALLBACK_SECRET}")))
}

/// What a Notificaties API sends to try an abonnement.
fn trial() -> Value {
    json!({
        "kanaal": "test", "hoofdObject": "https://ref.example/1", "resource": "test", "resourceUrl": "https://ref.example/1",
        "actie": "create", "aanmaakdatum": "2019-01-01T12:00:00Z", "kenmerken": {},
    })
}

on_both! {
    async fn nobody_comes_in_without_the_secret(database: Database) {
        let autorisaties = Autorisaties::start().await;
        let url = autorisaties.allows_all(LOKET);
        let app = asking(&database, &autorisaties).await;
        loket(&app).await.get(KLANTEN).await.is(200);
        for authorization in [
            None,
            Some(String::new()),
            Some("Bearer".to_owned()),
            Some("Bearer ".to_owned()),
            Some(CALLBACK_SECRET.to_owned()),
            Some(format!("bearer {CALLBACK_SECRET}")),
            Some(format!("Bearer {CALLBACK_SECRET}x")),
            Some(format!("Bearer {}", &CALLBACK_SECRET[1..])),
        ] {
            let client = Client::new(app.address(), authorization);
            client.post(CALLBACK, &message(&url)).await.fault(403, "permission_denied");
            client.post(CALLBACK, &trial()).await.fault(403, "permission_denied");
            client.request("POST", CALLBACK).content("text/plain", "{").await.fault(403, "permission_denied");
        }
        // A token of an application that may do everything is none.
        app.client().post(CALLBACK, &message(&url)).await.fault(403, "permission_denied");
        assert_eq!(app.probe().count("fetched_applicatie").await, 1);
    }

    async fn a_message_is_in_force(database: Database) {
        let autorisaties = Autorisaties::start().await;
        autorisaties.allows_all(LOKET);
        autorisaties.allows_all("ander");
        let app = asking(&database, &autorisaties).await;
        let (client, other) = (loket(&app).await, with_secret_only(&app, "ander").await);
        let unknown = with_secret_only(&app, "onbekend").await;
        client.get(KLANTEN).await.is(200);
        other.get(KLANTEN).await.is(200);
        unknown.get(KLANTEN).await.is(403);
        notificaties(&app).post(CALLBACK, &trial()).await.is(204);
        assert_eq!(app.probe().count("fetched_applicatie").await, 3, "a trial changes nothing");
        let url = autorisaties.loses(LOKET);
        autorisaties.allows_all("onbekend");
        let answer = notificaties(&app).post(CALLBACK, &message(&url)).await.expect(204);
        assert!(answer.bytes().is_empty());
        wait::until_found("the change is in force", async || {
            (client.get(KLANTEN).await.status() == 403).then_some(())
        }).await;
        wait::until_found("who was unknown may be known now", async || {
            (unknown.get(KLANTEN).await.status() == 200).then_some(())
        }).await;
        other.get(KLANTEN).await.is(200);
        let asked = |client_id: &str| {
            let of = format!("clientId={client_id}");
            autorisaties.asked().iter().filter(|question| question.target.ends_with(&of)).count()
        };
        assert_eq!([asked(LOKET), asked("ander"), asked("onbekend")], [2, 1, 2]);
    }

    async fn a_message_that_names_no_application_makes_all_be_asked_again(database: Database) {
        let autorisaties = Autorisaties::start().await;
        autorisaties.allows_all(LOKET);
        let app = asking(&database, &autorisaties).await;
        for sent in [message("https://ac.example/applicaties/"), json!({"kanaal": "autorisaties"})] {
            with_secret_only(&app, "weg").await.get(KLANTEN).await.is(403);
            app.probe().execute("UPDATE fetched_applicatie SET api_root = 'x'").await;
            notificaties(&app).post(CALLBACK, &sent).await.is(204);
            assert_eq!(app.probe().count("fetched_applicatie").await, 0);
            app.probe().execute("DELETE FROM client_credential WHERE client_id = 'weg'").await;
        }
    }

    async fn what_was_told_does_not_count_any_more_in_an_outage(database: Database) {
        let autorisaties = Autorisaties::start().await;
        let url = autorisaties.allows_all(LOKET);
        let app = asking(&database, &autorisaties).await;
        let client = loket(&app).await;
        client.get(KLANTEN).await.is(200);
        notificaties(&app).post(CALLBACK, &message(&url)).await.is(204);
        autorisaties.vanish();
        wait::until_found("the old answer is gone", async || {
            (client.get(KLANTEN).await.status() == 403).then_some(())
        }).await;
        client.get(KLANTEN).await.fault(403, "not_authenticated_for_ac");
    }

    async fn an_answer_from_before_the_message_is_not_kept(database: Database) {
        let autorisaties = Autorisaties::start().await;
        let url = autorisaties.allows_all(LOKET);
        let before = json!({
            "url": url, "clientIds": [LOKET], "label": "L", "heeftAlleAutorisaties": true, "autorisaties": [],
        });
        let gate = Gate::closed();
        autorisaties.next([Reply::json(200, &before).behind(&gate)]);
        let app = asking(&database, &autorisaties).await;
        let client = loket(&app).await;
        let told = async {
            wait::until_found("the question is asked", async || (autorisaties.questions() == 1).then_some(())).await;
            autorisaties.loses(LOKET);
            notificaties(&app).post(CALLBACK, &message(&url)).await.is(204);
            gate.open();
        };
        let (answer, ()) = tokio::join!(async { client.get(KLANTEN).await }, told);
        answer.fault(403, "permission_denied");
        assert_eq!(autorisaties.questions(), 2);
    }

    async fn what_is_no_message_is_refused(database: Database) {
        let autorisaties = Autorisaties::start().await;
        let app = asking(&database, &autorisaties).await;
        let client = notificaties(&app);
        client.post(CALLBACK, &json!({})).await.refused(&[("kanaal", "required")]);
        client.post(CALLBACK, &json!({"kanaal": 3, "hoofdObject": null})).await.is(400);
        client.post(CALLBACK, &json!([])).await.is(400);
        client.request("POST", CALLBACK).content("application/json", "{").await.fault(400, "parse_error");
        client.request("POST", CALLBACK).content("text/plain", "{}").await.is(415);
        client.request("POST", CALLBACK).content("application/json", vec![b' '; 2 * 1024 * 1024]).await.is(413);
        client.get(CALLBACK).await.fault(405, "method_not_allowed");
    }

    async fn without_a_secret_or_an_api_there_is_no_such_address(database: Database) {
        let plain = App::start(&database, &[]).await;
        notificaties(&plain).post(CALLBACK, &trial()).await.fault(404, "not_found");
        let settings = [("OPENKLANT_AUTORISATIES_CALLBACK_SECRET", CALLBACK_SECRET)];
        let without_api = App::start(&database, &settings).await;
        notificaties(&without_api).post(CALLBACK, &trial()).await.fault(404, "not_found");
    }
}
