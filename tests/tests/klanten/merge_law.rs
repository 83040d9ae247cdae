//! Laws of reading and writing: what was shown can be written back and changes nothing, and a change shows exactly
//! what was given over what was there. Checked with many generated klanten.

use openklant_tests::fixtures::{KLANTEN, RSIN};
use openklant_tests::laws::{field, law, one_of, some_of, text};
use openklant_tests::{App, on_both};
use proptest::option;
use proptest::prelude::{Strategy, any};
use proptest::test_runner::TestCaseError;
use serde_json::{Value, json};

fn adres() -> impl Strategy<Value = Value> {
    some_of(vec![
        field("straatnaam", text(12)),
        field(
            "huisnummer",
            option::of(0..=99_999_u32).prop_map(|number| json!(number)),
        ),
        field("huisletter", text(1)),
        field("postcode", text(7)),
        field("woonplaatsnaam", text(12)),
    ])
}

fn verblijfsadres() -> impl Strategy<Value = Value> {
    text(7).prop_map(|postcode| {
        json!({"aoaIdentificatie": "0999", "gorOpenbareRuimteNaam": "Kade", "aoaPostcode": postcode})
    })
}

fn identification() -> impl Strategy<Value = Value> {
    some_of(vec![
        field("inpBsn", one_of(&["", "111222333", "123456782"])),
        field("voornamen", text(12)),
        field("geboortedatum", text(10)),
        field("geslachtsaanduiding", one_of(&["", "m", "v", "o"])),
        field("verblijfsadres", verblijfsadres()),
    ])
}

/// Fields that a natuurlijk persoon may be given.
fn fields() -> impl Strategy<Value = Value> {
    some_of(vec![
        field("voornaam", text(20)),
        field("achternaam", text(20)),
        field("telefoonnummer", text(20)),
        field("aanmaakkanaal", text(20)),
        field("geverifieerd", any::<bool>().prop_map(|verified| json!(verified))),
        field("websiteUrl", one_of(&["", "https://waterdam.example/ü?x=%20"])),
        field("adres", adres()),
        field("subjectIdentificatie", identification()),
    ])
}

/// Whether what is shown has every key that was given, with its value.
fn holds(shown: &Value, given: &Value) -> Result<(), TestCaseError> {
    match openklant_tests::subset::difference(given, shown) {
        None => Ok(()),
        Some(difference) => Err(TestCaseError::fail(difference)),
    }
}

/// A new klant with these fields on top of what every klant needs; its URL.
async fn made(app: &App, given: &Value) -> Result<(String, Value), TestCaseError> {
    let number = (app.probe().count("audittrail").await + 1).to_string();
    let mut body = json!({
        "bronorganisatie": RSIN,
        "klantnummer": number,
        "subjectType": "natuurlijk_persoon",
        "subjectIdentificatie": {"inpBsn": ""},
    });
    openklant_tests::fixtures::merge(&mut body, given);
    if body["subjectIdentificatie"] == json!({}) {
        body["subjectIdentificatie"] = json!({"inpBsn": ""});
    }
    let answer = app.client().post(KLANTEN, &body).await;
    if answer.status() != 201 {
        return Err(TestCaseError::fail(answer.describe()));
    }
    Ok((answer.url(), answer.json()))
}

on_both! {
    async fn what_is_given_is_shown(app: App) {
        law(&fields(), async |given| {
            let (url, shown) = made(&app, &given).await?;
            holds(&shown, &given_shown(&given))?;
            holds(&app.client().get(url).await.json(), &shown)
        });
    }

    async fn what_was_shown_can_be_written_back(app: App) {
        law(&fields(), async |given| {
            let (url, shown) = made(&app, &given).await?;
            let client = app.client();
            for answer in [
                client.put(&url, &shown).await,
                client.patch(&url, &shown).await,
                client.get(&url).await,
            ] {
                if answer.status() != 200 || answer.json() != shown {
                    return Err(TestCaseError::fail(format!(
                        "{}\ninstead of {shown}",
                        answer.describe()
                    )));
                }
            }
            Ok(())
        });
    }

    async fn a_change_puts_what_is_given_over_what_is_there(app: App) {
        law(&(fields(), fields()), async |(first, second)| {
            let (url, before) = made(&app, &first).await?;
            let answer = app.client().patch(&url, &second).await;
            if answer.status() != 200 {
                return Err(TestCaseError::fail(answer.describe()));
            }
            let after = answer.json();
            holds(&after, &given_shown(&second))?;
            holds(&after, &unchanged(&before, &second))
        });
    }
}

/// What of a request must be shown: an empty address says nothing.
fn given_shown(given: &Value) -> Value {
    let mut given = given.clone();
    if let Some(fields) = given.as_object_mut() {
        fields.retain(|name, value| {
            !(["adres", "subjectIdentificatie"].contains(&name.as_str()) && *value == json!({}))
        });
    }
    given
}

/// What of `before` a change with `given` must leave as it was.
fn unchanged(before: &Value, given: &Value) -> Value {
    match (before, given) {
        (Value::Object(before), Value::Object(given)) => before
            .iter()
            .filter_map(|(name, value)| match given.get(name) {
                None => Some((name.clone(), value.clone())),
                Some(given) if given.is_object() && value.is_object() => {
                    Some((name.clone(), unchanged(value, given)))
                }
                Some(given) if *given == json!({}) => Some((name.clone(), value.clone())),
                Some(_) => None,
            })
            .collect(),
        _ => before.clone(),
    }
}
