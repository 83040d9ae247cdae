//! `ordering`: every field of the contract in both directions and both spellings, several at once (section 5.4 of the
//! behaviour of 1.0.0, with its defect 20 mended).

use openklant_tests::fixtures::CONTACTMOMENTEN;
use openklant_tests::remote::Remote;
use openklant_tests::{App, on_both};
use serde_json::{Value, json};

use crate::given;

/// Every field that can be ordered by and, where it differs, its spelling of 1.0.0.
const FIELDS: [(&str, Option<&str>); 11] = [
    ("url", None),
    ("bronorganisatie", None),
    ("klant", None),
    ("registratiedatum", None),
    ("kanaal", None),
    ("voorkeurskanaal", None),
    ("tekst", None),
    ("onderwerpLinks", Some("onderwerp_links")),
    ("initiatiefnemer", None),
    ("medewerker", None),
    ("medewerkerIdentificatie", Some("medewerker_identificatie")),
];

/// Three contactmomenten, of which the first has the smallest of everything and the last the largest.
async fn three(app: &App) -> [String; 3] {
    let remote = Remote::start().await;
    let mut made = Vec::new();
    for (letter, who, bron, day) in [
        ("a", "", "123456782", 1),
        ("b", "gemeente", "423182687", 2),
        ("c", "klant", "517439943", 3),
    ] {
        let url = given::contactmoment(
            app,
            &json!({
                "bronorganisatie": bron,
                "registratiedatum": format!("2025-01-0{day}T00:00:00Z"),
                "kanaal": letter,
                "voorkeurskanaal": letter,
                "tekst": letter,
                "onderwerpLinks": [format!("https://www.waterdam.example/{letter}")],
                "initiatiefnemer": who,
                "medewerker": format!("https://medewerkers.waterdam.example/{letter}"),
                "medewerkerIdentificatie": {"identificatie": letter},
            }),
        )
        .await;
        given::klantcontactmoment(app, &url, &remote.url(&format!("/ok/{letter}")), "belanghebbende").await;
        made.push(url);
    }
    made.try_into().expect("three were made")
}

async fn ordered(app: &App, ordering: &str) -> Vec<String> {
    given::found(&app.client(), CONTACTMOMENTEN, &format!("ordering={ordering}")).await
}

on_both! {
    async fn each_field_orders_both_ways_in_both_spellings(app: App) {
        let made = three(&app).await;
        let mut reversed = made.clone();
        reversed.reverse();
        for (name, old_name) in FIELDS {
            for name in [Some(name), old_name].into_iter().flatten() {
                let (mut up, mut down) = (made.to_vec(), reversed.to_vec());
                if name == "url" {
                    up.sort();
                    down = up.iter().rev().cloned().collect();
                }
                assert_eq!(ordered(&app, name).await, up, "{name}");
                assert_eq!(ordered(&app, &format!("-{name}")).await, down, "-{name}");
            }
        }
    }

    async fn several_fields_decide_one_after_the_other(app: App) {
        let mut made = Vec::new();
        for (kanaal, tekst) in [("b", "1"), ("a", "1"), ("b", "2"), ("a", "2")] {
            made.push(given::contactmoment(&app, &json!({"kanaal": kanaal, "tekst": tekst})).await);
        }
        for (ordering, expected) in [
            ("kanaal,tekst", [1, 3, 0, 2]),
            ("kanaal,-tekst", [3, 1, 2, 0]),
            ("-kanaal,tekst", [0, 2, 1, 3]),
            ("-tekst,kanaal", [3, 2, 1, 0]),
            ("%20tekst%20,%20-kanaal", [0, 1, 2, 3]),
            ("kanaal,,tekst,", [1, 3, 0, 2]),
            ("kanaal,tekst,kanaal,-tekst", [1, 3, 0, 2]),
        ] {
            let expected = expected.map(|nr: usize| made[nr].clone());
            assert_eq!(ordered(&app, ordering).await, expected, "{ordering}");
        }
    }

    async fn nothing_to_order_by_is_the_usual_order(app: App) {
        let mut made = three(&app).await;
        made.reverse();
        for ordering in ["", "%20", ","] {
            assert_eq!(ordered(&app, ordering).await, made, "{ordering:?}");
        }
        let last = "ordering=kanaal&ordering=-kanaal";
        assert_eq!(
            given::found(&app.client(), CONTACTMOMENTEN, last).await,
            made,
            "the last one counts"
        );
    }

    async fn a_field_that_does_not_order_is_refused(app: App) {
        for ordering in [
            "kleur",
            "kanaal,kleur",
            "--kanaal",
            "%2Bkanaal",
            "Kanaal",
            "id",
            "voorkeurstaal",
            "vorigContactmoment",
            "registratiedatum%20desc",
            "kanaal;drop",
            "medewerkerIdentificatie__identificatie",
        ] {
            app.client()
                .get(format!("{CONTACTMOMENTEN}?ordering={ordering}"))
                .await
                .refused(&[("ordering", "invalid_choice")]);
        }
    }

    async fn the_same_field_a_thousand_times_is_no_burden(app: App) {
        let mut made = three(&app).await;
        made.reverse();
        let ordering = "-kanaal,tekst,".repeat(3000);
        assert_eq!(ordered(&app, &ordering).await, made);
    }

    async fn a_klant_of_this_installation_orders_too(app: App) {
        let klant = given::klant(&app, "O1").await;
        let with = given::contactmoment(&app, &json!({})).await;
        given::klantcontactmoment(&app, &with, &klant, "belanghebbende").await;
        let without = given::contactmoment(&app, &json!({})).await;
        assert_eq!(ordered(&app, "klant").await, [without.clone(), with.clone()]);
        let page = app
            .client()
            .get(format!("{CONTACTMOMENTEN}?ordering=-klant"))
            .await
            .json();
        assert_eq!(given::urls(&page), [with, without]);
        assert_eq!(page["next"], Value::Null);
    }
}
