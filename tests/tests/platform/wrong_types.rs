//! Fields with a value of the wrong type: refused one by one, never accepted as something else.

use openklant_tests::fixtures::{KLANTEN, klant, klant_with, natuurlijk_persoon};
use openklant_tests::{App, on_both};
use serde_json::{Value, json};

on_both! {
    async fn every_field_with_every_wrong_type(app: App) {
        let url = app.client().post(KLANTEN, &klant("X1")).await.expect(201).url();
        let whole = natuurlijk_persoon("X2");
        let fields = whole.as_object().expect("a klant is an object");
        let before = app.probe().count("klant").await;
        for name in fields.keys() {
            for wrong in [json!({"a": 1}), json!([1]), json!([[]]), json!(true), json!(null)] {
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
}
