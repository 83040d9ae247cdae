//! Which tokens are good, and the code of each refusal (section 2.2 of the behaviour of 1.0.0; decisions 2 and 3).

use chrono::TimeDelta;
use jsonwebtoken::Algorithm;
use openklant_shared::clock::Ids;
use openklant_shared::domain::applicatie::{Applicatie, Component};
use openklant_shared::storage::applicatie;
use openklant_tests::fixtures::{KLANTEN, klant};
use openklant_tests::tokens::{bearer, foreign_headers, sign, with_header};
use openklant_tests::{App, Database, on_both};
use serde_json::{Value, json};

/// The usual claims with `iat` moved by this many seconds.
fn issued(app: &App, seconds: i64) -> Value {
    json!((app.clock().now() + TimeDelta::seconds(seconds)).timestamp())
}

on_both! {
    async fn another_secret_is_a_wrong_signature(app: App) {
        let token = sign(
            Algorithm::HS256,
            "een ander geheim",
            &app.credential().claims(app.clock().now()),
        );
        app.with_token(&token)
            .get(KLANTEN)
            .await
            .fault(403, "invalid-jwt-signature");
    }

    async fn a_changed_claim_is_a_wrong_signature(app: App) {
        let own = app.credential().token(app.clock().now());
        let other = app
            .credential()
            .sign(&json!({"client_id": app.credential().client_id, "user_id": "ander"}));
        let (start, _) = other.rsplit_once('.').expect("a token has three parts");
        let (_, signature) = own.rsplit_once('.').expect("a token has three parts");
        let forged = format!("{start}.{signature}");
        app.with_token(&forged)
            .get(KLANTEN)
            .await
            .fault(403, "invalid-jwt-signature");
    }

    async fn all_hmac_algorithms_are_accepted(app: App) {
        let claims = app.credential().claims(app.clock().now());
        for algorithm in [Algorithm::HS256, Algorithm::HS384, Algorithm::HS512] {
            let token = sign(algorithm, &app.credential().secret, &claims);
            app.with_token(&token).get(KLANTEN).await.is(200);
        }
    }

    async fn other_algorithms_are_refused(app: App) {
        let token = app.credential().token(app.clock().now());
        for header in [
            foreign_headers::NONE,
            foreign_headers::RS256,
            foreign_headers::ES256,
        ] {
            let forged = with_header(&token, header);
            app.with_token(&forged)
                .get(KLANTEN)
                .await
                .fault(403, "jwt-decode-error");
            let (unsigned, _) = forged.rsplit_once('.').expect("a token has three parts");
            app.with_token(&format!("{unsigned}."))
                .get(KLANTEN)
                .await
                .fault(403, "jwt-decode-error");
        }
    }

    async fn anything_but_bearer_and_one_space_is_no_token(app: App) {
        let token = app.credential().token(app.clock().now());
        for header in [
            format!("bearer {token}"),
            format!("BEARER {token}"),
            format!("Token {token}"),
            format!("Bearer{token}"),
            token.clone(),
            "Basic dXNlcjp3YWNodHdvb3Jk".to_owned(),
            "Bearer".to_owned(),
        ] {
            let client = app.anonymous().authorized(Some(&header));
            client.get(KLANTEN).await.fault(403, "permission_denied");
        }
    }

    async fn what_cannot_be_taken_apart_is_not_decodable(app: App) {
        for token in [
            "abc",
            "a.b.c",
            "..",
            "eyJhbGciOiJIUzI1NiJ9.e30",
            "eyJhbGciOiJIUzI1NiJ9.W10.AAAA",
        ] {
            app.with_token(token)
                .get(KLANTEN)
                .await
                .fault(403, "jwt-decode-error");
        }
    }

    async fn an_expired_token_is_refused(app: App) {
        let client = app.with_claims(|claims| claims["exp"] = issued(&app, -3600));
        client.get(KLANTEN).await.fault(403, "jwt-expired");
    }

    async fn a_clock_half_a_minute_ahead_is_forgiven(app: App) {
        for claim in ["iat", "nbf"] {
            let client = app.with_claims(|claims| claims[claim] = issued(&app, 30));
            client.get(KLANTEN).await.is(200);
        }
    }

    async fn a_clock_minutes_ahead_is_not(app: App) {
        for claim in ["iat", "nbf"] {
            let client = app.with_claims(|claims| claims[claim] = issued(&app, 120));
            client.get(KLANTEN).await.fault(403, "jwt-not-yet-valid");
        }
    }

    async fn how_much_a_clock_may_differ_is_a_setting(database: Database) {
        let app = App::start(&database, &[("OPENKLANT_JWT_LEEWAY", "5s")]).await;
        let client = app.with_claims(|claims| claims["iat"] = issued(&app, 30));
        client.get(KLANTEN).await.fault(403, "jwt-not-yet-valid");
        app.with_claims(|claims| claims["iat"] = issued(&app, 4))
            .get(KLANTEN)
            .await
            .is(200);
    }

    async fn a_maximum_age_is_a_setting(database: Database) {
        let app = App::start(&database, &[("OPENKLANT_JWT_MAX_AGE", "1h")]).await;
        let old = app.with_claims(|claims| claims["iat"] = issued(&app, -2 * 3600));
        old.get(KLANTEN).await.fault(403, "jwt-expired");
        app.with_claims(|claims| claims["iat"] = issued(&app, -1800))
            .get(KLANTEN)
            .await
            .is(200);
    }

    async fn iat_may_be_a_fraction_or_text_or_absent(app: App) {
        let now = app.clock().now().timestamp();
        for iat in [
            json!(format!("{now}.25").parse::<f64>().expect("a number")),
            json!(now.to_string()),
        ] {
            app.with_claims(|claims| claims["iat"] = iat.clone())
                .get(KLANTEN)
                .await
                .is(200);
        }
        let without = app.with_claims(|claims| {
            claims
                .as_object_mut()
                .expect("claims are an object")
                .remove("iat");
        });
        without.get(KLANTEN).await.is(200);
    }

    async fn an_audience_is_passed_over(app: App) {
        for audience in [json!("x"), json!(["openklant", "openzaak"])] {
            app.with_claims(|claims| claims["aud"] = audience.clone())
                .get(KLANTEN)
                .await
                .is(200);
        }
    }

    async fn a_user_of_any_form_is_accepted_and_cut_to_its_column(app: App) {
        let long = "é".repeat(300);
        for (number, user, kept) in [
            ("U1", json!(null), String::new()),
            ("U2", json!(42), "42".to_owned()),
            ("U3", json!(long), "é".repeat(255)),
            ("U4", json!(""), String::new()),
        ] {
            let client = app.with_claims(|claims| {
                claims["user_id"] = user.clone();
                claims["user_representation"] = user.clone();
            });
            let made = client.post(KLANTEN, &klant(number)).await.expect(201);
            let row = &client.get(format!("{}/audittrail", made.url())).await.json()["results"][0];
            assert_eq!(
                (&row["gebruikersId"], &row["gebruikersWeergave"]),
                (&json!(kept), &json!(kept))
            );
        }
    }

    async fn a_token_without_a_user_is_accepted(app: App) {
        let client = app.with_claims(|claims| {
            let claims = claims.as_object_mut().expect("claims are an object");
            claims.remove("user_id");
            claims.remove("user_representation");
        });
        client.post(KLANTEN, &klant("U1")).await.is(201);
    }

    async fn an_empty_client_id_names_no_client(app: App) {
        for client_id in [json!(""), json!(null)] {
            let client = app.with_claims(|claims| claims["client_id"] = client_id.clone());
            client.get(KLANTEN).await.fault(403, "missing-client-identifier");
        }
    }

    async fn a_client_without_an_application_may_nothing(app: App) {
        let mut tx = app.db().begin().await.expect("a transaction");
        applicatie::insert_credential(&mut tx, "wees", "geheim van een wees", app.clock().now())
            .await
            .expect("a credential can be added");
        tx.commit().await.expect("the credential is kept");
        let token = sign(
            Algorithm::HS256,
            "geheim van een wees",
            &json!({"client_id": "wees"}),
        );
        app.with_token(&token)
            .get(KLANTEN)
            .await
            .fault(403, "permission_denied");
    }

    async fn an_application_without_a_secret_is_unknown(app: App) {
        let applicatie = Applicatie {
            uuid: Ids::Random.next(),
            label: "Zonder geheim".to_owned(),
            client_ids: vec!["zonder-geheim".to_owned()],
            heeft_alle_autorisaties: true,
            autorisaties: Vec::new(),
        };
        let mut tx = app.db().begin().await.expect("a transaction");
        applicatie::insert(&mut tx, &applicatie, app.clock().now())
            .await
            .expect("an application can be added");
        tx.commit().await.expect("the application is kept");
        for secret in ["", "x"] {
            let token = sign(Algorithm::HS256, secret, &json!({"client_id": "zonder-geheim"}));
            app.with_token(&token)
                .get(KLANTEN)
                .await
                .fault(403, "invalid-client-identifier");
        }
    }

    async fn every_path_judges_tokens_alike(app: App) {
        let url = app.client().post(KLANTEN, &klant("U1")).await.expect(201).url();
        let expired = app.with_claims(|claims| claims["exp"] = issued(&app, -3600));
        let row = app.client().get(format!("{url}/audittrail")).await.json()["results"][0]["uuid"].clone();
        let row = row.as_str().expect("a row has a uuid");
        for path in [
            KLANTEN.to_owned(),
            url.clone(),
            format!("{url}/audittrail"),
            format!("{url}/audittrail/{row}"),
        ] {
            expired.get(&path).await.fault(403, "jwt-expired");
            app.anonymous().get(&path).await.fault(403, "permission_denied");
            app.anonymous().head(&path).await.is(403);
        }
    }

    async fn a_refused_token_changes_nothing(app: App) {
        let before = app.probe().traces().await;
        let unknown = bearer("abc");
        let client = app.anonymous().authorized(Some(&unknown));
        client
            .post(KLANTEN, &klant("U1"))
            .await
            .fault(403, "jwt-decode-error");
        assert_eq!(app.probe().traces().await, before);
    }

    async fn a_right_in_another_component_does_not_count(app: App) {
        for component in [Component::Cmc, Component::Ac] {
            let client = app.client_within(component, &["klanten.lezen"]).await;
            client.get(KLANTEN).await.fault(403, "permission_denied");
        }
        app.client_within(Component::Kc, &["klanten.lezen"])
            .await
            .get(KLANTEN)
            .await
            .is(200);
    }
}
