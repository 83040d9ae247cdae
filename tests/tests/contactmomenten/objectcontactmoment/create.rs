//! POST and GET of an objectcontactmoment: four checks, one after the other (section 4.4 of the behaviour of 1.0.0).

use openklant_tests::fixtures::{CONTACTMOMENTEN, NOBODY, OBJECTCONTACTMOMENTEN, merge, objectcontactmoment};
use openklant_tests::listener::Reply;
use openklant_tests::zaken::{ZakenApi, zaak};
use openklant_tests::{App, Database, on_both};
use serde_json::{Value, json};

use crate::given::{self, encoded};

const KEYS: [&str; 4] = ["url", "contactmoment", "object", "objectType"];

on_both! {
    async fn what_is_given_is_shown_under_its_own_url(app: App) {
        let (client, zaken) = (app.client(), ZakenApi::start().await);
        let contactmoment = given::contactmoment(&app, &json!({})).await;
        let mut body = objectcontactmoment(&contactmoment, &zaken.zaak("een"));
        let made = client.post(OBJECTCONTACTMOMENTEN, &body).await.expect(201);
        assert_eq!(made.header("location"), Some(made.url().as_str()));
        merge(&mut body, &json!({"url": made.url()}));
        assert_eq!(made.json(), body);
        let keys: Vec<String> = made
            .json()
            .as_object()
            .expect("an object")
            .keys()
            .cloned()
            .collect();
        assert_eq!(keys, KEYS);
        assert_eq!(client.get(made.url()).await.expect(200).text(), made.text());
        assert_eq!(
            client.get(&contactmoment).await.json()["objectcontactmomenten"],
            json!([made.url()])
        );
    }

    async fn the_zaken_api_is_asked_for_the_zaak_and_then_for_the_relation(app: App) {
        let zaken = ZakenApi::start().await;
        let contactmoment = given::contactmoment(&app, &json!({})).await;
        given::about(&app, &zaken, &contactmoment, "een").await;
        let seen = zaken.seen();
        let [first, second] = &seen[..] else {
            panic!("two questions: {seen:?}")
        };
        assert_eq!(
            (first.method.as_str(), first.target.as_str()),
            ("GET", "/zaken/api/v1/zaken/een")
        );
        assert_eq!(
            (second.method.as_str(), second.target.as_str()),
            (
                "GET",
                format!(
                    "/zaken/api/v1/zaakcontactmomenten?zaak={}&contactmoment={}",
                    encoded(&zaken.zaak("een")),
                    encoded(&contactmoment)
                )
                .as_str()
            )
        );
        for request in seen {
            assert_eq!(request.header("accept-crs"), Some("EPSG:4326"));
            assert_eq!((request.header("authorization"), request.body.len()), (None, 0));
        }
    }

    async fn the_public_address_is_what_the_zaken_api_hears(database: Database) {
        let app = App::start(
            &database,
            &[("OPENKLANT_BASE_URL", "https://openklant.example.nl")],
        )
        .await;
        let zaken = ZakenApi::start().await;
        let contactmoment = given::contactmoment(&app, &json!({})).await;
        given::about(&app, &zaken, &contactmoment, "een").await;
        let asked = &zaken.seen()[1].target;
        assert!(asked.ends_with(&encoded(&contactmoment)), "{asked}");
    }

    async fn what_is_missing_or_wrong_is_told_before_anybody_is_asked(app: App) {
        let (client, zaken) = (app.client(), ZakenApi::start().await);
        let contactmoment = given::contactmoment(&app, &json!({})).await;
        let klant = given::klant(&app, "Z1").await;
        let good = objectcontactmoment(&contactmoment, &zaken.zaak("een"));
        let required = [
            ("contactmoment", "required"),
            ("object", "required"),
            ("objectType", "required"),
        ];
        client
            .post(OBJECTCONTACTMOMENTEN, &json!({}))
            .await
            .refused(&required);
        client
            .post(OBJECTCONTACTMOMENTEN, &json!([]))
            .await
            .refused(&[("nonFieldErrors", "invalid")]);
        for (name, value, told) in [
            ("contactmoment", json!(null), &[("contactmoment", "null")][..]),
            ("contactmoment", json!(""), &[("contactmoment", "null")]),
            ("contactmoment", json!("nee"), &[("contactmoment", "no_match")]),
            (
                "contactmoment",
                json!(klant),
                &[("contactmoment", "incorrect_match")],
            ),
            (
                "contactmoment",
                json!(format!("{CONTACTMOMENTEN}/{NOBODY}")),
                &[("contactmoment", "does_not_exist")],
            ),
            ("object", json!(null), &[("object", "null")]),
            ("object", json!(""), &[("object", "blank")]),
            ("object", json!("zaak"), &[("object", "invalid")]),
            ("object", json!(7), &[("object", "invalid")]),
            (
                "object",
                json!(zaken.zaak(&"x".repeat(1000))),
                &[("object", "max_length")],
            ),
            ("objectType", json!(null), &[("objectType", "null")]),
            ("objectType", json!(""), &[("objectType", "invalid_choice")]),
            ("objectType", json!("Zaak"), &[("objectType", "invalid_choice")]),
            (
                "objectType",
                json!("besluit"),
                &[("objectType", "invalid_choice")],
            ),
        ] {
            let mut body = good.clone();
            body[name] = value;
            client.post(OBJECTCONTACTMOMENTEN, &body).await.refused(told);
        }
        assert_eq!(zaken.seen().len(), 0);
        assert_eq!(app.probe().count("objectcontactmoment").await, 0);
    }

    async fn each_check_comes_after_the_one_before(app: App) {
        let (client, zaken) = (app.client(), ZakenApi::start().await);
        let contactmoment = given::contactmoment(&app, &json!({})).await;
        let body = objectcontactmoment(&contactmoment, &zaken.zaak("een"));
        zaken.answers_zaak(Reply::html(404));
        zaken.answers_relations(Reply::json(200, &json!([])));
        client
            .post(OBJECTCONTACTMOMENTEN, &body)
            .await
            .refused(&[("object", "bad-url")]);
        zaken.answers_zaak(Reply::json(200, &json!({"naam": "geen zaak"})));
        client
            .post(OBJECTCONTACTMOMENTEN, &body)
            .await
            .refused(&[("object", "invalid-resource")]);
        assert!(
            zaken
                .seen()
                .iter()
                .all(|request| request.path() == "/zaken/api/v1/zaken/een")
        );
        zaken.answers_zaak(Reply::json(200, &zaak()));
        let unknown = [("nonFieldErrors", "inconsistent-relation")];
        client.post(OBJECTCONTACTMOMENTEN, &body).await.refused(&unknown);
        zaken.answers_relations(Reply::json(
            403,
            &json!({"code": "permission_denied", "status": 403}),
        ));
        let unsaid = [("nonFieldErrors", "relation-validation-error")];
        client.post(OBJECTCONTACTMOMENTEN, &body).await.refused(&unsaid);
        zaken.answers_relations(Reply::json(200, &json!([{"zaak": "x"}])));
        client.post(OBJECTCONTACTMOMENTEN, &body).await.is(201);
    }

    async fn an_object_belongs_to_a_contactmoment_once(app: App) {
        let (client, zaken) = (app.client(), ZakenApi::start().await);
        let (one, other) = (
            given::contactmoment(&app, &json!({})).await,
            given::contactmoment(&app, &json!({})).await,
        );
        given::about(&app, &zaken, &one, "een").await;
        client
            .post(
                OBJECTCONTACTMOMENTEN,
                &objectcontactmoment(&one, &zaken.zaak("een")),
            )
            .await
            .refused(&[("nonFieldErrors", "unique")]);
        given::about(&app, &zaken, &other, "een").await;
        given::about(&app, &zaken, &one, "twee").await;
        assert_eq!(app.probe().count("objectcontactmoment").await, 3);
    }

    async fn an_object_may_have_a_url_of_a_thousand(app: App) {
        let zaken = ZakenApi::start().await;
        let contactmoment = given::contactmoment(&app, &json!({})).await;
        let name = "x".repeat(1000 - zaken.zaak("").len());
        let url = given::about(&app, &zaken, &contactmoment, &name).await;
        let shown = app.client().get(&url).await.expect(200).json();
        assert_eq!(shown["object"], zaken.zaak(&name));
        let query = format!("object={}", zaken.zaak(&name));
        assert_eq!(
            given::found(&app.client(), OBJECTCONTACTMOMENTEN, &query).await,
            [url]
        );
    }

    async fn a_zaak_is_recognised_by_what_every_zaak_has(app: App) {
        let (client, zaken) = (app.client(), ZakenApi::start().await);
        let contactmoment = given::contactmoment(&app, &json!({})).await;
        let body = objectcontactmoment(&contactmoment, &zaken.zaak("een"));
        for name in [
            "bronorganisatie",
            "zaaktype",
            "verantwoordelijkeOrganisatie",
            "startdatum",
        ] {
            for value in [None, Some(Value::Null), Some(json!(7)), Some(json!(""))] {
                let mut broken = zaak();
                let fields = broken.as_object_mut().expect("a zaak is an object");
                match value {
                    None => fields.remove(name),
                    Some(value) => fields.insert(name.to_owned(), value),
                };
                zaken.answers_zaak(Reply::json(200, &broken));
                client
                    .post(OBJECTCONTACTMOMENTEN, &body)
                    .await
                    .refused(&[("object", "invalid-resource")]);
            }
        }
        for (name, value) in [
            ("einddatum", json!(20_260_105)),
            ("identificatie", json!(["x"])),
            ("url", json!({})),
        ] {
            let mut broken = zaak();
            broken[name] = value;
            zaken.answers_zaak(Reply::json(200, &broken));
            client
                .post(OBJECTCONTACTMOMENTEN, &body)
                .await
                .refused(&[("object", "invalid-resource")]);
        }
        let least = json!({
            "bronorganisatie": "517439943",
            "zaaktype": "https://catalogi.waterdam.example/1",
            "verantwoordelijkeOrganisatie": "517439943",
            "startdatum": "2026-01-05",
        });
        zaken.answers_zaak(Reply::json(200, &least));
        client.post(OBJECTCONTACTMOMENTEN, &body).await.is(201);
    }

    async fn relations_in_a_page_are_understood_too(app: App) {
        let (client, zaken) = (app.client(), ZakenApi::start().await);
        let contactmoment = given::contactmoment(&app, &json!({})).await;
        let body = objectcontactmoment(&contactmoment, &zaken.zaak("een"));
        zaken.answers_relations(Reply::json(
            200,
            &json!({"count": 0, "next": null, "previous": null, "results": []}),
        ));
        let unknown = [("nonFieldErrors", "inconsistent-relation")];
        client.post(OBJECTCONTACTMOMENTEN, &body).await.refused(&unknown);
        zaken.answers_relations(Reply::json(200, &json!({"count": 1, "results": [{}]})));
        client.post(OBJECTCONTACTMOMENTEN, &body).await.is(201);
    }

    async fn what_is_not_there_cannot_be_read_and_nothing_can_be_changed(app: App) {
        let (client, zaken) = (app.client(), ZakenApi::start().await);
        for id in [NOBODY, "nope"] {
            client
                .get(format!("{OBJECTCONTACTMOMENTEN}/{id}"))
                .await
                .fault(404, "not_found");
        }
        let contactmoment = given::contactmoment(&app, &json!({})).await;
        let url = given::about(&app, &zaken, &contactmoment, "een").await;
        for method in ["PUT", "PATCH"] {
            client
                .request(method, &url)
                .json(&json!({}))
                .await
                .fault(405, "method_not_allowed");
        }
    }
}
