//! Which scope each operation asks for (section 2.5 of the behaviour of 1.0.0): exactly one, and none implies another.

use std::time::{Duration, Instant};

use openklant_shared::domain::applicatie::{Autorisatie, Component};
use openklant_tests::fixtures::{KLANTEN, RSIN, klant, klant_with};
use openklant_tests::{App, on_both};
use serde_json::json;

const SCOPES: [&str; 5] = [
    "klanten.lezen",
    "klanten.aanmaken",
    "klanten.bijwerken",
    "klanten.verwijderen",
    "audittrails.lezen",
];

on_both! {
    async fn each_operation_asks_for_its_own_scope(app: App) {
        let everything = app.client();
        for (nr, scope) in SCOPES.into_iter().enumerate() {
            let client = app.client_with(&[scope]).await;
            let number = format!("S{nr}");
            let url = everything.post(KLANTEN, &klant(&number)).await.expect(201).url();
            let trail = format!("{url}/audittrail");
            let row = everything.get(&trail).await.json()["results"][0]["uuid"].clone();
            let row = format!("{trail}/{}", row.as_str().expect("a row has a uuid"));
            let calls = [
                ("klanten.lezen", 200, client.get(KLANTEN)),
                ("klanten.lezen", 200, client.head(KLANTEN)),
                ("klanten.lezen", 200, client.get(&url)),
                ("klanten.lezen", 200, client.head(&url)),
                ("audittrails.lezen", 200, client.get(&trail)),
                ("audittrails.lezen", 200, client.head(&trail)),
                ("audittrails.lezen", 200, client.get(&row)),
                (
                    "klanten.aanmaken",
                    201,
                    client.post(KLANTEN, &klant(&format!("N{nr}"))),
                ),
                (
                    "klanten.bijwerken",
                    200,
                    client.patch(&url, &json!({"voornaam": "Bo"})),
                ),
                (
                    "klanten.bijwerken",
                    200,
                    client.put(&url, &klant_with(&number, &json!({"bronorganisatie": RSIN}))),
                ),
                ("klanten.verwijderen", 204, client.delete(&url)),
            ];
            for (needed, status, call) in calls {
                let expected = if needed == scope { status } else { 403 };
                let description = format!("{call:?}");
                assert_eq!(call.await.status(), expected, "{scope}: {description}");
            }
        }
    }

    async fn five_hundred_rights_cost_no_more_than_one(app: App) {
        let right = |scopes: &[&str]| Autorisatie {
            component: Component::Kc,
            scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
        };
        let mut many = vec![right(&["zaken.lezen", "zaken.bijwerken", "zaken.aanmaken", "zaken.verwijderen"]); 500];
        many.push(right(&["klanten.lezen"]));
        let few = app.register(vec![right(&["klanten.lezen"])]).await;
        let many = app.register(many).await;
        let clients = [few, many].map(|credential| app.with_token(&credential.token(app.clock().now())));
        let mut took = [Vec::new(), Vec::new()];
        for _ in 0..101 {
            for (client, took) in clients.iter().zip(&mut took) {
                let begun = Instant::now();
                client.get(KLANTEN).await.is(200);
                took.push(begun.elapsed());
            }
        }
        let [few, many] = took.map(|mut took| {
            took.sort();
            took[took.len() / 2]
        });
        assert!(many < few * 2 + Duration::from_millis(2), "{many:?} instead of {few:?}");
    }

    async fn scopes_of_several_autorisaties_add_up(app: App) {
        let autorisatie = |scope: &str| Autorisatie {
            component: Component::Kc,
            scopes: vec![scope.to_owned()],
        };
        let rights = vec![autorisatie("klanten.aanmaken"), autorisatie("klanten.lezen")];
        let credential = app.register(rights).await;
        let client = app.with_token(&credential.token(app.clock().now()));
        client.post(KLANTEN, &klant("S1")).await.is(201);
        client.get(KLANTEN).await.is(200);
        client
            .patch(KLANTEN, &json!({}))
            .await
            .fault(405, "method_not_allowed");
    }

    async fn scopes_are_compared_to_the_letter(app: App) {
        for scope in ["Klanten.lezen", "klanten.lezen ", "klanten", "klanten.*", "*"] {
            app.client_with(&[scope])
                .await
                .get(KLANTEN)
                .await
                .fault(403, "permission_denied");
        }
    }
}
