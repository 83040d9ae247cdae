//! One klant per bronorganisatie and klantnummer, also when two come at the same time.

use std::future::IntoFuture;

use futures_util::future::join_all;
use openklant_tests::fixtures::{KLANTEN, OTHER_RSIN, klant, klant_with};
use openklant_tests::{App, on_both};
use serde_json::json;

const TAKEN: [(&str, &str); 1] = [("nonFieldErrors", "unique")];

on_both! {
    async fn of_many_at_the_same_time_one_is_registered(app: App) {
        let client = app.client();
        for round in 0..5 {
            let body = klant(&format!("N{round}"));
            let answers = join_all((0..4).map(|_| client.post(KLANTEN, &body).into_future())).await;
            let made = answers.iter().filter(|answer| answer.status() == 201).count();
            assert_eq!(made, 1, "round {round}");
            for answer in answers.iter().filter(|answer| answer.status() != 201) {
                answer.refused(&TAKEN);
            }
        }
        assert_eq!(app.probe().traces().await, [5, 5, 5]);
    }

    async fn a_change_of_either_half_may_collide(app: App) {
        let client = app.client();
        let other = json!({"bronorganisatie": OTHER_RSIN});
        client.post(KLANTEN, &klant("N1")).await.is(201);
        let second = client.post(KLANTEN, &klant("N2")).await.expect(201).url();
        let elsewhere = client
            .post(KLANTEN, &klant_with("N2", &other))
            .await
            .expect(201)
            .url();
        client
            .patch(&second, &json!({"klantnummer": "N1"}))
            .await
            .refused(&TAKEN);
        client.patch(&second, &other).await.refused(&TAKEN);
        client.put(&elsewhere, &klant("N1")).await.refused(&TAKEN);
        client
            .patch(&elsewhere, &json!({"klantnummer": "N1"}))
            .await
            .is(200);
        client.patch(&second, &json!({"klantnummer": "N2"})).await.is(200);
        assert_eq!(app.probe().traces().await, [3, 5, 5]);
    }

    async fn numbers_differ_by_the_letter(app: App) {
        for number in ["n1", "N1", "ñ1", "n1x"] {
            app.client().post(KLANTEN, &klant(number)).await.is(201);
        }
        app.client().post(KLANTEN, &klant(" n1 ")).await.refused(&TAKEN);
    }
}
