//! The list of objectcontactmomenten: newest first, each filter with a hit and a miss; and the contactmomenten of a
//! zaak.

use openklant_tests::fixtures::{CONTACTMOMENTEN, NOBODY, OBJECTCONTACTMOMENTEN};
use openklant_tests::zaken::ZakenApi;
use openklant_tests::{App, on_both};
use serde_json::json;

use crate::given::{self, encoded, found};

on_both! {
    async fn each_filter_finds_what_has_its_value(app: App) {
        let (client, zaken) = (app.client(), ZakenApi::start().await);
        let (one, other) = (
            given::contactmoment(&app, &json!({})).await,
            given::contactmoment(&app, &json!({})).await,
        );
        let mut made = Vec::new();
        for (contactmoment, name) in [(&one, "a"), (&one, "b"), (&other, "a"), (&other, "c")] {
            made.push(given::about(&app, &zaken, contactmoment, name).await);
        }
        let zaak = |name: &str| zaken.zaak(name);
        for (query, expected) in [
            (String::new(), &[3, 2, 1, 0][..]),
            (format!("object={}", zaak("a")), &[2, 0]),
            (format!("object={}", encoded(&zaak("b"))), &[1]),
            (format!("object={}", zaak("d")), &[]),
            (format!("object={}", zaak("A")), &[]),
            (format!("contactmoment={one}"), &[1, 0]),
            (
                format!("contactmoment={}{CONTACTMOMENTEN}/{NOBODY}", app.base()),
                &[],
            ),
            (
                format!("contactmoment=https://elders.example{CONTACTMOMENTEN}/{NOBODY}"),
                &[],
            ),
            ("objectType=zaak".to_owned(), &[3, 2, 1, 0]),
            (
                format!("object={}&contactmoment={other}&objectType=zaak", zaak("a")),
                &[2],
            ),
        ] {
            let expected: Vec<String> = expected.iter().map(|nr: &usize| made[*nr].clone()).collect();
            assert_eq!(
                found(&client, OBJECTCONTACTMOMENTEN, &query).await,
                expected,
                "{query}"
            );
        }
        assert_eq!(
            found(&client, CONTACTMOMENTEN, &format!("object={}", zaak("b"))).await,
            [one]
        );
        assert_eq!(
            found(&client, CONTACTMOMENTEN, &format!("object={}", zaak("c"))).await,
            [other]
        );
        assert_eq!(
            found(&client, CONTACTMOMENTEN, &format!("object={}", zaak("d"))).await,
            [""; 0]
        );
    }
}
