//! Every filter of the three lists, with a hit and a miss (section 5.4 of the behaviour of 1.0.0).

use openklant_tests::fixtures::{
    CONTACTMOMENTEN, KLANTCONTACTMOMENTEN, OBJECTCONTACTMOMENTEN, OTHER_RSIN, whole_contactmoment,
};
use openklant_tests::{App, on_both};
use serde_json::{Value, json};

use crate::given::{self, found};

/// Each filter with a value that [`whole_contactmoment`] has, and one that nobody has.
const FILTERS: [(&str, &str, &str); 15] = [
    ("bronorganisatie", "517439943", "123456782"),
    (
        "registratiedatum",
        "2025-12-31T22:15:00.25Z",
        "2025-12-31T22:15:00Z",
    ),
    (
        "registratiedatum__gt",
        "2025-12-31T22:15:00.249999",
        "2026-12-31T22:15:00.25Z",
    ),
    (
        "registratiedatum__gte",
        "2025-12-31T23:15:00.25%2B01:00",
        "2027-01-01T00:00:00Z",
    ),
    (
        "registratiedatum__lt",
        "2025-12-31T22:15:00.250001Z",
        "2001-12-31T22:15:00.25Z",
    ),
    (
        "registratiedatum__lte",
        "2025-12-31%2022:15:00.25",
        "2001-12-31T22:15:00.249999Z",
    ),
    ("kanaal", "telefoon", "Telefoon"),
    ("voorkeurskanaal", "e-mail", "mail"),
    ("voorkeurstaal", "nld", "nl"),
    ("initiatiefnemer", "klant", "gemeente"),
    (
        "medewerker",
        "https://medewerkers.waterdam.example/mw/42",
        "https://medewerkers.waterdam.example/mw/4",
    ),
    ("medewerkerIdentificatie__identificatie", "mw042", "MW042"),
    ("medewerkerIdentificatie__achternaam", "Vries", "vries"),
    ("medewerkerIdentificatie__voorletters", "F.", "F"),
    ("medewerkerIdentificatie__voorvoegselAchternaam", "de", "van"),
];

/// A contactmoment with everything, and one of another organisation with almost nothing.
async fn two(app: &App) -> [String; 2] {
    let whole = app
        .client()
        .post(CONTACTMOMENTEN, &whole_contactmoment())
        .await
        .expect(201)
        .url();
    let bare = json!({
        "bronorganisatie": OTHER_RSIN,
        "registratiedatum": "2026-06-01T00:00:00Z",
        "medewerker": "https://elders.example/1",
    });
    [whole, given::contactmoment(app, &bare).await]
}

