//! Laws of reading and writing: what was shown can be written back and changes nothing. Checked with many generated
//! contactmomenten.

use chrono::{DateTime, Utc};
use openklant_shared::domain::moment::{format_moment, parse_moment};
use openklant_tests::fixtures::{CONTACTMOMENTEN, RSIN, merge};
use openklant_tests::laws::{field, law, one_of, some_of, text};
use openklant_tests::subset::difference;
use openklant_tests::{App, on_both};
use proptest::collection::vec;
use proptest::prelude::{Strategy, TestCaseError, prop_assert_eq, proptest};
use serde_json::{Value, json};

/// Microseconds since 1970 of every moment that the API can write.
const MICROS: std::ops::Range<i64> = -62_135_596_800_000_000..253_402_300_800_000_000;

fn moment() -> impl Strategy<Value = DateTime<Utc>> {
    MICROS
        .prop_map(|micros| DateTime::from_timestamp_micros(micros).expect("a moment of the years 1 to 9999"))
}

fn medewerker() -> impl Strategy<Value = Value> {
    some_of(vec![
        field("identificatie", text(24)),
        field("achternaam", text(20)),
        field("voorletters", text(20)),
        field("voorvoegselAchternaam", text(10)),
    ])
}

fn fields() -> impl Strategy<Value = Value> {
    some_of(vec![
        field(
            "registratiedatum",
            moment().prop_map(|moment| json!(format_moment(moment))),
        ),
        field("kanaal", text(50)),
        field("voorkeurskanaal", text(50)),
        field("voorkeurstaal", text(3)),
        field("tekst", text(200)),
        field(
            "onderwerpLinks",
            vec(
                one_of(&["https://waterdam.example/ü?x=%20", "http://a.example"]),
                0..4,
            )
            .prop_map(Value::from),
        ),
        field("initiatiefnemer", one_of(&["", "gemeente", "klant"])),
        field(
            "medewerker",
            one_of(&["https://mw.example/1", "https://mw.example/ü"]),
        ),
        field("medewerkerIdentificatie", medewerker()),
    ])
}

/// What of a request must be shown: an empty medewerkerIdentificatie says nothing.
fn shown(given: &Value) -> Value {
    let mut given = given.clone();
    if let Some(fields) = given.as_object_mut() {
        fields.retain(|_, value| *value != json!({}));
    }
    given
}

fn holds(expected: &Value, found: &Value) -> Result<(), TestCaseError> {
    difference(expected, found).map_or(Ok(()), |difference| Err(TestCaseError::fail(difference)))
}

on_both! {
    async fn what_was_shown_can_be_written_back(app: App) {
        law(&fields(), async |given| {
            let client = app.client();
            let mut body = json!({"bronorganisatie": RSIN, "medewerker": "https://mw.example/0"});
            merge(&mut body, &given);
            let made = client.post(CONTACTMOMENTEN, &body).await;
            if made.status() != 201 {
                return Err(TestCaseError::fail(made.describe()));
            }
            let (url, first) = (made.url(), made.json());
            holds(&shown(&body), &first)?;
            for answer in [
                client.get(&url).await,
                client.put(&url, &first).await,
                client.patch(&url, &first).await,
                client.get(&url).await,
            ] {
                if answer.status() != 200 || answer.json() != first {
                    return Err(TestCaseError::fail(format!(
                        "{}\ninstead of {first}",
                        answer.describe()
                    )));
                }
            }
            Ok(())
        });
    }

    async fn a_change_puts_what_is_given_over_what_is_there(app: App) {
        law(&(fields(), fields()), async |(first, second)| {
            let client = app.client();
            let mut body = json!({"bronorganisatie": RSIN, "medewerker": "https://mw.example/0"});
            merge(&mut body, &first);
            let before = client.post(CONTACTMOMENTEN, &body).await.json();
            let url = before["url"].as_str().unwrap_or_default();
            let answer = client.patch(url, &second).await;
            if answer.status() != 200 {
                return Err(TestCaseError::fail(answer.describe()));
            }
            let after = answer.json();
            holds(&shown(&second), &after)?;
            let mut kept = before.clone();
            if let (Some(kept), Some(given)) = (kept.as_object_mut(), second.as_object()) {
                kept.retain(|name, _| !given.contains_key(name));
            }
            holds(&kept, &after)
        });
    }
}

proptest! {
    #[test]
    fn a_moment_that_was_written_reads_the_same(moment in moment()) {
        prop_assert_eq!(parse_moment(&format_moment(moment)), Some(moment));
    }

    #[test]
    fn a_moment_means_the_same_with_any_offset(moment in moment(), minutes in -1439_i32..1440) {
        let offset = chrono::FixedOffset::east_opt(minutes * 60).expect("an offset of less than a day");
        let there = moment.with_timezone(&offset);
        let text = there.format("%Y-%m-%dT%H:%M:%S%.6f%:z").to_string();
        if there.format("%Y").to_string().len() == 4 && !there.format("%Y").to_string().starts_with("0000") {
            prop_assert_eq!(parse_moment(&text), Some(moment), "{}", text);
        }
    }

    #[test]
    fn no_text_is_too_strange_to_be_read(text in "[-0-9TZ:+., ]{0,32}|\\PC{0,32}") {
        if let Some(moment) = parse_moment(&text) {
            prop_assert_eq!(parse_moment(&format_moment(moment)), Some(moment));
        }
    }
}
