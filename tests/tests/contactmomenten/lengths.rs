//! Every length that the OpenAPI document promises is kept: one character more is refused, and exactly that many are
//! not too long.

use openklant_tests::fixtures::{
    CONTACTMOMENTEN, KLANTCONTACTMOMENTEN, OBJECTCONTACTMOMENTEN, contactmoment, klantcontactmoment,
    objectcontactmoment,
};
use openklant_tests::lengths::{documented, nested};
use openklant_tests::remote::Remote;
use openklant_tests::{App, on_both};
use serde_json::json;

use crate::given;

on_both! {
    async fn every_documented_length_is_kept(app: App) {
        let document = app
            .anonymous()
            .get("/contactmomenten/api/v1/openapi.json")
            .await
            .expect(200)
            .json();
        let remote = Remote::start().await;
        let url = given::contactmoment(&app, &json!({})).await;
        let klant = remote.url("/ok/1");
        for (schema, list, body, least) in [
            ("ContactMoment", CONTACTMOMENTEN, contactmoment(), 11),
            (
                "KlantContactMoment",
                KLANTCONTACTMOMENTEN,
                klantcontactmoment(&url, &klant),
                2,
            ),
            (
                "ObjectContactMoment",
                OBJECTCONTACTMOMENTEN,
                objectcontactmoment(&url, &klant),
                2,
            ),
        ] {
            let lengths = documented(&document, schema);
            assert!(
                lengths.len() >= least,
                "the document gives lengths of {schema}: {lengths:?}"
            );
            for (name, length) in lengths {
                let told = async |length: usize| {
                    let mut body = body.clone();
                    let change = nested(&name, json!("9".repeat(length)));
                    openklant_tests::fixtures::merge(&mut body, &change);
                    let answer = app.client().post(list, &body).await;
                    if answer.status() == 201 {
                        return false;
                    }
                    let told = answer.expect(400).invalid_params();
                    told.contains(&(name.clone(), "max_length".to_owned()))
                };
                assert!(told(length + 1).await, "{schema}.{name} of {}", length + 1);
                assert!(!told(length).await, "{schema}.{name} of {length}");
            }
        }
    }
}