on_both! {
    async fn each_filter_finds_what_has_its_value_and_nothing_else(app: App) {
        let [whole, bare] = two(&app).await;
        let client = app.client();
        for (name, hit, miss) in FILTERS {
            let expected = match name {
                "registratiedatum__gt" | "registratiedatum__gte" => vec![bare.clone(), whole.clone()],
                _ => vec![whole.clone()],
            };
            assert_eq!(
                found(&client, CONTACTMOMENTEN, &format!("{name}={hit}")).await,
                expected,
                "{name}"
            );
            assert_eq!(
                found(&client, CONTACTMOMENTEN, &format!("{name}={miss}")).await,
                [""; 0],
                "{name}"
            );
            let both = format!("{name}={hit}&kanaal=telefoon");
            assert_eq!(
                found(&client, CONTACTMOMENTEN, &both).await,
                [whole.as_str()],
                "filters narrow together"
            );
        }
    }

    async fn an_empty_value_is_no_filter(app: App) {
        two(&app).await;
        let others = ["klant", "object", "ordering", "expand"].map(|name| (name, "", ""));
        for (name, ..) in FILTERS.into_iter().chain(others) {
            for query in [format!("{name}="), name.to_owned(), format!("{name}=%20")] {
                assert_eq!(
                    found(&app.client(), CONTACTMOMENTEN, &query).await.len(),
                    2,
                    "{query}"
                );
            }
        }
        for (list, name) in [
            (KLANTCONTACTMOMENTEN, "klant"),
            (KLANTCONTACTMOMENTEN, "rol"),
            (OBJECTCONTACTMOMENTEN, "object"),
            (OBJECTCONTACTMOMENTEN, "objectType"),
        ] {
            found(&app.client(), list, &format!("{name}=")).await;
        }
    }

    async fn a_filter_means_nothing_on_one_contactmoment(app: App) {
        let url = given::contactmoment(&app, &json!({"kanaal": "balie"})).await;
        let shown = app.client().get(format!("{url}?kanaal=telefoon")).await.expect(200).json();
        assert_eq!(shown["kanaal"], json!("balie"));
    }

    async fn the_last_of_a_repeated_filter_counts(app: App) {
        let [whole, _] = two(&app).await;
        let client = app.client();
        assert_eq!(
            found(&client, CONTACTMOMENTEN, "kanaal=x&kanaal=telefoon").await,
            [whole]
        );
        assert_eq!(
            found(&client, CONTACTMOMENTEN, "kanaal=telefoon&kanaal=")
                .await
                .len(),
            2
        );
    }

    async fn a_value_of_the_wrong_form_names_its_filter(app: App) {
        for (list, query, name, code) in [
            (
                CONTACTMOMENTEN,
                "bronorganisatie=x",
                "bronorganisatie",
                "only-digits",
            ),
            (
                CONTACTMOMENTEN,
                "bronorganisatie=12345678",
                "bronorganisatie",
                "invalid-length",
            ),
            (
                CONTACTMOMENTEN,
                "bronorganisatie=517439944",
                "bronorganisatie",
                "invalid",
            ),
            (
                CONTACTMOMENTEN,
                "registratiedatum=2026-01-05",
                "registratiedatum",
                "invalid",
            ),
            (
                CONTACTMOMENTEN,
                "registratiedatum__gt=gisteren",
                "registratiedatum__gt",
                "invalid",
            ),
            (
                CONTACTMOMENTEN,
                "registratiedatum__lte=1",
                "registratiedatum__lte",
                "invalid",
            ),
            (
                CONTACTMOMENTEN,
                "initiatiefnemer=ambtenaar",
                "initiatiefnemer",
                "invalid_choice",
            ),
            (CONTACTMOMENTEN, "medewerker=42", "medewerker", "invalid"),
            (
                CONTACTMOMENTEN,
                "vorigContactmoment=x",
                "vorigContactmoment",
                "invalid",
            ),
            (
                CONTACTMOMENTEN,
                "volgendContactmoment=",
                "volgendContactmoment",
                "invalid",
            ),
            (
                CONTACTMOMENTEN,
                "kanaal=%00",
                "kanaal",
                "null_characters_not_allowed",
            ),
            (
                KLANTCONTACTMOMENTEN,
                "contactmoment=x",
                "contactmoment",
                "invalid",
            ),
            (KLANTCONTACTMOMENTEN, "contactmoment=", "contactmoment", "invalid"),
            (KLANTCONTACTMOMENTEN, "klant=nope", "klant", "invalid"),
            (KLANTCONTACTMOMENTEN, "rol=buur", "rol", "invalid_choice"),
            (
                OBJECTCONTACTMOMENTEN,
                "contactmoment=/x",
                "contactmoment",
                "invalid",
            ),
            (OBJECTCONTACTMOMENTEN, "object=nope", "object", "invalid"),
            (
                OBJECTCONTACTMOMENTEN,
                "objectType=besluit",
                "objectType",
                "invalid_choice",
            ),
        ] {
            app.client()
                .get(format!("{list}?{query}"))
                .await
                .refused(&[(name, code)]);
        }
    }

    async fn a_parameter_that_nobody_knows_is_told_alone(app: App) {
        for list in [CONTACTMOMENTEN, KLANTCONTACTMOMENTEN, OBJECTCONTACTMOMENTEN] {
            for query in [
                "kleur=rood",
                "pageSize=5",
                "Contactmoment=x",
                "klant_uuid=x",
                "object_type=zaak",
                "format=json",
                "medewerker_identificatie__identificatie=x",
                "kleur=rood&expand=x&contactmoment=x&vorigContactmoment=x",
            ] {
                app.client()
                    .get(format!("{list}?{query}"))
                    .await
                    .refused(&[("nonFieldErrors", "unknown-parameters")]);
            }
        }
        for query in ["ordering=kanaal", "expand=klantcontactmomenten", "gelezen=true"] {
            app.client()
                .get(format!("{KLANTCONTACTMOMENTEN}?{query}"))
                .await
                .refused(&[("nonFieldErrors", "unknown-parameters")]);
        }
    }

    async fn every_parameter_of_the_contract_is_known(app: App) {
        let facts: Value =
            serde_json::from_str(include_str!("../../../../openapi/contract/contactmomenten.json"))
                .expect("the facts are JSON");
        let operations = facts["operations"].as_object().expect("operations");
        let mut called = 0;
        for (operation, facts) in operations
            .iter()
            .filter(|(operation, _)| operation.starts_with("GET ") && !operation.contains('{'))
        {
            let path = format!("/contactmomenten/api/v1{}", &operation["GET ".len()..]);
            for parameter in facts["parameters"]
                .as_object()
                .into_iter()
                .flat_map(|all| all.keys())
            {
                let Some(name) = parameter.strip_prefix("query ") else {
                    continue;
                };
                let answer = app.client().get(format!("{path}?{name}=x")).await;
                called += 1;
                if answer.status() == 400 {
                    let told = answer.invalid_params();
                    assert_eq!(told[0].0, name, "{told:?}");
                } else {
                    assert!([200, 404].contains(&answer.status()), "{}", answer.describe());
                }
            }
        }
        assert_eq!(called, 30, "parameters of the three lists");
    }
}
