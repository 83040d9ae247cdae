//! Query strings that no client should send: each gets a Fout with a status in the four hundreds.

use openklant_tests::fixtures::{
    CONTACTMOMENTEN, KLANTCONTACTMOMENTEN, KLANTEN, OBJECTCONTACTMOMENTEN, klant,
};
use openklant_tests::{App, on_both};

use crate::resources::{LISTS, is_refused};

/// A parameter of each list that takes any text, or a URL.
const TEXTS: [(&str, &str); 4] = [
    (KLANTEN, "achternaam"),
    (CONTACTMOMENTEN, "kanaal"),
    (KLANTCONTACTMOMENTEN, "klant"),
    (OBJECTCONTACTMOMENTEN, "object"),
];

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
        for name in [
            "kanaal",
            "klant",
            "object",
            "medewerker",
            "vorigContactmoment",
            "registratiedatum",
            "ordering",
            "expand",
            "page",
            "kleur",
        ] {
            let query = format!("{CONTACTMOMENTEN}?{name}=a%00b");
            is_refused(&app.client().get(&query).await, &query);
        }
        for list in LISTS {
            for name in ["page", "klant%00nummer", "contactmoment", "rol", "objectType"] {
                let query = format!("{list}?{name}=a%00b");
                is_refused(&app.client().get(&query).await, &query);
            }
        }
    }

    async fn bytes_that_are_no_utf_8(app: App) {
        for (list, name) in TEXTS {
            for value in ["%ff", "a%c3", "%ed%a0%80", "%c0%80", "%f8%88%80%80%80"] {
                let query = format!("{list}?{name}={value}");
                is_refused(&app.client().get(&query).await, &query);
            }
            is_refused(&app.client().get(format!("{list}?%ff=1")).await, "a name");
        }
    }

    async fn a_broken_percent_sign(app: App) {
        for (list, name) in TEXTS {
            for value in ["%", "%zz", "%1", "a%", "%%", "%u1234"] {
                let query = format!("{list}?{name}={value}");
                is_refused(&app.client().get(&query).await, &query);
            }
        }
    }

    async fn a_thousand_unknown_names(app: App) {
        let query: Vec<String> = (0..1000).map(|nr| format!("kleur{nr}=rood")).collect();
        for list in LISTS {
            let answer = app.client().get(format!("{list}?{}", query.join("&"))).await;
            answer.refused(&[("nonFieldErrors", "unknown-parameters")]);
            assert!(
                answer.bytes().len() < 10_000,
                "the answer does not grow with the question"
            );
        }
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
        for (list, name) in TEXTS {
            let query = format!("{list}?{name}=https://x.example/{}", "x".repeat(20_000));
            let answer = app.client().get(query).await;
            if answer.status() == 200 {
                assert_eq!(answer.json()["count"], 0);
            } else {
                is_refused(&answer, "an endless value");
            }
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
            for list in LISTS {
                app.client()
                    .get(format!("{list}?page={page}"))
                    .await
                    .fault(404, "not_found");
            }
        }
    }

    async fn what_is_no_query_at_all(app: App) {
        for list in LISTS {
            for query in ["&&&", "=", "=x", "&", "?", "??", "a"] {
                let answer = app.client().get(format!("{list}?{query}")).await;
                if answer.status() != 200 {
                    answer.refused(&[("nonFieldErrors", "unknown-parameters")]);
                }
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
            for name in ["kanaal", "klant", "object", "medewerkerIdentificatie__achternaam"] {
                let query = format!("{CONTACTMOMENTEN}?{name}={value}");
                assert_eq!(
                    app.client().get(query).await.expect(200).json()["count"],
                    0,
                    "{value}"
                );
            }
            app.client()
                .get(format!("{CONTACTMOMENTEN}?ordering={value}"))
                .await
                .refused(&[("ordering", "invalid_choice")]);
        }
        assert_eq!(app.probe().count("klant").await, 1);
    }
}
