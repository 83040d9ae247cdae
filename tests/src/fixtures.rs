//! Sample data, all of it fictional. Numbers pass the elfproef and belong to nobody.

use serde_json::{Value, json};

/// An organisation that registers klanten.
pub const RSIN: &str = "517439943";
/// Another one.
pub const OTHER_RSIN: &str = "423182687";
/// A burgerservicenummer.
pub const BSN: &str = "111222333";
/// Another one.
pub const OTHER_BSN: &str = "123456782";
/// The list of klanten.
pub const KLANTEN: &str = "/klanten/api/v1/klanten";
/// The list of contactmomenten.
pub const CONTACTMOMENTEN: &str = "/contactmomenten/api/v1/contactmomenten";
/// The list of relations between klanten and contactmomenten.
pub const KLANTCONTACTMOMENTEN: &str = "/contactmomenten/api/v1/klantcontactmomenten";
/// The list of relations between objects and contactmomenten.
pub const OBJECTCONTACTMOMENTEN: &str = "/contactmomenten/api/v1/objectcontactmomenten";
/// An employee.
pub const MEDEWERKER: &str = "https://medewerkers.waterdam.example/mw/42";
/// A uuid that no object has.
pub const NOBODY: &str = "00000000-0000-4000-8000-000000000000";

/// The least that makes a klant: a natuurlijk persoon with a BSN.
pub fn klant(klantnummer: &str) -> Value {
    json!({
        "bronorganisatie": RSIN,
        "klantnummer": klantnummer,
        "subjectType": "natuurlijk_persoon",
        "subjectIdentificatie": {"inpBsn": BSN},
    })
}

/// A klant with some keys changed or added at the top level.
pub fn klant_with(klantnummer: &str, changes: &Value) -> Value {
    let mut body = klant(klantnummer);
    merge(&mut body, changes);
    body
}

/// A klant of another type, with this identification.
pub fn klant_of_type(klantnummer: &str, subject_type: &str, identificatie: &Value) -> Value {
    klant_with(
        klantnummer,
        &json!({"subjectType": subject_type, "subjectIdentificatie": identificatie}),
    )
}

/// A natuurlijk persoon with every field that can be written except `subject`.
pub fn natuurlijk_persoon(klantnummer: &str) -> Value {
    let mut body = every_plain_field(klantnummer);
    body["subjectType"] = json!("natuurlijk_persoon");
    body["subjectIdentificatie"] = json!({
        "inpBsn": BSN,
        "anpIdentificatie": "12345678901234567",
        "inpANummer": "1234567890",
        "geslachtsnaam": "Waterland",
        "voorvoegselGeslachtsnaam": "van",
        "voorletters": "F.J.",
        "voornamen": "Fenna Jikke",
        "geslachtsaanduiding": "v",
        "geboortedatum": "1984-02-29",
        "verblijfsadres": verblijfsadres(),
        "subVerblijfBuitenland": buitenland(),
    });
    body
}

/// A niet-natuurlijk persoon with every field that can be written except `subject`.
pub fn niet_natuurlijk_persoon(klantnummer: &str) -> Value {
    let mut body = every_plain_field(klantnummer);
    body["subjectType"] = json!("niet_natuurlijk_persoon");
    body["subjectIdentificatie"] = json!({
        "innNnpId": OTHER_RSIN,
        "annIdentificatie": "76543210987654321",
        "statutaireNaam": "Voorbeeldbouw B.V.",
        "innRechtsvorm": "besloten_vennootschap",
        "bezoekadres": "Havenkade 3, Waterdam",
        "subVerblijfBuitenland": buitenland(),
    });
    body
}

/// A vestiging with every field that can be written except `subject`.
pub fn vestiging(klantnummer: &str) -> Value {
    let mut body = every_plain_field(klantnummer);
    body["subjectType"] = json!("vestiging");
    body["subjectIdentificatie"] = json!({
        "vestigingsNummer": "000012345678",
        "handelsnaam": ["Voorbeeldbakker", ""],
        "verblijfsadres": verblijfsadres(),
        "subVerblijfBuitenland": buitenland(),
    });
    body
}

