//! What counts as a URL, an e-mail address, a boolean and a house number.

use openklant_tests::fixtures::{KLANTEN, klant_with};
use openklant_tests::{App, on_both};
use serde_json::{Value, json};

/// Sends each value in a field and demands that it is accepted, or refused with a code.
async fn judges(app: &App, name: &str, cases: &[(Value, Result<Value, &str>)]) {
    for (nr, (value, expected)) in cases.iter().enumerate() {
        let body = match name.split_once('.') {
            Some((outer, inner)) => klant_with(&format!("F{nr}"), &json!({outer: {inner: value}})),
            None => klant_with(&format!("F{nr}"), &json!({name: value})),
        };
        let answer = app.client().post(KLANTEN, &body).await;
        match expected {
            Ok(kept) => {
                let made = answer.expect(201).json();
                let found = name.split('.').fold(&made, |value, key| &value[key]);
                assert_eq!(found, kept, "{name}: {value}");
            }
            Err(code) => answer.refused(&[(name, code)]),
        }
    }
}

on_both! {
    async fn a_website_is_a_url(app: App) {
        let good = |url: &str| (json!(url), Ok(json!(url)));
        let bad = |url: &str| (json!(url), Err("invalid"));
        let cases = [
            good("http://www.waterdam.example"),
            good("https://www.waterdam.example/pad?x=1&y=%20#z"),
            good("HTTPS://WWW.WATERDAM.EXAMPLE"),
            good("ftp://bestanden.waterdam.example/x"),
            good("ftps://bestanden.waterdam.example"),
            good("http://localhost:8000/x"),
            good("http://127.0.0.1/x"),
            good("http://[::1]:8000/x"),
            good("http://brp/personen/1"),
            good("https://xn--bcher-kva.example"),
            bad("www.invalid-url.com"),
            bad("waterdam"),
            bad("//waterdam.example"),
            bad("javascript:alert(1)"),
            bad("mailto:fenna@voorbeeld.example"),
            bad("file:///etc/passwd"),
            bad("urn:nld:bsn:111222333"),
            bad("http://"),
            bad("http:///pad"),
            bad("http://a b.example"),
            bad("http://waterdam.example/a b"),
            bad("http://waterdam.example:99999"),
            bad("http://-.example"),
            bad("http://.example"),
            bad("http://256.1.1.1"),
        ];
        judges(&app, "websiteUrl", &cases).await;
    }

    async fn an_e_mail_address_is_one(app: App) {
        let good = |text: &str| (json!(text), Ok(json!(text)));
        let bad = |text: &str| (json!(text), Err("invalid"));
        let cases = [
            good(""),
            good("fenna@voorbeeld.example"),
            good("f.j+klant_1@sub.voorbeeld.example"),
            good("Fenna@VOORBEELD.example"),
            bad("fenna"),
            bad("fenna@"),
            bad("@voorbeeld.example"),
            bad("fenna@voorbeeld"),
            bad("fenna@voorbeeld..example"),
            bad("fenna @voorbeeld.example"),
            bad("fenna@voor beeld.example"),
            bad("a@b@voorbeeld.example"),
            bad("Fenna <fenna@voorbeeld.example>"),
            bad("fenna@voorbeeld.example, bo@voorbeeld.example"),
        ];
        judges(&app, "emailadres", &cases).await;
    }

    async fn verified_is_yes_or_no(app: App) {
        let cases = [
            (json!(true), Ok(json!(true))),
            (json!(false), Ok(json!(false))),
            (json!("true"), Ok(json!(true))),
            (json!("false"), Ok(json!(false))),
            (json!(1), Ok(json!(true))),
            (json!(0), Ok(json!(false))),
            (json!(null), Err("null")),
            (json!("misschien"), Err("invalid")),
            (json!(2), Err("invalid")),
            (json!([]), Err("invalid")),
            (json!({}), Err("invalid")),
        ];
        judges(&app, "geverifieerd", &cases).await;
    }

    async fn a_house_number_is_a_small_whole_number(app: App) {
        let cases = [
            (json!(0), Ok(json!(0))),
            (json!(99_999), Ok(json!(99_999))),
            (json!("12"), Ok(json!(12))),
            (json!(2.0), Ok(json!(2))),
            (json!("2.0"), Ok(json!(2))),
            (json!(100_000), Err("max_value")),
            (json!("100000"), Err("max_value")),
            (json!(-1), Err("min_value")),
            (json!(1.5), Err("invalid")),
            (json!("1.5"), Err("invalid")),
            (json!(""), Err("invalid")),
            (json!(true), Err("invalid")),
            (json!("twaalf"), Err("invalid")),
            (json!([1]), Err("invalid")),
        ];
        judges(&app, "adres.huisnummer", &cases).await;
        let body = klant_with(
            "FX",
            &json!({"adres": {"straatnaam": "Molenpad", "huisnummer": null}}),
        );
        assert_eq!(
            app.client().post(KLANTEN, &body).await.expect(201).json()["adres"]["huisnummer"],
            Value::Null
        );
    }
}
