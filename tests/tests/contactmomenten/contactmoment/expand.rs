//! `expand` and the relations inside a contactmoment (section 4.2 of the behaviour of 1.0.0; decision 9).

use openklant_tests::fixtures::CONTACTMOMENTEN;
use openklant_tests::remote::Remote;
use openklant_tests::zaken::ZakenApi;
use openklant_tests::{App, on_both};
use serde_json::{Value, json};

use crate::given;

const BOTH: [&str; 3] = [
    "expand=klantcontactmomenten,objectcontactmomenten",
    "expand=klantcontactmomenten&expand=objectcontactmomenten",
    "expand=objectcontactmomenten&expand=,klantcontactmomenten,klantcontactmomenten",
];

/// A contactmoment with two relations of each kind, and those, newest first.
async fn related(app: &App) -> (String, [Value; 2], [Value; 2]) {
    let (remote, zaken) = (Remote::start().await, ZakenApi::start().await);
    let klant = given::klant(app, "E1").await;
    let contactmoment = given::contactmoment(app, &json!({})).await;
    let read = async |url: String| app.client().get(url).await.expect(200).json();
    let elsewhere = remote.url("/ok/1");
    let klanten = [
        read(given::klantcontactmoment(app, &contactmoment, &klant, "belanghebbende").await).await,
        read(given::klantcontactmoment(app, &contactmoment, &elsewhere, "gesprekspartner").await).await,
    ];
    let objecten = [
        read(given::about(app, &zaken, &contactmoment, "een").await).await,
        read(given::about(app, &zaken, &contactmoment, "twee").await).await,
    ];
    let newest_first = |[older, newer]: [Value; 2]| [newer, older];
    (contactmoment, newest_first(klanten), newest_first(objecten))
}

fn urls(relations: &[Value; 2]) -> Value {
    relations.iter().map(|relation| relation["url"].clone()).collect()
}

on_both! {
    async fn without_it_relations_are_urls_newest_first(app: App) {
        let (contactmoment, klanten, objecten) = related(&app).await;
        let list = app.client().get(CONTACTMOMENTEN).await.expect(200).json();
        for shown in [
            app.client().get(&contactmoment).await.expect(200).json(),
            app.client()
                .get(format!("{contactmoment}?expand="))
                .await
                .expect(200)
                .json(),
            list["results"][0].clone(),
        ] {
            assert_eq!(shown["klantcontactmomenten"], urls(&klanten));
            assert_eq!(shown["objectcontactmomenten"], urls(&objecten));
        }
    }

    async fn with_it_relations_are_what_their_own_url_shows(app: App) {
        let (contactmoment, klanten, objecten) = related(&app).await;
        let client = app.client();
        for (query, klanten_in_full, objecten_in_full) in [
            ("expand=klantcontactmomenten", true, false),
            ("expand=objectcontactmomenten", false, true),
            (BOTH[0], true, true),
            (BOTH[1], true, true),
            (BOTH[2], true, true),
        ] {
            let list = client
                .get(format!("{CONTACTMOMENTEN}?{query}"))
                .await
                .expect(200)
                .json();
            for shown in [
                client
                    .get(format!("{contactmoment}?{query}"))
                    .await
                    .expect(200)
                    .json(),
                list["results"][0].clone(),
            ] {
                let expected = |full: bool, relations: &[Value; 2]| {
                    if full { json!(relations) } else { urls(relations) }
                };
                assert_eq!(
                    shown["klantcontactmomenten"],
                    expected(klanten_in_full, &klanten),
                    "{query}"
                );
                assert_eq!(
                    shown["objectcontactmomenten"],
                    expected(objecten_in_full, &objecten),
                    "{query}"
                );
            }
        }
    }

    async fn a_contactmoment_without_relations_has_empty_lists(app: App) {
        let contactmoment = given::contactmoment(&app, &json!({})).await;
        for query in BOTH {
            let shown = app
                .client()
                .get(format!("{contactmoment}?{query}"))
                .await
                .expect(200)
                .json();
            assert_eq!(
                (&shown["klantcontactmomenten"], &shown["objectcontactmomenten"]),
                (&json!([]), &json!([]))
            );
            let list = app
                .client()
                .get(format!("{CONTACTMOMENTEN}?{query}"))
                .await
                .expect(200)
                .json();
            assert_eq!(list["results"][0], shown);
        }
    }

    async fn every_value_is_checked(app: App) {
        let contactmoment = given::contactmoment(&app, &json!({})).await;
        for query in [
            "expand=medewerker",
            "expand=medewerker&expand=klantcontactmomenten",
            "expand=klantcontactmomenten&expand=medewerker",
            "expand=klantcontactmomenten,medewerker",
            "expand=KlantContactMomenten",
            "expand=klant_contactmomenten",
            "expand=klantcontactmomenten.klant",
        ] {
            for path in [CONTACTMOMENTEN, &contactmoment] {
                app.client()
                    .get(format!("{path}?{query}"))
                    .await
                    .refused(&[("expand", "invalid_choice")]);
            }
        }
    }

    async fn a_change_is_shown_recorded_and_sent_without_it(app: App) {
        let (contactmoment, klanten, _) = related(&app).await;
        let client = app.client();
        let changed = client
            .patch(format!("{contactmoment}?{}", BOTH[0]), &json!({"kanaal": "chat"}))
            .await
            .expect(200)
            .json();
        assert_eq!(changed["klantcontactmomenten"], urls(&klanten));
        let trail = client.get(format!("{contactmoment}/audittrail")).await.json();
        let recorded = &trail["results"][1]["wijzigingen"]["nieuw"];
        assert_eq!(*recorded, changed);
    }

    async fn an_unknown_contactmoment_comes_before_a_bad_value(app: App) {
        let nobody = openklant_tests::fixtures::NOBODY;
        app.client()
            .get(format!("{CONTACTMOMENTEN}/{nobody}?expand=medewerker"))
            .await
            .fault(404, "not_found");
    }
}
