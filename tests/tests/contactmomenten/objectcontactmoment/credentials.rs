//! Our credentials at a Zaken API: those of the longest registered root, on both questions.

use openklant_tests::fixtures::{OBJECTCONTACTMOMENTEN, objectcontactmoment};
use openklant_tests::listener::Reply;
use openklant_tests::zaken::ZakenApi;
use openklant_tests::{App, Database, on_both};
use serde_json::json;

use crate::given;

on_both! {
    async fn the_longest_root_signs_every_question(database: Database) {
        let app = App::start(&database, &[("OPENKLANT_OUTGOING_ALLOWED_HOSTS", "203.0.113.7")]).await;
        let zaken = ZakenApi::start().await;
        for (path, client_id) in [
            ("/", "kort"),
            ("/zaken/api/v1/", "lang"),
            ("/zaken/api/v1/zaken/x/", "ander"),
            ("/zaken/api/v1/zakenregister/", "register"),
        ] {
            given::credentials(&app, &format!("{}{path}", zaken.base()), client_id).await;
        }
        let contactmoment = given::contactmoment(&app, &json!({})).await;
        let url = given::about(&app, &zaken, &contactmoment, "een").await;
        zaken.answers_relations(Reply::json(200, &json!([])));
        app.client().delete(&url).await.is(204);
        let seen = zaken.seen();
        assert_eq!(seen.len(), 3);
        for request in seen {
            assert_eq!(given::claims(&request, "lang")["client_id"], "lang");
        }
    }

    async fn a_zaken_api_inside_must_be_registered(database: Database) {
        let app = App::start(&database, &[("OPENKLANT_OUTGOING_ALLOWED_HOSTS", "203.0.113.7")]).await;
        let zaken = ZakenApi::start().await;
        let contactmoment = given::contactmoment(&app, &json!({})).await;
        let body = objectcontactmoment(&contactmoment, &zaken.zaak("een"));
        app.client()
            .post(OBJECTCONTACTMOMENTEN, &body)
            .await
            .refused(&[("object", "bad-url")]);
        assert_eq!(zaken.seen().len(), 0);
        given::credentials(&app, &format!("{}/zaken/api/v1/", zaken.base()), "zaken").await;
        app.client().post(OBJECTCONTACTMOMENTEN, &body).await.is(201);
    }

    async fn a_zaken_api_that_refuses_us_is_told(app: App) {
        let zaken = ZakenApi::start().await;
        let contactmoment = given::contactmoment(&app, &json!({})).await;
        let body = objectcontactmoment(&contactmoment, &zaken.zaak("een"));
        zaken.answers_zaak(Reply::json(403, &json!({"code": "permission_denied"})));
        app.client()
            .post(OBJECTCONTACTMOMENTEN, &body)
            .await
            .refused(&[("object", "bad-url")]);
    }
}