fn every_plain_field(klantnummer: &str) -> Value {
    json!({
        "bronorganisatie": RSIN,
        "klantnummer": klantnummer,
        "bedrijfsnaam": "Voorbeeldbakker",
        "functie": "meewerkend voorvrouw",
        "websiteUrl": "https://www.waterdam.example/bakker",
        "voornaam": "Fenna",
        "voorvoegselAchternaam": "van",
        "achternaam": "Waterland",
        "telefoonnummer": "0612345678",
        "emailadres": "fenna@voorbeeld.example",
        "adres": {
            "straatnaam": "Molenpad",
            "huisnummer": 12,
            "huisletter": "a",
            "huisnummertoevoeging": "bis",
            "postcode": "1234AB",
            "woonplaatsnaam": "Waterdam",
            "landcode": "6030",
        },
        "aanmaakkanaal": "balie",
        "geverifieerd": true,
    })
}

/// A verblijfsadres with every field.
pub fn verblijfsadres() -> Value {
    json!({
        "aoaIdentificatie": "0999010000012345",
        "wplWoonplaatsNaam": "Waterdam",
        "gorOpenbareRuimteNaam": "Molenpad",
        "aoaPostcode": "1234AB",
        "aoaHuisnummer": 12,
        "aoaHuisletter": "a",
        "aoaHuisnummertoevoeging": "bis",
        "inpLocatiebeschrijving": "achter de molen",
    })
}

/// A residence abroad with every field.
pub fn buitenland() -> Value {
    json!({
        "lndLandcode": "5010",
        "lndLandnaam": "België",
        "subAdresBuitenland1": "Kaai 1",
        "subAdresBuitenland2": "2000 Voorbeeldstad",
        "subAdresBuitenland3": "bus 4",
    })
}

/// The least that makes a contactmoment: an organisation and an employee.
pub fn contactmoment() -> Value {
    json!({"bronorganisatie": RSIN, "medewerker": MEDEWERKER})
}

/// A contactmoment with some keys changed or added at the top level.
pub fn contactmoment_with(changes: &Value) -> Value {
    let mut body = contactmoment();
    merge(&mut body, changes);
    body
}

/// A contactmoment with every field that can be written except `vorigContactmoment`.
pub fn whole_contactmoment() -> Value {
    json!({
        "bronorganisatie": RSIN,
        "registratiedatum": "2025-12-31T22:15:00.250000Z",
        "kanaal": "telefoon",
        "voorkeurskanaal": "e-mail",
        "voorkeurstaal": "nld",
        "tekst": "Vraag over de afvalpas.\nTeruggebeld om half drie.",
        "onderwerpLinks": ["https://www.waterdam.example/afvalpas", "https://www.waterdam.example/kosten?jaar=2026"],
        "initiatiefnemer": "klant",
        "medewerker": MEDEWERKER,
        "medewerkerIdentificatie": {
            "identificatie": "mw042",
            "achternaam": "Vries",
            "voorletters": "F.",
            "voorvoegselAchternaam": "de",
        },
    })
}

/// That a klant took part in a contactmoment.
pub fn klantcontactmoment(contactmoment: &str, klant: &str) -> Value {
    json!({"contactmoment": contactmoment, "klant": klant, "rol": "belanghebbende"})
}

/// That a contactmoment is about a zaak.
pub fn objectcontactmoment(contactmoment: &str, object: &str) -> Value {
    json!({"contactmoment": contactmoment, "object": object, "objectType": "zaak"})
}

/// Sets the keys of `changes` in `body`.
pub fn merge(body: &mut Value, changes: &Value) {
    if let (Some(body), Some(changes)) = (body.as_object_mut(), changes.as_object()) {
        for (key, value) in changes {
            body.insert(key.clone(), value.clone());
        }
    }
}
