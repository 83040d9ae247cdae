//! Who is asked, when, and what the answers do.

use std::time::Duration;

use chrono::TimeDelta;
use futures_util::future::join_all;
use openklant_shared::domain::applicatie::{Autorisatie, Component};
use openklant_tests::autorisaties::{Autorisaties, CLIENT_ID};
use openklant_tests::fixtures::{CONTACTMOMENTEN, KLANTEN, klant};
use openklant_tests::listener::{Gate, Reply};
use openklant_tests::tokens::Credential;
use openklant_tests::{Client, Database, Kind, on_both, wait};
use serde_json::{Value, json};
use tokio::time::sleep;

use super::{LOKET, asking, credential, loket, pass, with_secret_only};

async fn statuses(client: &Client) -> [u16; 3] {
    [
        client.get(KLANTEN).await.status(),
        client.post(KLANTEN, &klant("1")).await.status(),
        client.get(CONTACTMOMENTEN).await.status(),
    ]
}

on_both! {
    async fn a_client_with_a_secret_has_the_rights_that_it_has_there(database: Database) {
        let autorisaties = Autorisaties::start().await;
        autorisaties.allows(LOKET, "kc", &["klanten.lezen"]);
        let app = asking(&database, &autorisaties).await;
        let client = loket(&app).await;
        assert_eq!(statuses(&client).await, [200, 403, 403]);
        client.post(KLANTEN, &klant("1")).await.fault(403, "permission_denied");
        assert_eq!(autorisaties.questions(), 1, "one answer does for all of it");
        let question = &autorisaties.asked()[0];
        assert_eq!(question.target, "/autorisaties/api/v1/applicaties/consumer?clientId=loket");
        assert_eq!(question.header("accept"), Some("application/json"));
        assert!(question.header("traceparent").is_some(), "the trace goes on there");
    }

    async fn every_right_counts_within_its_own_component(database: Database) {
        let autorisaties = Autorisaties::start().await;
        let app = asking(&database, &autorisaties).await;
        for (client_id, changes, expected) in [
            ("alles", json!({"heeftAlleAutorisaties": true}), [200, 201, 200]),
            ("niets", json!({}), [403, 403, 403]),
            (
                "beide",
                json!({"autorisaties": [
                    {"component": "kc", "scopes": ["klanten.lezen"]},
                    {"component": "cmc", "scopes": ["contactmomenten.lezen", "klanten.aanmaken"]},
                ]}),
                [200, 403, 200],
            ),
            (
                "zaken",
                json!({"autorisaties": [{"component": "zrc", "scopes": ["klanten.lezen"],
                    "zaaktype": "https://c.example.nl/1", "maxVertrouwelijkheidaanduiding": "geheim"}]}),
                [403, 403, 403],
            ),
            ("hoofdletters", json!({"autorisaties": [{"component": "KC", "scopes": ["klanten.lezen"]}]}), [200, 403, 403]),
        ] {
            autorisaties.knows(client_id, &changes);
            let client = with_secret_only(&app, client_id).await;
            assert_eq!(statuses(&client).await, expected, "{client_id}");
        }
    }

    async fn the_audit_trail_names_the_application_of_the_autorisaties_api(database: Database) {
        let autorisaties = Autorisaties::start().await;
        let url = autorisaties.allows_all(LOKET);
        let app = asking(&database, &autorisaties).await;
        let made = loket(&app).await.post(KLANTEN, &klant("1")).await.expect(201);
        let trail = app.client().get(format!("{}/audittrail", made.url())).await.expect(200).json();
        let row = trail["results"][0].clone();
        assert!(url.ends_with(row["applicatieId"].as_str().expect("an id")), "{row}");
        assert_eq!(row["applicatieWeergave"], "loket in Open Zaak");
    }

    async fn who_is_unknown_there_may_nothing_and_is_asked_about_again_soon(database: Database) {
        let autorisaties = Autorisaties::start().await;
        let app = asking(&database, &autorisaties).await;
        let client = loket(&app).await;
        for _ in 0..3 {
            client.get(KLANTEN).await.fault(403, "permission_denied");
        }
        assert_eq!(autorisaties.questions(), 1);
        autorisaties.allows_all(LOKET);
        app.clock().advance(TimeDelta::seconds(30));
        client.get(KLANTEN).await.is(200);
    }

    async fn an_application_of_our_own_wins(database: Database) {
        let autorisaties = Autorisaties::start().await;
        let app = asking(&database, &autorisaties).await;
        let right = Autorisatie { component: Component::Kc, scopes: vec!["klanten.lezen".to_owned()] };
        let own = app.register(vec![right]).await;
        autorisaties.allows_all(&own.client_id);
        let client = app.with_token(&own.token(app.clock().now()));
        assert_eq!(statuses(&client).await, [200, 403, 403]);
        assert_eq!(autorisaties.questions(), 0);
        // Also one that is given after it was fetched.
        autorisaties.allows_all(LOKET);
        let client = loket(&app).await;
        assert_eq!(statuses(&client).await, [200, 201, 200]);
        app.probe().execute("UPDATE applicatie_client SET client_id = 'loket' WHERE client_id LIKE 'client-%'").await;
        wait::until_found("the local application counts", async || {
            (client.get(CONTACTMOMENTEN).await.status() == 403).then_some(())
        }).await;
        client.get(KLANTEN).await.is(200);
    }

    async fn strangers_make_nobody_ask(database: Database) {
        let autorisaties = Autorisaties::start().await;
        autorisaties.allows_all(LOKET);
        let app = asking(&database, &autorisaties).await;
        let now = app.clock().now();
        app.with_token(&credential("vreemd").token(now)).get(KLANTEN).await.fault(403, "invalid-client-identifier");
        loket(&app).await;
        let forged = Credential { secret: "geraden".to_owned(), ..credential(LOKET) };
        app.with_token(&forged.token(now)).get(KLANTEN).await.fault(403, "invalid-jwt-signature");
        app.anonymous().get(KLANTEN).await.fault(403, "permission_denied");
        assert_eq!(autorisaties.questions(), 0);
    }

    async fn a_crowd_asks_once(database: Database) {
        let autorisaties = Autorisaties::start().await;
        autorisaties.allows_all(LOKET);
        let gate = Gate::closed();
        let found = json!({
            "url": autorisaties.allows_all(LOKET), "clientIds": [LOKET], "label": "L",
            "heeftAlleAutorisaties": true, "autorisaties": [],
        });
        autorisaties.next([Reply::json(200, &found).behind(&gate)]);
        let app = asking(&database, &autorisaties).await;
        let client = loket(&app).await;
        let opened = async {
            sleep(Duration::from_millis(200)).await;
            gate.open();
        };
        let all = join_all((0..20).map(|_| async { client.get(KLANTEN).await.status() }));
        let (statuses, ()) = tokio::join!(all, opened);
        assert_eq!(statuses, vec![200; 20]);
        assert_eq!(autorisaties.questions(), 1);
    }

    async fn an_answer_in_use_is_renewed_before_it_ends_and_nobody_waits(database: Database) {
        let autorisaties = Autorisaties::start().await;
        autorisaties.allows_all(LOKET);
        let app = asking(&database, &autorisaties).await;
        let client = loket(&app).await;
        client.get(KLANTEN).await.is(200);
        pass(&app, 2);
        client.get(KLANTEN).await.is(200);
        assert_eq!(autorisaties.questions(), 1, "not at two of five minutes");
        autorisaties.allows(LOKET, "kc", &["klanten.aanmaken"]);
        pass(&app, 1);
        client.get(KLANTEN).await.is(200);
        wait::until_found("the new rights count", async || {
            (client.get(KLANTEN).await.status() == 403).then_some(())
        }).await;
        assert_eq!(autorisaties.questions(), 2);
    }

    async fn an_answer_ends(database: Database) {
        let autorisaties = Autorisaties::start().await;
        autorisaties.allows_all(LOKET);
        let app = asking(&database, &autorisaties).await;
        let client = loket(&app).await;
        client.get(KLANTEN).await.is(200);
        autorisaties.loses(LOKET);
        pass(&app, 5);
        client.get(KLANTEN).await.fault(403, "permission_denied");
        assert_eq!(autorisaties.questions(), 2);
    }

    async fn other_processes_need_not_ask_again(database: Database) {
        let autorisaties = Autorisaties::start().await;
        autorisaties.allows_all(LOKET);
        let app = asking(&database, &autorisaties).await;
        loket(&app).await.get(KLANTEN).await.is(200);
        let other = asking(&database, &autorisaties).await;
        let client = other.with_token(&credential(LOKET).token(other.clock().now()));
        client.get(KLANTEN).await.is(200);
        assert_eq!(autorisaties.questions(), 1);
        // Of another Autorisaties API nothing is known.
        let elsewhere = Autorisaties::start().await;
        let moved = asking(&database, &elsewhere).await;
        moved.with_token(&credential(LOKET).token(moved.clock().now())).get(KLANTEN).await.fault(403, "permission_denied");
        assert_eq!(elsewhere.questions(), 1);
    }

    async fn what_is_fetched_goes_with_the_secret(database: Database) {
        let autorisaties = Autorisaties::start().await;
        autorisaties.allows_all(LOKET);
        let app = asking(&database, &autorisaties).await;
        let client = loket(&app).await;
        client.get(KLANTEN).await.is(200);
        assert_eq!(app.probe().count("fetched_applicatie").await, 1);
        app.probe().execute("DELETE FROM client_credential WHERE client_id = 'loket'").await;
        assert_eq!(app.probe().count("fetched_applicatie").await, 0);
        wait::until_found("the client is unknown", async || {
            (client.get(KLANTEN).await.status() == 403).then_some(())
        }).await;
    }

    async fn a_row_that_was_spoilt_is_fetched_anew(database: Database) {
        let autorisaties = Autorisaties::start().await;
        autorisaties.allows_all(LOKET);
        let app = asking(&database, &autorisaties).await;
        let client = loket(&app).await;
        client.get(KLANTEN).await.is(200);
        app.probe().execute("UPDATE fetched_applicatie SET applicatie = '{\"label\": 3}'").await;
        wait::until_found("it is asked again", async || {
            client.get(KLANTEN).await.is(200);
            (autorisaties.questions() == 2).then_some(())
        }).await;
        client.get(KLANTEN).await.is(200);
    }

    async fn a_database_that_keeps_no_answer_does_not_make_it_asked_each_time(database: Database) {
        let autorisaties = Autorisaties::start().await;
        autorisaties.allows_all(LOKET);
        let app = asking(&database, &autorisaties).await;
        let client = loket(&app).await;
        let refuse = match database.kind() {
            Kind::Sqlite => {
                "CREATE TRIGGER refuse BEFORE INSERT ON fetched_applicatie BEGIN SELECT RAISE(ABORT, 'full'); END"
            }
            Kind::Postgres => {
                "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''full''; END'; \
                 CREATE TRIGGER refuse BEFORE INSERT ON fetched_applicatie FOR EACH ROW EXECUTE FUNCTION refuse()"
            }
        };
        app.probe().execute(refuse).await;
        wait::until_found("the answer is remembered", async || {
            let before = autorisaties.questions();
            client.get(KLANTEN).await.is(200);
            (before > 0 && autorisaties.questions() == before).then_some(())
        }).await;
        assert_eq!(app.probe().count("fetched_applicatie").await, 0);
    }

    async fn who_may_there_registers_credentials_here(database: Database) {
        let autorisaties = Autorisaties::start().await;
        autorisaties.allows(LOKET, "ac", &["autorisaties.credentials-registreren"]);
        let app = asking(&database, &autorisaties).await;
        let client = loket(&app).await;
        let body = json!({"identifier": "website", "secret": "geheim van de website"});
        client.post("/klanten/api/v1/jwtsecret/", &body).await.is(201);
        client.get(KLANTEN).await.fault(403, "permission_denied");
    }

    async fn an_application_with_many_rights_is_read_whole(database: Database) {
        let autorisaties = Autorisaties::start().await;
        let mut rights: Vec<Value> = (0..1000)
            .map(|nr| json!({
                "component": "zrc", "componentWeergave": "Zaken API", "scopes": ["zaken.lezen", "zaken.bijwerken"],
                "zaaktype": format!("https://openzaak.waterdam.example/catalogi/api/v1/zaaktypen/{nr}"),
                "maxVertrouwelijkheidaanduiding": "zeer_geheim",
            }))
            .collect();
        rights.push(json!({"component": "kc", "scopes": ["klanten.lezen"]}));
        autorisaties.knows(LOKET, &json!({"autorisaties": rights}));
        let app = asking(&database, &autorisaties).await;
        loket(&app).await.get(KLANTEN).await.is(200);
    }

    async fn our_own_client_id_says_who_asks(database: Database) {
        let autorisaties = Autorisaties::start().await;
        let app = asking(&database, &autorisaties).await;
        loket(&app).await.get(KLANTEN).await.is(403);
        let token = autorisaties.asked()[0].header("authorization").expect("a token").to_owned();
        let claims = jsonwebtoken::dangerous::insecure_decode::<Value>(token.trim_start_matches("Bearer "))
            .expect("a token")
            .claims;
        assert_eq!(claims["client_id"], CLIENT_ID);
        assert_eq!(claims["user_id"], "openklant");
    }
}
