//! A klant of this installation is looked up in its own database, whatever address of ours the link has; never over
//! HTTP (decision 10; what users of 1.0.0 ran into with one worker).

use openklant_tests::app::Setup;
use openklant_tests::fixtures::{
    CONTACTMOMENTEN, KLANTCONTACTMOMENTEN, KLANTEN, NOBODY, contactmoment, klant, klantcontactmoment,
};
use openklant_tests::{App, Database, Kind, on_both};
use serde_json::json;

use crate::given;

/// Nothing may be fetched, ours least of all.
const NOTHING_OUTSIDE: (&str, &str) = ("OPENKLANT_OUTGOING_ALLOWED_HOSTS", "203.0.113.7");

on_both! {
    async fn it_is_found_without_going_outside(database: Database) {
        let settings = [NOTHING_OUTSIDE, ("OPENKLANT_DATABASE_MAX_CONNECTIONS", "1")];
        let app = App::start(&database, &settings).await;
        let klant = given::klant(&app, "K1").await;
        let contactmoment = given::contactmoment(&app, &json!({})).await;
        let made = app
            .client()
            .post(KLANTCONTACTMOMENTEN, &klantcontactmoment(&contactmoment, &klant))
            .await
            .expect(201);
        assert_eq!(made.json()["klant"], json!(klant));
    }

    async fn it_is_found_under_every_name_of_ours(database: Database) {
        let settings = [
            NOTHING_OUTSIDE,
            ("OPENKLANT_BASE_URL", "https://openklant.example.nl"),
            ("OPENKLANT_HOST_ALIASES", "openklant.intern:8000"),
        ];
        let app = App::start(&database, &settings).await;
        let klant = given::klant(&app, "K1").await;
        let path = klant
            .strip_prefix("https://openklant.example.nl")
            .expect("the public address");
        for link in [
            klant.clone(),
            format!("http://openklant.example.nl{path}"),
            format!("https://OPENKLANT.example.nl:443{path}"),
            format!("http://openklant.intern:8000{path}"),
            format!("https://openklant.intern:8000{path}"),
            format!("http://{}{path}", app.address()),
            format!("https://{}{path}?x=y#z", app.address()),
        ] {
            let contactmoment = given::contactmoment(&app, &json!({})).await;
            let made = app
                .client()
                .post(KLANTCONTACTMOMENTEN, &klantcontactmoment(&contactmoment, &link))
                .await
                .expect(201);
            assert_eq!(made.json()["klant"], json!(klant), "{link}");
            let again = klantcontactmoment(&contactmoment, &klant);
            app.client()
                .post(KLANTCONTACTMOMENTEN, &again)
                .await
                .refused(&[("nonFieldErrors", "unique")]);
        }
    }

    async fn it_is_shown_under_the_address_of_who_asks(app: App) {
        let klant = given::klant(&app, "K1").await;
        let contactmoment = given::contactmoment(&app, &json!({})).await;
        let relation = given::klantcontactmoment(&app, &contactmoment, &klant, "belanghebbende").await;
        let shown = app
            .client()
            .calling("openklant.intern")
            .get(&relation)
            .await
            .expect(200)
            .json();
        assert_eq!(
            shown["klant"],
            json!(klant.replace(&app.base(), "http://openklant.intern"))
        );
    }

    async fn what_is_no_klant_of_ours_is_bad(database: Database) {
        let app = App::start(&database, &[NOTHING_OUTSIDE]).await;
        let contactmoment = given::contactmoment(&app, &json!({})).await;
        let base = app.base();
        for link in [
            format!("{base}{KLANTEN}/{NOBODY}"),
            format!("{base}{KLANTEN}/nope"),
            format!("{base}{KLANTEN}"),
            format!("{base}{KLANTEN}/"),
            format!("{base}/nergens"),
            base.clone(),
            contactmoment.clone(),
            contactmoment.replace("contactmomenten/api/v1/contactmomenten", "klanten/api/v1/klanten"),
            format!("https://elders.example{KLANTEN}/{NOBODY}"),
        ] {
            app.client()
                .post(KLANTCONTACTMOMENTEN, &klantcontactmoment(&contactmoment, &link))
                .await
                .refused(&[("klant", "bad-url")]);
        }
    }

    async fn once_removed_it_keeps_its_url_and_takes_no_new_relations(database: Database) {
        let app = App::start(&database, &[NOTHING_OUTSIDE]).await;
        let client = app.client();
        let klant = given::klant(&app, "K1").await;
        let contactmoment = given::contactmoment(&app, &json!({})).await;
        let relation = given::klantcontactmoment(&app, &contactmoment, &klant, "belanghebbende").await;
        client.delete(&klant).await.is(204);
        assert_eq!(
            client.get(&relation).await.expect(200).json()["klant"],
            json!(klant)
        );
        for list in [CONTACTMOMENTEN, KLANTCONTACTMOMENTEN] {
            assert_eq!(
                given::found(&client, list, &format!("klant={klant}")).await.len(),
                1
            );
        }
        let other = given::contactmoment(&app, &json!({})).await;
        client
            .post(KLANTCONTACTMOMENTEN, &klantcontactmoment(&other, &klant))
            .await
            .refused(&[("klant", "bad-url")]);
        client
            .patch(&relation, &json!({"contactmoment": other}))
            .await
            .is(200);
    }
}

/// With a single thread for the server and its client: a server that asks itself would wait for ever.
async fn is_found_with_a_single_thread(kind: Kind) {
    let database = Database::create(kind).await;
    let app = Setup::new()
        .with([NOTHING_OUTSIDE, ("OPENKLANT_DATABASE_MAX_CONNECTIONS", "1")])
        .start(&database)
        .await;
    let client = app.client();
    let klant = client.post(KLANTEN, &klant("K1")).await.expect(201).url();
    let contactmoment = client
        .post(CONTACTMOMENTEN, &contactmoment())
        .await
        .expect(201)
        .url();
    let body = klantcontactmoment(&contactmoment, &klant);
    client.post(KLANTCONTACTMOMENTEN, &body).await.is(201);
    app.stop().await;
    database.remove().await;
}

#[tokio::test]
async fn it_is_found_with_a_single_thread_on_sqlite() {
    is_found_with_a_single_thread(Kind::Sqlite).await;
}

#[tokio::test]
async fn it_is_found_with_a_single_thread_on_postgres() {
    is_found_with_a_single_thread(Kind::Postgres).await;
}
