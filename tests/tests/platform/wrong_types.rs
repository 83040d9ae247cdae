//! Fields with a value of the wrong type: refused one by one, never accepted as something else.

use openklant_tests::fixtures::{
    CONTACTMOMENTEN, KLANTCONTACTMOMENTEN, KLANTEN, OBJECTCONTACTMOMENTEN, klant, klant_with,
    klantcontactmoment, natuurlijk_persoon, objectcontactmoment, whole_contactmoment,
};
use openklant_tests::zaken::ZakenApi;
use openklant_tests::{App, on_both};
use serde_json::{Value, json};

/// What is no value of any field.
fn wrong() -> [Value; 5] {
    [json!({"a": 1}), json!([1]), json!([[]]), json!(true), json!(null)]
}

on_both! {
    async fn every_field_with_every_wrong_type(app: App) {
        let url = app.client().post(KLANTEN, &klant("X1")).await.expect(201).url();
        let whole = natuurlijk_persoon("X2");
        let fields = whole.as_object().expect("a klant is an object");
        let before = app.probe().count("klant").await;
        for name in fields.keys() {
            for wrong in wrong() {
                let wrong_type = klant_with("X2", &json!({name: wrong}));
                let answer = app.client().post(KLANTEN, &wrong_type).await;
                if answer.status() == 201 {
                    let allowed = ["adres", "geverifieerd"].contains(&name.as_str());
                    assert!(allowed, "{name}: {wrong} was accepted");
                    app.client().delete(answer.url()).await.is(204);
                } else {
                    answer.fault(400, "invalid");
                }
                let answer = app.client().patch(&url, &json!({name: wrong})).await;
                assert!(
                    [200, 400].contains(&answer.status()),
                    "{name}: {wrong}\n{}",
                    answer.describe()
                );
            }
        }
        assert_eq!(app.probe().count("klant").await, before);
    }

    async fn an_identification_with_every_wrong_type(app: App) {
        let whole = natuurlijk_persoon("X2");
        let fields = whole["subjectIdentificatie"]
            .as_object()
            .expect("an identification is an object")
            .clone();
        for name in fields.keys() {
            for wrong in [json!({"a": 1}), json!([1]), json!(true), json!(1.5), Value::Null] {
                let nested = ["verblijfsadres", "subVerblijfBuitenland"].contains(&name.as_str());
                let body = klant_with("X2", &json!({"subjectIdentificatie": {name: wrong}}));
                let answer = app.client().post(KLANTEN, &body).await;
                if answer.status() == 201 {
                    let text_of_number = wrong.is_number() && !nested;
                    assert!(
                        text_of_number || (wrong.is_null() && nested),
                        "{name}: {wrong} was accepted"
                    );
                    app.client().delete(answer.url()).await.is(204);
                } else {
                    answer.fault(400, "invalid");
                }
            }
        }
    }

    async fn every_field_of_a_contactmoment_with_every_wrong_type(app: App) {
        let client = app.client();
        let mut whole = whole_contactmoment();
        let url = client.post(CONTACTMOMENTEN, &whole).await.expect(201).url();
        whole["vorigContactmoment"] = json!(url);
        for name in whole.as_object().expect("a contactmoment is an object").keys() {
            for wrong in wrong() {
                let mut body = whole.clone();
                body[name] = wrong.clone();
                let answer = client.post(CONTACTMOMENTEN, &body).await;
                if answer.status() == 201 {
                    let nothing = wrong.is_null() || wrong == json!({"a": 1});
                    let allowed = name == "medewerkerIdentificatie" && nothing
                        || name == "vorigContactmoment" && wrong.is_null();
                    assert!(allowed, "{name}: {wrong} was accepted");
                    client.delete(answer.url()).await.is(204);
                } else {
                    answer.fault(400, "invalid");
                }
                let answer = client.patch(&url, &json!({name: wrong})).await;
                assert!(
                    [200, 400].contains(&answer.status()),
                    "{name}: {wrong}\n{}",
                    answer.describe()
                );
            }
        }
        assert_eq!(app.probe().count("contactmoment").await, 1);
    }

    async fn a_medewerker_with_every_wrong_type(app: App) {
        let whole = whole_contactmoment();
        let fields = whole["medewerkerIdentificatie"]
            .as_object()
            .expect("a medewerker is an object");
        for name in fields.keys() {
            for wrong in wrong() {
                let mut body = whole.clone();
                body["medewerkerIdentificatie"][name] = wrong;
                app.client()
                    .post(CONTACTMOMENTEN, &body)
                    .await
                    .fault(400, "invalid");
            }
        }
        assert_eq!(app.probe().count("contactmoment").await, 0);
    }

    async fn every_field_of_a_relation_with_every_wrong_type(app: App) {
        let (client, zaken) = (app.client(), ZakenApi::start().await);
        let klant = client.post(KLANTEN, &klant("X1")).await.expect(201).url();
        let contactmoment = client
            .post(CONTACTMOMENTEN, &whole_contactmoment())
            .await
            .expect(201)
            .url();
        let mut relation = klantcontactmoment(&contactmoment, &klant);
        relation["gelezen"] = json!(false);
        for (list, whole) in [
            (KLANTCONTACTMOMENTEN, relation),
            (
                OBJECTCONTACTMOMENTEN,
                objectcontactmoment(&contactmoment, &zaken.zaak("een")),
            ),
        ] {
            for name in whole.as_object().expect("a relation is an object").keys() {
                for wrong in wrong() {
                    let mut body = whole.clone();
                    body[name] = wrong.clone();
                    let answer = client.post(list, &body).await;
                    if answer.status() == 201 {
                        assert!(
                            name == "gelezen" && wrong == json!(true),
                            "{name}: {wrong} was accepted"
                        );
                        client.delete(answer.url()).await.is(204);
                    } else {
                        answer.fault(400, "invalid");
                    }
                }
            }
        }
        assert_eq!(zaken.seen().len(), 0);
    }
}
