//! Query strings that no client should send: each gets a Fout with a status in the four hundreds.

use openklant_tests::fixtures::{KLANTEN, klant};
use openklant_tests::{App, Response, on_both};

#[track_caller]
fn is_refused(answer: &Response, what: &str) {
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

on_both! {
    async fn u_0000_in_a_value(app: App) {
        for name in [
            "klantnummer",
            "achternaam",
            "bronorganisatie",
            "subjectType",
            "subject",
            "page",
            "kleur",
        ] {
            let query = format!("{KLANTEN}?{name}=a%00b");
            is_refused(&app.client().get(&query).await, &query);
        }
        let query = format!("{KLANTEN}?klant%00nummer=a");
        is_refused(&app.client().get(&query).await, &query);
    }

    async fn bytes_that_are_no_utf_8(app: App) {
        for value in ["%ff", "a%c3", "%ed%a0%80", "%c0%80", "%f8%88%80%80%80"] {
            let query = format!("{KLANTEN}?achternaam={value}");
            is_refused(&app.client().get(&query).await, &query);
        }
        is_refused(&app.client().get(format!("{KLANTEN}?%ff=1")).await, "a name");
    }

    async fn a_broken_percent_sign(app: App) {
        for value in ["%", "%zz", "%1", "a%", "%%", "%u1234"] {
            let query = format!("{KLANTEN}?achternaam={value}");
            is_refused(&app.client().get(&query).await, &query);
        }
    }

    async fn a_thousand_unknown_names(app: App) {
        let query: Vec<String> = (0..1000).map(|nr| format!("kleur{nr}=rood")).collect();
        let answer = app.client().get(format!("{KLANTEN}?{}", query.join("&"))).await;
        answer.refused(&[("nonFieldErrors", "unknown-parameters")]);
        assert!(
            answer.bytes().len() < 10_000,
            "the answer does not grow with the question"
        );
    }

    async fn a_name_a_thousand_times(app: App) {
        app.client().post(KLANTEN, &klant("Q1")).await.is(201);
        let query = "klantnummer=x&".repeat(999) + "klantnummer=Q1";
        let answer = app.client().get(format!("{KLANTEN}?{query}")).await;
        if answer.status() == 200 {
            assert_eq!(answer.json()["count"], 1, "the last one counts");
        } else {
            is_refused(&answer, "a thousand times");
        }
    }

    async fn an_endless_value(app: App) {
        let query = format!("{KLANTEN}?achternaam={}", "x".repeat(20_000));
        let answer = app.client().get(query).await;
        if answer.status() == 200 {
            assert_eq!(answer.json()["count"], 0);
        } else {
            is_refused(&answer, "an endless value");
        }
    }

    async fn pages_that_cannot_be(app: App) {
        app.client().post(KLANTEN, &klant("Q1")).await.is(201);
        for page in [
            "0",
            "-1",
            "2",
            "99999999999999999999999999",
            "9223372036854775807",
            "9223372036854775808",
            "1.5",
            "1e3",
            "x",
            "",
            "%20",
            "laatste",
            "LAST",
            "1;2",
            "0x1",
            "NaN",
            "1,2",
        ] {
            app.client()
                .get(format!("{KLANTEN}?page={page}"))
                .await
                .fault(404, "not_found");
        }
        app.client()
            .get(format!("{KLANTEN}?page="))
            .await
            .fault(404, "not_found");
    }

    async fn what_is_no_query_at_all(app: App) {
        for query in ["&&&", "=", "=x", "&", "?", "??", "a"] {
            let answer = app.client().get(format!("{KLANTEN}?{query}")).await;
            if answer.status() != 200 {
                answer.refused(&[("nonFieldErrors", "unknown-parameters")]);
            }
        }
    }

    async fn text_that_looks_like_sql(app: App) {
        app.client().post(KLANTEN, &klant("Q1")).await.is(201);
        for value in [
            "'%20OR%20'1'='1",
            "%25",
            "_",
            "x';DROP%20TABLE%20klant;--",
            "%5C",
            "%22",
        ] {
            let answer = app
                .client()
                .get(format!("{KLANTEN}?klantnummer={value}"))
                .await
                .expect(200);
            assert_eq!(answer.json()["count"], 0, "{value}");
        }
        assert_eq!(app.probe().count("klant").await, 1);
    }
}
