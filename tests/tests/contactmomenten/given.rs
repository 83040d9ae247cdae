//! What the tests of this API begin with, and how they read a list.

use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use openklant_shared::clock::Ids;
use openklant_shared::domain::contactmoment::{Contactmoment, KlantLink, Klantcontactmoment};
use openklant_shared::settings::Secret;
use openklant_shared::storage;
use openklant_shared::storage::externe_api::{self, ExterneApi};
use openklant_tests::fixtures::{
    CONTACTMOMENTEN, KLANTCONTACTMOMENTEN, KLANTEN, MEDEWERKER, OBJECTCONTACTMOMENTEN, RSIN,
    contactmoment_with, klant as klant_body, objectcontactmoment,
};
use openklant_tests::listener::Incoming;
use openklant_tests::zaken::ZakenApi;
use openklant_tests::{App, Client};
use serde_json::{Value, json};
use uuid::Uuid;

/// A contactmoment with these keys beside the least it needs; its URL.
pub async fn contactmoment(app: &App, changes: &Value) -> String {
    let body = contactmoment_with(changes);
    app.client().post(CONTACTMOMENTEN, &body).await.expect(201).url()
}

/// A klant of this installation; its URL.
pub async fn klant(app: &App, klantnummer: &str) -> String {
    app.client()
        .post(KLANTEN, &klant_body(klantnummer))
        .await
        .expect(201)
        .url()
}

/// A relation between a contactmoment and a klant; its URL.
pub async fn klantcontactmoment(app: &App, contactmoment: &str, klant: &str, rol: &str) -> String {
    let body = json!({"contactmoment": contactmoment, "klant": klant, "rol": rol});
    app.client()
        .post(KLANTCONTACTMOMENTEN, &body)
        .await
        .expect(201)
        .url()
}

/// A relation between a contactmoment and the zaak of this name; its URL.
pub async fn about(app: &App, zaken: &ZakenApi, contactmoment: &str, name: &str) -> String {
    let body = objectcontactmoment(contactmoment, &zaken.zaak(name));
    app.client()
        .post(OBJECTCONTACTMOMENTEN, &body)
        .await
        .expect(201)
        .url()
}

/// Writes this many contactmomenten of the same moment past the API, each with this klant; it would take a while to
/// ask for them one by one.
pub async fn write_many(app: &App, count: usize, klant: Uuid) {
    let now = app.clock().now();
    let mut tx = app.db().begin().await.expect("a transaction");
    for nr in 0..count {
        let new = Contactmoment {
            bronorganisatie: RSIN.to_owned(),
            kanaal: format!("kanaal {}", nr % 3),
            medewerker: MEDEWERKER.to_owned(),
            ..Contactmoment::new(Ids::Random.next(), now)
        };
        storage::contactmoment::insert(&mut tx, &new, None, now)
            .await
            .expect("a contactmoment can be written");
        let relation = Klantcontactmoment {
            uuid: Ids::Random.next(),
            contactmoment: new.uuid,
            klant: KlantLink::Own(klant),
            rol: "belanghebbende".to_owned(),
            gelezen: false,
        };
        let written = storage::klantcontactmoment::insert(&mut tx, &relation, now).await;
        assert!(written.expect("a relation can be written"));
    }
    tx.commit().await.expect("all of it is kept");
}

/// Credentials for the API of another.
pub async fn credentials(app: &App, api_root: &str, client_id: &str) {
    let api = ExterneApi {
        api_root: api_root.to_owned(),
        identifier: None,
        api_type: externe_api::ANY_TYPE.to_owned(),
        label: "API van een ander".to_owned(),
        client_id: client_id.to_owned(),
        secret: Ok(Secret::from(secret_of(client_id))),
        user_id: "openklant".to_owned(),
        user_representation: "Open Klant".to_owned(),
    };
    let mut tx = app.db().begin().await.expect("a transaction");
    externe_api::insert(&mut tx, &api, app.clock().now())
        .await
        .expect("credentials can be added");
    tx.commit().await.expect("the credentials are kept");
}

/// The secret that goes with a client id of [`credentials`].
fn secret_of(client_id: &str) -> String {
    format!("geheim van {client_id}")
}

/// The claims of the token that came with a request, once its signature is checked.
pub fn claims(request: &Incoming, client_id: &str) -> Value {
    let token = request
        .header("authorization")
        .and_then(|header| header.strip_prefix("Bearer "))
        .expect("a token came along");
    let mut rules = Validation::new(Algorithm::HS256);
    rules.required_spec_claims.clear();
    rules.validate_exp = false;
    let key = DecodingKey::from_secret(secret_of(client_id).as_bytes());
    decode(token, &key, &rules)
        .expect("the token is signed with our secret there")
        .claims
}

/// The URLs on the first page of a list that fits on it, in order.
pub async fn found(client: &Client, list: &str, query: &str) -> Vec<String> {
    let page = client.get(format!("{list}?{query}")).await.expect(200).json();
    let urls = urls(&page);
    assert_eq!(page["count"], json!(urls.len()), "{query}");
    urls
}

/// The URLs on a page, in order.
pub fn urls(page: &Value) -> Vec<String> {
    let results = page["results"].as_array().expect("a list has results");
    results
        .iter()
        .map(|item| item["url"].as_str().expect("an item has a url").to_owned())
        .collect()
}

/// A value as it stands in a query string.
pub fn encoded(value: &str) -> String {
    url::form_urlencoded::byte_serialize(value.as_bytes()).collect()
}
