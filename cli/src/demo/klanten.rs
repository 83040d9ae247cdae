//! The klanten of the demo: all of them made up, with numbers that pass the eleven-test but belong to nobody.

use anyhow::bail;
use serde_json::{Value, json};

use super::calls::{AUTHORIZATION, Calls};
use super::screen::Screen;

const KLANTEN: &str = "/klanten/api/v1/klanten";
const BRONORGANISATIE: &str = "517439943";

/// Adds the klanten, changes the first and removes the last; gives the URL of the first and the number of changes.
pub async fn go_through(screen: &Screen, calls: &Calls) -> anyhow::Result<(String, usize)> {
    // A kept database has the klanten of the last time, and a klantnummer is given out once.
    let first_number = rand::random_range(100_000..900_000_u32);
    let mut urls = Vec::new();
    for (nth, (what, klant)) in (0..).zip(klanten()) {
        let answered = calls.post(KLANTEN, &numbered(klant, first_number + nth)).await?;
        screen.call("POST", answered.status, what, &answered.url)?;
        urls.push(answered.url);
    }
    let [first, .., last] = &urls[..] else {
        bail!("the demo needs two klanten");
    };
    let answered = calls
        .patch(first, &json!({"telefoonnummer": "0201234567"}))
        .await?;
    screen.call("PATCH", answered.status, "Fenna de Boer has a telephone", first)?;
    let answered = calls.delete(last).await?;
    screen.call("DELETE", answered.status, "Bakkerij De Proef is removed", last)?;
    Ok((first.clone(), urls.len() + 2))
}

fn numbered(mut klant: Value, klantnummer: u32) -> Value {
    klant["bronorganisatie"] = json!(BRONORGANISATIE);
    klant["klantnummer"] = json!(klantnummer.to_string());
    klant
}

fn klanten() -> [(&'static str, Value); 4] {
    [
        (
            "Fenna de Boer, a person",
            json!({
                "voornaam": "Fenna", "voorvoegselAchternaam": "de", "achternaam": "Boer",
                "emailadres": "fenna@example.nl",
                "subjectType": "natuurlijk_persoon",
                "subjectIdentificatie": {
                    "inpBsn": "111222333", "voornamen": "Fenna", "voorvoegselGeslachtsnaam": "de",
                    "geslachtsnaam": "Boer", "geboortedatum": "1987-03-09"
                },
            }),
        ),
        (
            "Youssef Demir, a person",
            json!({
                "voornaam": "Youssef", "achternaam": "Demir", "aanmaakkanaal": "balie",
                "adres": {
                    "straatnaam": "Voorbeeldstraat", "huisnummer": 12, "postcode": "1000AA",
                    "woonplaatsnaam": "Voorbeeldstad"
                },
                "subjectType": "natuurlijk_persoon",
                "subjectIdentificatie": {
                    "inpBsn": "123456782", "voornamen": "Youssef", "geslachtsnaam": "Demir"
                },
            }),
        ),
        (
            "Stichting Voorbeeld, an organisation",
            json!({
                "bedrijfsnaam": "Stichting Voorbeeld", "websiteUrl": "https://stichting.example.nl",
                "subjectType": "niet_natuurlijk_persoon",
                "subjectIdentificatie": {
                    "innNnpId": "423182687", "statutaireNaam": "Stichting Voorbeeld",
                    "innRechtsvorm": "stichting"
                },
            }),
        ),
        (
            "Bakkerij De Proef, a branch",
            json!({
                "bedrijfsnaam": "Bakkerij De Proef",
                "subjectType": "vestiging",
                "subjectIdentificatie": {
                    "vestigingsNummer": "000012345678", "handelsnaam": ["Bakkerij De Proef"]
                },
            }),
        ),
    ]
}

/// Three lines to try, for a shell that knows `$TOKEN`.
pub fn commands(base: &str, one: &str) -> [String; 3] {
    let klanten = format!("{base}{KLANTEN}");
    [
        format!("curl {AUTHORIZATION} '{klanten}?subjectNatuurlijkPersoon__inpBsn=111222333'"),
        format!(
            "curl {AUTHORIZATION} -X PATCH -H 'Content-Type: application/json' -d '{{\"functie\": \"bakker\"}}' {one}"
        ),
        format!("curl {AUTHORIZATION} {one}/audittrail"),
    ]
}
