//! Bodies that no client should send: each gets a Fout with a status in the four hundreds and changes nothing.

use openklant_tests::fixtures::{
    CONTACTMOMENTEN, KLANTEN, RSIN, contactmoment_with, klant_of_type, klant_with,
};
use openklant_tests::{App, on_both};
use serde_json::json;

use crate::resources::{Resource, is_refused, one_of_each, rows};

/// Sends a body as POST, and as PATCH and PUT of an existing object, and demands that all are refused and change
/// nothing.
async fn refuses(app: &App, resource: &Resource, body: impl Into<Vec<u8>>) {
    let (body, url) = (body.into(), resource.url.as_str());
    let what = format!("{}: {}", resource.list, String::from_utf8_lossy(&body));
    let (before, stored) = (rows(app).await, app.client().get(url).await.json());
    for (method, path) in [("POST", resource.list), ("PATCH", url), ("PUT", url)] {
        let call = app.client().request(method, path);
        is_refused(&call.content("application/json", body.clone()).await, &what);
    }
    assert_eq!(rows(app).await, before, "{what}");
    assert_eq!(app.client().get(url).await.json(), stored, "{what}");
}

/// A complete body in which one text stands as it is written here, escapes and all.
fn with_raw_text(resource: &Resource, text: &str) -> String {
    let mut body = resource.body.clone();
    body[resource.text] = json!("HIER");
    body.to_string().replace("\"HIER\"", text)
}

