//! The resources of both APIs, for what holds for each of them.

use openklant_tests::fixtures::{
    CONTACTMOMENTEN, KLANTCONTACTMOMENTEN, KLANTEN, OBJECTCONTACTMOMENTEN, contactmoment, klant,
    klantcontactmoment,
};
use openklant_tests::{App, Response};
use serde_json::{Value, json};

/// The lists of both APIs.
pub const LISTS: [&str; 4] = [
    KLANTEN,
    CONTACTMOMENTEN,
    KLANTCONTACTMOMENTEN,
    OBJECTCONTACTMOMENTEN,
];

/// A resource that can be made and changed without asking anybody else.
pub struct Resource {
    /// The path of its list.
    pub list: &'static str,
    /// The URL of one that is there.
    pub url: String,
    /// A body that makes another one, once.
    pub body: Value,
    /// A field that takes text.
    pub text: &'static str,
    /// The fields that a new one must have.
    pub required: &'static [&'static str],
}

/// One of each resource.
pub async fn one_of_each(app: &App) -> [Resource; 3] {
    let client = app.client();
    let made = async |list: &str, body: &Value| client.post(list, body).await.expect(201).url();
    let klant_url = made(KLANTEN, &klant("X1")).await;
    let contactmoment_url = made(CONTACTMOMENTEN, &contactmoment()).await;
    let mut relation = klantcontactmoment(&contactmoment_url, &klant_url);
    let relation_url = made(KLANTCONTACTMOMENTEN, &relation).await;
    relation["rol"] = json!("gesprekspartner");
    [
        Resource {
            list: KLANTEN,
            url: klant_url,
            body: klant("X2"),
            text: "voornaam",
            required: &["bronorganisatie", "klantnummer"],
        },
        Resource {
            list: CONTACTMOMENTEN,
            url: contactmoment_url,
            body: contactmoment(),
            text: "kanaal",
            required: &["bronorganisatie"],
        },
        Resource {
            list: KLANTCONTACTMOMENTEN,
            url: relation_url,
            body: relation,
            text: "klant",
            required: &["contactmoment", "klant", "rol"],
        },
    ]
}

/// How many rows a change leaves in each of the tables it may touch.
pub async fn rows(app: &App) -> Vec<i64> {
    let mut rows = Vec::new();
    for table in [
        "klant",
        "contactmoment",
        "klantcontactmoment",
        "objectcontactmoment",
        "audittrail",
        "outbox",
    ] {
        rows.push(app.probe().count(table).await);
    }
    rows
}

/// Demands a refusal that is the client's fault, whatever its code.
#[track_caller]
pub fn is_refused(answer: &Response, what: &str) {
    let what: String = what.chars().take(100).collect();
    assert!(
        (400..500).contains(&answer.status()),
        "{what}\n{}",
        answer.describe()
    );
    assert_eq!(
        answer.check_fault_shape(),
        Ok(()),
        "{what}\n{}",
        answer.describe()
    );
}
