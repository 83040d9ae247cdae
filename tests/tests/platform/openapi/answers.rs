//! What the APIs answer has the keys that their documents describe.

use openklant_tests::fixtures::{
    CONTACTMOMENTEN, KLANTCONTACTMOMENTEN, KLANTEN, OBJECTCONTACTMOMENTEN, klant, klantcontactmoment,
    natuurlijk_persoon, niet_natuurlijk_persoon, objectcontactmoment, vestiging, whole_contactmoment,
};
use openklant_tests::zaken::ZakenApi;
use openklant_tests::{App, on_both};
use serde_json::{Value, json};

use super::{document, fields, keys};

/// The body that the document promises for a GET of this path.
fn described<'a>(document: &'a Value, path: &str) -> &'a Value {
    &document["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
}

/// Demands that pages, rows of the audit trail and refusals are as described.
async fn is_as_described(app: &App, document: &Value, list: &str, url: &str) {
    let client = app.client();
    let name = list.rsplit('/').next().expect("a path has a last part");
    let page = client.get(list).await.expect(200).json();
    assert_eq!(
        keys(&page),
        keys(&described(document, &format!("/{name}"))["properties"])
    );
    let refused = client.post(list, &json!({})).await.expect(400).json();
    assert_eq!(keys(&refused), fields(document, "ValidatieFout"));
    assert_eq!(
        keys(&refused["invalidParams"][0]),
        fields(document, "FieldValidationError")
    );
    let unknown = client.get(format!("{list}/x")).await.expect(404).json();
    assert_eq!(keys(&unknown), fields(document, "Fout"));
    let Some(path) = document["paths"].as_object().and_then(|paths| {
        paths
            .keys()
            .find(|path| path.starts_with(&format!("/{name}/")) && path.ends_with("/audittrail"))
    }) else {
        return;
    };
    let trail = client.get(format!("{url}/audittrail")).await.expect(200).json();
    assert_eq!(keys(&trail), keys(&described(document, path)["properties"]));
    assert_eq!(keys(&trail["results"][0]), fields(document, "AuditTrail"));
    assert_eq!(
        keys(&trail["results"][0]["wijzigingen"]),
        fields(document, "Wijzigingen")
    );
}

on_both! {
    async fn klanten_have_the_fields_that_are_described(app: App) {
        let document = document("klanten");
        for (body, shape) in [
            (natuurlijk_persoon("A1"), "NatuurlijkPersoon"),
            (niet_natuurlijk_persoon("A2"), "NietNatuurlijkPersoon"),
            (vestiging("A3"), "Vestiging"),
        ] {
            let made = app.client().post(KLANTEN, &body).await.expect(201);
            let klant = made.json();
            let subject = &klant["subjectIdentificatie"];
            let mut expected = fields(&document, "Klant");
            expected.push("subjectIdentificatie".to_owned());
            expected.sort();
            assert_eq!(keys(&klant), expected);
            assert_eq!(keys(&klant["adres"]), fields(&document, "KlantAdres"));
            assert_eq!(keys(subject), fields(&document, shape));
            assert_eq!(
                keys(&subject["subVerblijfBuitenland"]),
                fields(&document, "SubVerblijfBuitenland")
            );
            if let Some(adres) = subject.get("verblijfsadres") {
                assert_eq!(keys(adres), fields(&document, "VerblijfsAdres"));
            }
            is_as_described(&app, &document, KLANTEN, &made.url()).await;
        }
    }

    async fn contactmomenten_have_the_fields_that_are_described(app: App) {
        let (document, zaken) = (document("contactmomenten"), ZakenApi::start().await);
        let client = app.client();
        let klant = client.post(KLANTEN, &klant("A1")).await.expect(201).url();
        let made = client
            .post(CONTACTMOMENTEN, &whole_contactmoment())
            .await
            .expect(201);
        assert_eq!(keys(&made.json()), fields(&document, "ContactMoment"));
        assert_eq!(
            keys(&made.json()["medewerkerIdentificatie"]),
            fields(&document, "Medewerker")
        );
        is_as_described(&app, &document, CONTACTMOMENTEN, &made.url()).await;
        for (list, body, schema) in [
            (
                KLANTCONTACTMOMENTEN,
                klantcontactmoment(&made.url(), &klant),
                "KlantContactMoment",
            ),
            (
                OBJECTCONTACTMOMENTEN,
                objectcontactmoment(&made.url(), &zaken.zaak("een")),
                "ObjectContactMoment",
            ),
        ] {
            let relation = client.post(list, &body).await.expect(201);
            assert_eq!(keys(&relation.json()), fields(&document, schema));
            is_as_described(&app, &document, list, &relation.url()).await;
        }
    }
}
