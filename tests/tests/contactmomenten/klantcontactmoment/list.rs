//! The list of klantcontactmomenten: newest first, filters with a hit and a miss, pages.

use openklant_tests::fixtures::{CONTACTMOMENTEN, KLANTCONTACTMOMENTEN, NOBODY};
use openklant_tests::remote::Remote;
use openklant_tests::{App, on_both};
use serde_json::{Value, json};

use crate::given::{self, found};

on_both! {
    async fn each_filter_finds_what_has_its_value(app: App) {
        let (client, remote) = (app.client(), Remote::start().await);
        let own = given::klant(&app, "L1").await;
        let elsewhere = remote.url("/ok/1");
        let (one, other) = (
            given::contactmoment(&app, &json!({})).await,
            given::contactmoment(&app, &json!({})).await,
        );
        let mut made = Vec::new();
        for (contactmoment, klant, rol) in [
            (&one, &own, "belanghebbende"),
            (&one, &own, "gesprekspartner"),
            (&other, &own, "belanghebbende"),
            (&other, &elsewhere, "gesprekspartner"),
        ] {
            made.push(given::klantcontactmoment(&app, contactmoment, klant, rol).await);
        }
        for (query, expected) in [
            (String::new(), &[3, 2, 1, 0][..]),
            (format!("contactmoment={one}"), &[1, 0]),
            (format!("contactmoment={other}"), &[3, 2]),
            (
                format!("contactmoment={}{CONTACTMOMENTEN}/{NOBODY}", app.base()),
                &[],
            ),
            (
                format!("contactmoment=https://elders.example{CONTACTMOMENTEN}/{NOBODY}"),
                &[],
            ),
            (format!("klant={own}"), &[2, 1, 0]),
            (format!("klant={elsewhere}"), &[3]),
            (format!("klant={elsewhere}0"), &[]),
            (
                format!("klant={}/klanten/api/v1/klanten/{NOBODY}", app.base()),
                &[],
            ),
            ("rol=belanghebbende".to_owned(), &[2, 0]),
            ("rol=gesprekspartner".to_owned(), &[3, 1]),
            (format!("klant={own}&rol=gesprekspartner"), &[1]),
            (format!("contactmoment={one}&klant={elsewhere}"), &[]),
            (
                format!("contactmoment={one}&contactmoment={other}&rol=gesprekspartner"),
                &[3],
            ),
        ] {
            let expected: Vec<String> = expected.iter().map(|nr: &usize| made[*nr].clone()).collect();
            assert_eq!(
                found(&client, KLANTCONTACTMOMENTEN, &query).await,
                expected,
                "{query}"
            );
        }
    }

    async fn a_klant_with_more_than_a_page_is_read_page_by_page(app: App) {
        let client = app.client();
        let klant = given::klant(&app, "L1").await;
        let uuid = klant.rsplit('/').next().and_then(|uuid| uuid.parse().ok());
        given::write_many(&app, 101, uuid.expect("a url ends in a uuid")).await;
        let other = given::klant(&app, "L2").await;
        let contactmoment = given::contactmoment(&app, &json!({})).await;
        given::klantcontactmoment(&app, &contactmoment, &other, "belanghebbende").await;
        let all = client.get(KLANTCONTACTMOMENTEN).await.expect(200).json();
        assert_eq!(all["count"], 102);
        let first = client
            .get(format!("{KLANTCONTACTMOMENTEN}?klant={klant}"))
            .await
            .expect(200)
            .json();
        assert_eq!((&first["count"], &first["previous"]), (&json!(101), &Value::Null));
        assert_eq!(given::urls(&first)[..99], given::urls(&all)[1..]);
        let second = client
            .get(first["next"].as_str().expect("a next page"))
            .await
            .expect(200)
            .json();
        assert_eq!((given::urls(&second).len(), &second["next"]), (1, &Value::Null));
        assert!(!given::urls(&first).contains(&given::urls(&second)[0]));
        let computed = client
            .get(format!("{KLANTCONTACTMOMENTEN}?klant={klant}&page=2"))
            .await
            .expect(200);
        assert_eq!(computed.json(), second);
        client
            .get(format!("{KLANTCONTACTMOMENTEN}?klant={klant}&page=3"))
            .await
            .fault(404, "not_found");
    }
}
