//! Somebody of the organisation took part in every contactmoment: a `medewerker`, a `medewerkerIdentificatie`, or both
//! (section 4.1 of the behaviour of 1.0.0, with its defect 29 mended).

use openklant_tests::fixtures::{CONTACTMOMENTEN, MEDEWERKER, RSIN, merge};
use openklant_tests::{App, on_both};
use serde_json::{Value, json};

const NOBODY_TOOK_PART: [(&str, &str); 1] = [("nonFieldErrors", "invalid-medewerker")];

fn with(changes: &Value) -> Value {
    let mut body = json!({"bronorganisatie": RSIN});
    merge(&mut body, changes);
    body
}

/// A contactmoment with just these; its URL.
async fn made(app: &App, changes: &Value) -> String {
    app.client()
        .post(CONTACTMOMENTEN, &with(changes))
        .await
        .expect(201)
        .url()
}

on_both! {
    async fn one_of_the_two_is_needed_to_create(app: App) {
        for nobody in [
            json!({}),
            json!({"medewerker": ""}),
            json!({"medewerkerIdentificatie": null}),
            json!({"medewerkerIdentificatie": {}}),
            json!({"medewerkerIdentificatie": {"kleur": "rood"}}),
            json!({"medewerker": "", "medewerkerIdentificatie": {}}),
        ] {
            app.client()
                .post(CONTACTMOMENTEN, &with(&nobody))
                .await
                .refused(&NOBODY_TOOK_PART);
        }
        for somebody in [
            json!({"medewerker": MEDEWERKER}),
            json!({"medewerkerIdentificatie": {"identificatie": ""}}),
            json!({"medewerkerIdentificatie": {"achternaam": "Vries"}}),
            json!({"medewerker": MEDEWERKER, "medewerkerIdentificatie": null}),
            json!({"medewerker": MEDEWERKER, "medewerkerIdentificatie": {"voorletters": "F"}}),
        ] {
            app.client().post(CONTACTMOMENTEN, &with(&somebody)).await.is(201);
        }
        assert_eq!(app.probe().count("contactmoment").await, 5);
    }

    async fn other_faults_are_told_first(app: App) {
        app.client()
            .post(CONTACTMOMENTEN, &json!({"kanaal": null}))
            .await
            .refused(&[("bronorganisatie", "required"), ("kanaal", "null")]);
    }

    async fn the_only_medewerker_cannot_be_blanked(app: App) {
        let url = made(&app, &json!({"medewerker": MEDEWERKER})).await;
        let client = app.client();
        for nobody in [
            json!({"medewerker": ""}),
            json!({"medewerker": "", "medewerkerIdentificatie": {}}),
            json!({"medewerker": "", "medewerkerIdentificatie": null}),
        ] {
            client.patch(&url, &nobody).await.refused(&NOBODY_TOOK_PART);
            client.put(&url, &with(&nobody)).await.refused(&NOBODY_TOOK_PART);
        }
        assert_eq!(client.get(&url).await.json()["medewerker"], MEDEWERKER);
        assert_eq!(app.probe().traces().await, [0, 1, 1]);
    }

    async fn a_medewerker_may_be_replaced_by_an_identification(app: App) {
        for replace in [false, true] {
            let url = made(&app, &json!({"medewerker": MEDEWERKER})).await;
            let change = json!({"medewerker": "", "medewerkerIdentificatie": {"identificatie": "mw042"}});
            let changed = if replace {
                app.client().put(&url, &with(&change)).await
            } else {
                app.client().patch(&url, &change).await
            };
            let shown = changed.expect(200).json();
            assert_eq!(shown["medewerker"], "");
            assert_eq!(shown["medewerkerIdentificatie"]["identificatie"], "mw042");
        }
    }

    async fn a_stored_identification_counts_and_stays(app: App) {
        let url = made(
            &app,
            &json!({"medewerker": MEDEWERKER, "medewerkerIdentificatie": {"identificatie": "mw042", "achternaam": "Vries"}}),
        )
        .await;
        let client = app.client();
        let first = client.get(&url).await.json()["medewerkerIdentificatie"].clone();
        client.patch(&url, &json!({"medewerker": ""})).await.is(200);
        for nothing in [json!(null), json!({}), json!({"kleur": "rood"})] {
            let change = json!({"medewerkerIdentificatie": nothing});
            let patched = client.patch(&url, &change).await.expect(200).json();
            assert_eq!(patched["medewerkerIdentificatie"], first, "{nothing}");
            let put = client.put(&url, &with(&change)).await.expect(200).json();
            assert_eq!(put["medewerkerIdentificatie"], first, "{nothing}");
        }
    }

    async fn an_identification_is_merged_or_made(app: App) {
        let url = made(&app, &json!({"medewerker": MEDEWERKER})).await;
        let client = app.client();
        let patch = async |given: Value| {
            let changed = client
                .patch(&url, &json!({"medewerkerIdentificatie": given}))
                .await;
            changed.expect(200).json()["medewerkerIdentificatie"].clone()
        };
        assert_eq!(
            patch(json!({"identificatie": "m9"})).await,
            json!({"identificatie": "m9", "achternaam": "", "voorletters": "", "voorvoegselAchternaam": ""})
        );
        assert_eq!(
            patch(json!({"achternaam": "Boer", "voorletters": "B"})).await,
            json!({"identificatie": "m9", "achternaam": "Boer", "voorletters": "B", "voorvoegselAchternaam": ""})
        );
        assert_eq!(
            patch(json!({"identificatie": "", "voorvoegselAchternaam": "den"})).await,
            json!({"identificatie": "", "achternaam": "Boer", "voorletters": "B", "voorvoegselAchternaam": "den"})
        );
    }
}
