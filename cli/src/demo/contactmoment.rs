//! The phone call of the demo: a contactmoment, the klant who took part in it and the zaak it was about.

use anyhow::Context;
use serde::Deserialize;
use serde_json::{Value, json};

use super::calls::{AUTHORIZATION, Calls};
use super::screen::{self, Screen};
use super::stand_in::zaken;

/// Path of the contactmomenten.
const CONTACTMOMENTEN: &str = "/contactmomenten/api/v1/contactmomenten";
const KLANTCONTACTMOMENTEN: &str = "/contactmomenten/api/v1/klantcontactmomenten";
const OBJECTCONTACTMOMENTEN: &str = "/contactmomenten/api/v1/objectcontactmomenten";
/// Asks for both relations in full instead of their URLs.
const EXPAND: &str = "expand=klantcontactmomenten&expand=objectcontactmomenten";

/// How many changes of the phone call are told to others: relations are not.
pub const MESSAGES: usize = 1;

/// What the API answers, of it what is shown.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Contactmoment {
    kanaal: String,
    tekst: String,
    initiatiefnemer: String,
    medewerker_identificatie: Medewerker,
    klantcontactmomenten: Vec<Klantcontactmoment>,
    objectcontactmomenten: Vec<Objectcontactmoment>,
}

#[derive(Debug, Deserialize)]
struct Medewerker {
    voorletters: String,
    achternaam: String,
}

#[derive(Debug, Deserialize)]
struct Klantcontactmoment {
    klant: String,
    rol: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Objectcontactmoment {
    object: String,
    object_type: String,
}

/// Registers the call of this klant about this zaak, and shows it with both relations.
pub async fn go_through(screen: &Screen, calls: &Calls, klant: &str, zaak: &str) -> anyhow::Result<()> {
    let made = calls.post(CONTACTMOMENTEN, &call()).await?;
    screen.call("POST", made.status, "Fenna de Boer calls", &made.url)?;
    let contactmoment = &made.url;
    let relation = json!({"contactmoment": contactmoment, "klant": klant, "rol": "gesprekspartner"});
    let related = calls.post(KLANTCONTACTMOMENTEN, &relation).await?;
    screen.call("POST", related.status, "it was her on the line", &related.url)?;
    let relation = json!({"contactmoment": contactmoment, "object": zaak, "objectType": "zaak"});
    let related = calls.post(OBJECTCONTACTMOMENTEN, &relation).await?;
    let about = format!("about {}", zaken::IDENTIFICATIE);
    screen.call("POST", related.status, &about, &related.url)?;

    let (status, found) = calls.get(&format!("{contactmoment}?{EXPAND}")).await?;
    screen.call("GET", status, "the call with both relations", contactmoment)?;
    let found: Contactmoment =
        serde_json::from_value(found).context("the API answered a contactmoment without its relations")?;
    show(&found)
}

fn show(found: &Contactmoment) -> anyhow::Result<()> {
    let Medewerker {
        voorletters,
        achternaam,
    } = &found.medewerker_identificatie;
    screen::detail(
        "kanaal",
        format_args!("{}, by the {}", found.kanaal, found.initiatiefnemer),
    )?;
    screen::detail("medewerker", format_args!("{voorletters} {achternaam}"))?;
    screen::detail("tekst", &found.tekst)?;
    for Klantcontactmoment { klant, rol } in &found.klantcontactmomenten {
        screen::detail(rol, klant)?;
    }
    for Objectcontactmoment { object, object_type } in &found.objectcontactmomenten {
        screen::detail(object_type, object)?;
    }
    Ok(())
}

fn call() -> Value {
    json!({
        "bronorganisatie": "517439943",
        "kanaal": "telefoon",
        "initiatiefnemer": "klant",
        "tekst": "Vraagt wanneer haar parkeervergunning ingaat.",
        "medewerkerIdentificatie": {"identificatie": "m042", "voorletters": "S.", "achternaam": "Visser"},
    })
}

/// A line to try, for a shell that knows `$TOKEN`: what was said with this klant, the last first.
pub fn command(base: &str, klant: &str) -> String {
    format!(
        "curl {AUTHORIZATION} '{base}{CONTACTMOMENTEN}?klant={klant}&ordering=-registratiedatum&{EXPAND}'"
    )
}
