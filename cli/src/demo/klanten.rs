//! The klanten of the demo: all of them made up, with numbers that pass the eleven-test but belong to nobody.

use serde_json::{Value, json};

use super::calls::Calls;
use super::screen::Screen;

const BRONORGANISATIE: &str = "517439943";

/// Adds the klanten, changes one and removes one; gives the URLs of those that stay and the number of changes.
pub async fn go_through(screen: &Screen, calls: &Calls) -> anyhow::Result<(Vec<String>, usize)> {
    // A kept database has the klanten of the last time, and a klantnummer is given out once.
    let first = rand::random_range(100_000..900_000_u32);
    let mut urls = Vec::new();
    let mut changes = 0;
    for (nth, (what, klant)) in (0..).zip(klanten()) {
        let answered = calls.post(&numbered(klant, first + nth)).await?;
        screen.call("POST", answered.status, what, &answered.url)?;
        urls.push(answered.url);
        changes += 1;
    }
    if let Some(url) = urls.first() {
        let answered = calls.patch(url, &json!({"telefoonnummer": "0201234567"})).await?;
        screen.call("PATCH", answered.status, "Fenna de Boer has a telephone", url)?;
        changes += 1;
    }
    if let Some(url) = urls.pop() {
        let answered = calls.delete(&url).await?;
        screen.call("DELETE", answered.status, "Bakkerij De Proef is removed", &url)?;
        changes += 1;
    }
    Ok((urls, changes))
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
pub fn commands(base: &str, urls: &[String]) -> [String; 3] {
    const AUTHORIZATION: &str = "-H \"Authorization: Bearer $TOKEN\"";
    let klanten = format!("{base}/klanten/api/v1/klanten");
    let one = urls.first().unwrap_or(&klanten);
    [
        format!("curl {AUTHORIZATION} '{klanten}?subjectNatuurlijkPersoon__inpBsn=111222333'"),
        format!(
            "curl {AUTHORIZATION} -X PATCH -H 'Content-Type: application/json' -d '{{\"functie\": \"bakker\"}}' {one}"
        ),
        format!("curl {AUTHORIZATION} {one}/audittrail"),
    ]
}