on_both! {
    async fn json_that_breaks_off(app: App) {
        for resource in one_of_each(&app).await {
            let whole = resource.body.to_string();
            for end in [1, 2, 10, whole.len() / 2, whole.len() - 1] {
                refuses(&app, &resource, &whole[..end]).await;
            }
        }
    }

    async fn what_is_no_json(app: App) {
        for resource in one_of_each(&app).await {
            for body in [
                "x",
                "nul",
                "{'a': 1}",
                "{\"a\" 1}",
                "{\"a\": 1,}",
                "{a: 1}",
                "{} {}",
                "{}x",
                "{\"a\": NaN}",
                "{\"a\": Infinity}",
                "{\"a\": 01}",
                "{\"a\": +1}",
                "{\"a\": .5}",
                "/* x */ {}",
                "{\"a\": \"\t\"}",
                "\u{0}",
            ] {
                let answer = app
                    .client()
                    .request("POST", resource.list)
                    .content("application/json", body)
                    .await;
                answer.fault(400, "parse_error");
                refuses(&app, &resource, body).await;
            }
        }
    }

    async fn what_is_no_object(app: App) {
        for resource in one_of_each(&app).await {
            for body in ["[]", "[{}]", "null", "true", "1", "\"tekst\""] {
                let client = app.client();
                for call in [
                    client.request("POST", resource.list),
                    client.request("PATCH", &resource.url),
                    client.request("PUT", &resource.url),
                ] {
                    call.content("application/json", body)
                        .await
                        .refused(&[("nonFieldErrors", "invalid")]);
                }
                refuses(&app, &resource, body).await;
            }
        }
    }

    async fn nesting_without_end(app: App) {
        for resource in one_of_each(&app).await {
            for depth in [200, 10_000, 100_000] {
                refuses(&app, &resource, "[".repeat(depth)).await;
                refuses(
                    &app,
                    &resource,
                    format!("{}{}", "[".repeat(depth), "]".repeat(depth)),
                )
                .await;
                refuses(&app, &resource, "{\"a\":".repeat(depth)).await;
                let inner = format!("{}1{}", "{\"a\":".repeat(depth), "}".repeat(depth));
                let unknown_key =
                    resource
                        .body
                        .to_string()
                        .replacen('{', &format!("{{\"kleur\":{inner},"), 1);
                refuses(&app, &resource, unknown_key).await;
            }
        }
    }

    async fn numbers_out_of_range(app: App) {
        let resources = one_of_each(&app).await;
        for number in [
            "1e400",
            "-1e400",
            "99999999999999999999999",
            "-1",
            "1.5",
            "1e5",
            "0.00000001",
            "1E+99",
        ] {
            let body = klant_with("X2", &json!({"adres": {"huisnummer": 0}})).to_string();
            let body = body.replace("\"huisnummer\":0", &format!("\"huisnummer\":{number}"));
            refuses(&app, &resources[0], body).await;
        }
        for resource in &resources {
            refuses(&app, resource, with_raw_text(resource, &"9".repeat(5000))).await;
        }
    }

    async fn u_0000_in_a_text(app: App) {
        for resource in one_of_each(&app).await {
            refuses(&app, &resource, with_raw_text(&resource, "\"a\\u0000b\"")).await;
            refuses(&app, &resource, with_raw_text(&resource, "\"a\u{0}b\"")).await;
        }
        let nul = json!("a\u{0}b");
        for (name, body) in [
            ("voornaam", klant_with("X2", &json!({"voornaam": nul}))),
            ("klantnummer", klant_with("X2", &json!({"klantnummer": nul}))),
            (
                "websiteUrl",
                klant_with("X2", &json!({"websiteUrl": "https://a.example/\u{0}"})),
            ),
            (
                "adres.straatnaam",
                klant_with("X2", &json!({"adres": {"straatnaam": nul}})),
            ),
            (
                "subjectIdentificatie.voornamen",
                klant_with("X2", &json!({"subjectIdentificatie": {"voornamen": nul}})),
            ),
        ] {
            let answer = app.client().post(KLANTEN, &body).await;
            let expected = (name.to_owned(), "null_characters_not_allowed".to_owned());
            assert!(
                answer.invalid_params().contains(&expected),
                "{name}\n{}",
                answer.describe()
            );
        }
        assert_eq!(app.probe().count("klant").await, 1);
    }

    async fn u_0000_in_a_key_is_an_unknown_key(app: App) {
        let made = app
            .client()
            .post(KLANTEN, &klant_with("X2", &json!({"a\u{0}b": 1})))
            .await
            .expect(201);
        assert!(!made.text().contains("u0000"));
    }

    async fn half_a_character(app: App) {
        let resources = one_of_each(&app).await;
        for resource in &resources {
            for text in [
                "\"\\ud800\"",
                "\"\\udc00\"",
                "\"\\ud800x\"",
                "\"\\ud800\\ud800\"",
                "\"\\udfff\\ud800\"",
            ] {
                refuses(&app, resource, with_raw_text(resource, text)).await;
            }
        }
        for resource in &resources[..2] {
            let whole = with_raw_text(resource, "\"\\ud83d\\ude00\"");
            let made = app
                .client()
                .request("POST", resource.list)
                .content("application/json", whole)
                .await
                .expect(201);
            assert_eq!(made.json()[resource.text], json!("😀"));
        }
    }

    async fn bytes_that_are_no_utf_8(app: App) {
        for resource in one_of_each(&app).await {
            for bytes in [
                &b"\xff"[..],
                b"\xc3(",
                b"\xed\xa0\x80",
                b"\xf8\x88\x80\x80\x80",
                b"\xc0\x80",
            ] {
                let body = with_raw_text(&resource, "\"HIER\"");
                let (start, end) = body.split_once("HIER").expect("the place of the text");
                refuses(
                    &app,
                    &resource,
                    [start.as_bytes(), bytes, end.as_bytes()].concat(),
                )
                .await;
            }
            let utf_16: Vec<u8> = resource
                .body
                .to_string()
                .encode_utf16()
                .flat_map(u16::to_le_bytes)
                .collect();
            refuses(&app, &resource, utf_16).await;
        }
    }

    async fn a_text_of_a_megabyte_is_too_large(app: App) {
        for resource in one_of_each(&app).await {
            let (before, stored) = (rows(&app).await, app.client().get(&resource.url).await.json());
            let body = with_raw_text(&resource, &json!("x".repeat(1 << 20)).to_string());
            let client = app.client();
            for call in [
                client.request("POST", resource.list),
                client.request("PATCH", &resource.url),
                client.request("PUT", &resource.url),
            ] {
                let answer = call.content("application/json", body.clone()).await.expect(413);
                assert_eq!(answer.check_fault_shape(), Ok(()));
            }
            client
                .request("POST", resource.list)
                .content("application/json", "x".repeat(20 << 20))
                .await
                .is(413);
            assert_eq!(rows(&app).await, before);
            assert_eq!(client.get(&resource.url).await.json(), stored);
        }
    }

    async fn a_text_just_under_a_megabyte_is_read_and_refused(app: App) {
        for resource in one_of_each(&app).await {
            let body = with_raw_text(&resource, &json!("x".repeat(1_000_000)).to_string());
            let answer = app
                .client()
                .request("POST", resource.list)
                .content("application/json", body)
                .await;
            let expected = (resource.text.to_owned(), "max_length".to_owned());
            assert!(
                answer.invalid_params().contains(&expected),
                "{}",
                answer.describe()
            );
        }
    }

    async fn of_faults_without_end_a_thousand_are_told(app: App) {
        let links = contactmoment_with(&json!({"onderwerpLinks": vec!["x"; 200_000]}));
        let names = klant_of_type(
            "X1",
            "vestiging",
            &json!({"handelsnaam": vec![json!(null); 200_000]}),
        );
        for (list, body) in [(CONTACTMOMENTEN, links), (KLANTEN, names)] {
            let answer = app.client().post(list, &body).await.expect(400);
            assert_eq!(answer.invalid_params().len(), 1000);
            assert!(answer.bytes().len() < 200_000, "{}", answer.bytes().len());
        }
    }

    async fn a_large_body_in_chunks_is_too_large(app: App) {
        let chunk = format!("10000\r\n{}\r\n", " ".repeat(0x10000)).repeat(17);
        let token = app.credential().token(app.clock().now());
        let request = format!(
            "POST {KLANTEN} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n\
             Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n{chunk}0\r\n\r\n"
        );
        let answer = app.anonymous().raw(request).await.expect("an answer");
        answer.is(413);
        assert_eq!(answer.check_fault_shape(), Ok(()));
    }

    async fn the_last_of_a_duplicated_key_counts(app: App) {
        let body = format!(
            "{{\"bronorganisatie\":\"x\",\"bronorganisatie\":\"{RSIN}\",\"klantnummer\":\"X2\",\"voornaam\":\"eerste\",\
             \"voornaam\":\"laatste\",\"subjectType\":\"natuurlijk_persoon\",\"adres\":{{\"postcode\":\"te lang voor dit\",\
             \"postcode\":\"1234AB\"}},\"subjectIdentificatie\":{{\"inpBsn\":\"1\",\"inpBsn\":\"111222333\"}}}}"
        );
        let made = app
            .client()
            .request("POST", KLANTEN)
            .content("application/json", body)
            .await
            .expect(201);
        let made = made.json();
        assert_eq!(made["voornaam"], json!("laatste"));
        assert_eq!(made["adres"]["postcode"], json!("1234AB"));
        assert_eq!(made["subjectIdentificatie"]["inpBsn"], json!("111222333"));
    }
}
