//! What known clients of Open Klant 1.0 send: each habit works here as it did there.

use openklant_tests::fixtures::{
    CONTACTMOMENTEN, KLANTCONTACTMOMENTEN, KLANTEN, MEDEWERKER, OBJECTCONTACTMOMENTEN, RSIN, contactmoment,
    contactmoment_with, klant_with, klantcontactmoment,
};
use openklant_tests::zaken::ZakenApi;
use openklant_tests::{App, on_both};
use serde_json::{Value, json};

use crate::given::{self, found};

on_both! {
    async fn numbers_where_text_belongs(app: App) {
        let body = json!({"bronorganisatie": 517_439_943, "medewerkerIdentificatie": {"identificatie": 42}, "tekst": 7.5});
        let made = app.client().post(CONTACTMOMENTEN, &body).await.expect(201).json();
        assert_eq!(made["bronorganisatie"], RSIN);
        assert_eq!(made["medewerkerIdentificatie"]["identificatie"], "42");
        assert_eq!(made["tekst"], "7.5");
        let body = klant_with("1", &json!({"bronorganisatie": 517_439_943, "klantnummer": 1234}));
        let made = app.client().post(KLANTEN, &body).await.expect(201).json();
        assert_eq!(
            (&made["bronorganisatie"], &made["klantnummer"]),
            (&json!(RSIN), &json!("1234"))
        );
    }

    async fn keys_that_the_register_does_not_know(app: App) {
        let body = contactmoment_with(&json!({
            "type": "Telefoon",
            "klant": "https://elders.example/klanten/1",
            "vraag": "Wanneer komt de afvalpas?",
            "startdatum": "2026-01-05T09:00:00Z",
            "verzendDatum": null,
            "medewerkerIdentificatie": {"identificatie": "mw", "emailadres": "fenna@voorbeeld.example"},
        }));
        let made = app.client().post(CONTACTMOMENTEN, &body).await.expect(201).json();
        for name in ["type", "klant", "vraag", "startdatum", "verzendDatum"] {
            assert_eq!(made.get(name), None, "{name}");
        }
        assert_eq!(made["medewerkerIdentificatie"].get("emailadres"), None);
    }

    async fn the_own_url_in_a_change(app: App) {
        let client = app.client();
        let klant = given::klant(&app, "1").await;
        let contactmoment = given::contactmoment(&app, &json!({})).await;
        let relation = given::klantcontactmoment(&app, &contactmoment, &klant, "belanghebbende").await;
        for (url, change) in [
            (&klant, json!({"url": klant, "voornaam": "Bo"})),
            (&contactmoment, json!({"url": contactmoment, "tekst": "x"})),
            (&contactmoment, json!({"url": "https://elders.example/1"})),
            (&relation, json!({"url": relation, "gelezen": true})),
        ] {
            assert_eq!(client.patch(url, &change).await.expect(200).url(), *url);
        }
    }

    async fn empty_texts_for_what_is_not_known(app: App) {
        let body = json!({
            "bronorganisatie": RSIN,
            "kanaal": "",
            "voorkeurskanaal": "",
            "voorkeurstaal": "",
            "tekst": "",
            "initiatiefnemer": "",
            "vorigContactmoment": "",
            "medewerker": "",
            "medewerkerIdentificatie": {"identificatie": "", "achternaam": "", "voorletters": "", "voorvoegselAchternaam": ""},
        });
        let made = app.client().post(CONTACTMOMENTEN, &body).await.expect(201).json();
        assert_eq!(
            (&made["medewerker"], &made["voorkeurstaal"]),
            (&json!(""), &json!(""))
        );
        assert_eq!(made["vorigContactmoment"], Value::Null);
    }

    async fn a_moment_without_a_zone(app: App) {
        for (given, shown) in [
            ("2026-01-05T09:30:00", "2026-01-05T09:30:00Z"),
            ("2026-01-05T09:30:00.1234567", "2026-01-05T09:30:00.123456Z"),
            ("2026-01-05T10:30:00.1234567+01:00", "2026-01-05T09:30:00.123456Z"),
        ] {
            let body = contactmoment_with(&json!({"registratiedatum": given}));
            let made = app.client().post(CONTACTMOMENTEN, &body).await.expect(201).json();
            assert_eq!(made["registratiedatum"], shown);
        }
    }

    async fn an_empty_if_none_match(app: App) {
        let url = given::contactmoment(&app, &json!({})).await;
        for path in [url.as_str(), CONTACTMOMENTEN] {
            app.client().get(path).header("If-None-Match", "").await.is(200);
        }
    }

    async fn headers_about_coordinates(app: App) {
        let client = app.client();
        let made = client
            .post(CONTACTMOMENTEN, &contactmoment())
            .header("Accept-Crs", "EPSG:4326")
            .header("Content-Crs", "EPSG:4326")
            .header("X-NLX-Logrecord-ID", "x")
            .await
            .expect(201);
        client
            .get(made.url())
            .header("Accept-Crs", "EPSG:28992")
            .await
            .is(200);
        client.get(CONTACTMOMENTEN).header("Accept-Crs", "").await.is(200);
    }

    async fn two_question_marks(app: App) {
        let klant = given::klant(&app, "1").await;
        let contactmoment = given::contactmoment(&app, &json!({})).await;
        given::contactmoment(&app, &json!({})).await;
        let relation = given::klantcontactmoment(&app, &contactmoment, &klant, "belanghebbende").await;
        let client = app.client();
        assert_eq!(
            found(&client, CONTACTMOMENTEN, &format!("?klant={klant}")).await,
            [contactmoment]
        );
        assert_eq!(
            found(&client, KLANTCONTACTMOMENTEN, &format!("?klant={klant}")).await,
            [relation]
        );
    }

    async fn the_contacts_of_a_klant_the_latest_first_with_their_objects(app: App) {
        let zaken = ZakenApi::start().await;
        let klant = given::klant(&app, "1").await;
        let mut made = Vec::new();
        for day in 1..=3 {
            let moment = format!("2026-01-0{day}T12:00:00Z");
            let contactmoment = given::contactmoment(&app, &json!({"registratiedatum": moment})).await;
            given::klantcontactmoment(&app, &contactmoment, &klant, "gesprekspartner").await;
            given::about(&app, &zaken, &contactmoment, &format!("zaak-{day}")).await;
            made.insert(0, contactmoment);
        }
        given::contactmoment(&app, &json!({})).await;
        let query = format!("klant={klant}&ordering=-registratiedatum&expand=objectcontactmomenten");
        let page = app
            .client()
            .get(format!("{CONTACTMOMENTEN}?{query}"))
            .await
            .expect(200)
            .json();
        assert_eq!(given::urls(&page), made);
        let results = page["results"].as_array().expect("a list has results");
        for (contactmoment, day) in results.iter().zip([3, 2, 1]) {
            let object = &contactmoment["objectcontactmomenten"][0];
            assert_eq!(object["object"], zaken.zaak(&format!("zaak-{day}")));
            assert_eq!(object["objectType"], "zaak");
            assert!(contactmoment["klantcontactmomenten"][0].is_string());
        }
    }

    async fn a_page_number_computed_from_the_count(app: App) {
        let client = app.client();
        let klant = given::klant(&app, "1").await;
        let uuid = klant.rsplit('/').next().and_then(|uuid| uuid.parse().ok());
        given::write_many(&app, 101, uuid.expect("a url ends in a uuid")).await;
        for list in [KLANTCONTACTMOMENTEN, CONTACTMOMENTEN] {
            let first = client
                .get(format!("{list}?klant={klant}"))
                .await
                .expect(200)
                .json();
            let pages = first["count"].as_u64().expect("a count").div_ceil(100);
            assert_eq!(pages, 2);
            let last = client
                .get(format!("{list}?klant={klant}&page={pages}"))
                .await
                .expect(200)
                .json();
            assert_eq!(given::urls(&last).len(), 1);
            assert_eq!(last["next"], Value::Null);
        }
    }

    async fn urls_in_a_query_as_they_are(app: App) {
        let zaken = ZakenApi::start().await;
        let klant = given::klant(&app, "1").await;
        let contactmoment = given::contactmoment(&app, &json!({"medewerker": MEDEWERKER})).await;
        let relation = given::klantcontactmoment(&app, &contactmoment, &klant, "belanghebbende").await;
        let object = given::about(&app, &zaken, &contactmoment, "een").await;
        let client = app.client();
        for (list, name, value, expected) in [
            (CONTACTMOMENTEN, "klant", &klant, &contactmoment),
            (CONTACTMOMENTEN, "object", &zaken.zaak("een"), &contactmoment),
            (
                CONTACTMOMENTEN,
                "medewerker",
                &MEDEWERKER.to_owned(),
                &contactmoment,
            ),
            (KLANTCONTACTMOMENTEN, "klant", &klant, &relation),
            (KLANTCONTACTMOMENTEN, "contactmoment", &contactmoment, &relation),
            (OBJECTCONTACTMOMENTEN, "object", &zaken.zaak("een"), &object),
            (OBJECTCONTACTMOMENTEN, "contactmoment", &contactmoment, &object),
        ] {
            assert!(value.contains("://"), "unescaped");
            assert_eq!(
                found(&client, list, &format!("{name}={value}")).await,
                [expected.as_str()],
                "{name}"
            );
            let escaped = given::encoded(value);
            assert_eq!(
                found(&client, list, &format!("{name}={escaped}")).await,
                [expected.as_str()],
                "{name}"
            );
        }
    }

    async fn a_body_whose_shape_is_checked_strictly(app: App) {
        let client = app.client();
        let made = client
            .post(CONTACTMOMENTEN, &contactmoment())
            .await
            .expect(201)
            .json();
        let kinds: Vec<(&str, &str)> = made
            .as_object()
            .expect("an object")
            .iter()
            .map(|(name, value)| {
                let kind = match value {
                    Value::Null => "null",
                    Value::String(_) => "text",
                    Value::Array(_) => "list",
                    _ => "other",
                };
                (name.as_str(), kind)
            })
            .collect();
        assert_eq!(
            kinds,
            [
                ("url", "text"),
                ("vorigContactmoment", "null"),
                ("volgendContactmoment", "null"),
                ("bronorganisatie", "text"),
                ("registratiedatum", "text"),
                ("kanaal", "text"),
                ("voorkeurskanaal", "text"),
                ("voorkeurstaal", "text"),
                ("tekst", "text"),
                ("onderwerpLinks", "list"),
                ("initiatiefnemer", "text"),
                ("medewerker", "text"),
                ("medewerkerIdentificatie", "null"),
                ("klantcontactmomenten", "list"),
                ("objectcontactmomenten", "list"),
            ]
        );
        let klant = given::klant(&app, "1").await;
        let url = made["url"].as_str().expect("a url");
        let relation = client
            .post(KLANTCONTACTMOMENTEN, &klantcontactmoment(url, &klant))
            .await
            .expect(201)
            .json();
        assert!(relation["gelezen"].is_boolean());
        let texts = ["url", "contactmoment", "klant", "rol"];
        assert!(texts.iter().all(|name| relation[*name].is_string()), "{relation}");
    }

    async fn a_whole_call_from_greeting_to_zaak(app: App) {
        let (client, zaken) = (app.client(), ZakenApi::start().await);
        let klant = given::klant(&app, "1").await;
        let call =
            given::contactmoment(&app, &json!({"kanaal": "telefoon", "initiatiefnemer": "klant"})).await;
        given::klantcontactmoment(&app, &call, &klant, "gesprekspartner").await;
        given::about(&app, &zaken, &call, "afvalpas").await;
        let reply =
            given::contactmoment(&app, &json!({"kanaal": "e-mail", "vorigContactmoment": call})).await;
        given::klantcontactmoment(&app, &reply, &klant, "gesprekspartner").await;
        let zaak = zaken.zaak("afvalpas");
        assert_eq!(
            found(&client, CONTACTMOMENTEN, &format!("object={zaak}")).await,
            [call.as_str()]
        );
        assert_eq!(
            found(&client, CONTACTMOMENTEN, &format!("klant={klant}")).await,
            [reply.clone(), call.clone()]
        );
        let relations = client
            .get(format!("{KLANTCONTACTMOMENTEN}?klant={klant}"))
            .await
            .expect(200)
            .json();
        for relation in relations["results"].as_array().expect("a list has results") {
            let url = relation["url"].as_str().expect("a url");
            client.patch(url, &json!({"gelezen": true})).await.is(200);
            let contactmoment = relation["contactmoment"].as_str().expect("a contactmoment");
            client.get(contactmoment).await.is(200);
        }
        assert_eq!(client.get(&reply).await.json()["vorigContactmoment"], json!(call));
    }
}
