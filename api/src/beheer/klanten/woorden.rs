//! Fields as people read them.

use openklant_shared::domain::difference::Change;

use super::super::language::Text;

/// A field with its value, or with what is different.
#[derive(Debug)]
pub struct Field {
    /// Its name.
    pub label: Text,
    /// Its values, masked where people see them so.
    pub change: Change,
}

impl From<Change> for Field {
    fn from(change: Change) -> Self {
        Self {
            label: label(&change.field),
            change,
        }
    }
}

/// Field, Dutch, English.
const LABELS: &[(&str, &str, &str)] = &[
    ("vorigContactmoment", "Vervolg op", "Follows on"),
    (
        "registratiedatum",
        "Moment van het contact",
        "Moment of the contact",
    ),
    ("kanaal", "Kanaal", "Kanaal"),
    ("voorkeurskanaal", "Voorkeurskanaal", "Preferred kanaal"),
    ("voorkeurstaal", "Voorkeurstaal", "Preferred language"),
    ("tekst", "Tekst", "Text"),
    ("onderwerpLinks", "Onderwerpen", "Subjects"),
    ("initiatiefnemer", "Initiatief", "Initiative"),
    ("medewerker", "Medewerker (URL)", "Employee (URL)"),
    (
        "medewerkerIdentificatie.identificatie",
        "Identificatie van de medewerker",
        "Identification of the employee",
    ),
    (
        "medewerkerIdentificatie.achternaam",
        "Achternaam van de medewerker",
        "Surname of the employee",
    ),
    (
        "medewerkerIdentificatie.voorletters",
        "Voorletters van de medewerker",
        "Initials of the employee",
    ),
    (
        "medewerkerIdentificatie.voorvoegselAchternaam",
        "Voorvoegsel van de medewerker",
        "Prefix of the employee",
    ),
    ("bronorganisatie", "Bronorganisatie", "Bronorganisatie"),
    ("klantnummer", "Klantnummer", "Klantnummer"),
    ("bedrijfsnaam", "Bedrijfsnaam", "Company name"),
    ("functie", "Functie", "Position"),
    ("websiteUrl", "Website", "Website"),
    ("voornaam", "Voornaam", "First name"),
    ("voorvoegselAchternaam", "Voorvoegsel", "Prefix"),
    ("achternaam", "Achternaam", "Surname"),
    ("telefoonnummer", "Telefoonnummer", "Telephone number"),
    ("emailadres", "E-mailadres", "E-mail address"),
    ("adres.straatnaam", "Straat", "Street"),
    ("adres.huisnummer", "Huisnummer", "House number"),
    ("adres.huisletter", "Huisletter", "House letter"),
    ("adres.huisnummertoevoeging", "Toevoeging", "Addition"),
    ("adres.postcode", "Postcode", "Postcode"),
    ("adres.woonplaatsnaam", "Woonplaats", "Town"),
    ("adres.landcode", "Landcode", "Country code"),
    ("subject", "Subject", "Subject"),
    ("subjectType", "Soort", "Kind"),
    ("aanmaakkanaal", "Aanmaakkanaal", "Aanmaakkanaal"),
    ("geverifieerd", "Geverifieerd", "Verified"),
    ("subjectIdentificatie.inpBsn", "BSN", "BSN"),
    (
        "subjectIdentificatie.anpIdentificatie",
        "Identificatie ander persoon",
        "Identification of another person",
    ),
    ("subjectIdentificatie.inpANummer", "A-nummer", "A-nummer"),
    (
        "subjectIdentificatie.geslachtsnaam",
        "Geslachtsnaam",
        "Surname at birth",
    ),
    (
        "subjectIdentificatie.voorvoegselGeslachtsnaam",
        "Voorvoegsel geslachtsnaam",
        "Prefix of surname at birth",
    ),
    ("subjectIdentificatie.voorletters", "Voorletters", "Initials"),
    ("subjectIdentificatie.voornamen", "Voornamen", "First names"),
    ("subjectIdentificatie.geslachtsaanduiding", "Geslacht", "Sex"),
    (
        "subjectIdentificatie.geboortedatum",
        "Geboortedatum",
        "Date of birth",
    ),
    ("subjectIdentificatie.innNnpId", "RSIN", "RSIN"),
    (
        "subjectIdentificatie.annIdentificatie",
        "Identificatie andere organisatie",
        "Identification of another organisation",
    ),
    (
        "subjectIdentificatie.statutaireNaam",
        "Statutaire naam",
        "Statutory name",
    ),
    ("subjectIdentificatie.innRechtsvorm", "Rechtsvorm", "Legal form"),
    (
        "subjectIdentificatie.bezoekadres",
        "Bezoekadres",
        "Visiting address",
    ),
    (
        "subjectIdentificatie.vestigingsNummer",
        "Vestigingsnummer",
        "Number of the branch",
    ),
    ("subjectIdentificatie.handelsnaam", "Handelsnamen", "Trade names"),
    (
        "subjectIdentificatie.verblijfsadres.aoaIdentificatie",
        "Adresseerbaar object",
        "Addressable object",
    ),
    (
        "subjectIdentificatie.verblijfsadres.wplWoonplaatsNaam",
        "Woonplaats (verblijf)",
        "Town (residence)",
    ),
    (
        "subjectIdentificatie.verblijfsadres.gorOpenbareRuimteNaam",
        "Straat (verblijf)",
        "Street (residence)",
    ),
    (
        "subjectIdentificatie.verblijfsadres.aoaPostcode",
        "Postcode (verblijf)",
        "Postcode (residence)",
    ),
    (
        "subjectIdentificatie.verblijfsadres.aoaHuisnummer",
        "Huisnummer (verblijf)",
        "House number (residence)",
    ),
    (
        "subjectIdentificatie.verblijfsadres.aoaHuisletter",
        "Huisletter (verblijf)",
        "House letter (residence)",
    ),
    (
        "subjectIdentificatie.verblijfsadres.aoaHuisnummertoevoeging",
        "Toevoeging (verblijf)",
        "Addition (residence)",
    ),
    (
        "subjectIdentificatie.verblijfsadres.inpLocatiebeschrijving",
        "Locatie (verblijf)",
        "Location (residence)",
    ),
    (
        "subjectIdentificatie.subVerblijfBuitenland.lndLandcode",
        "Landcode (buitenland)",
        "Country code (abroad)",
    ),
    (
        "subjectIdentificatie.subVerblijfBuitenland.lndLandnaam",
        "Land (buitenland)",
        "Country (abroad)",
    ),
    (
        "subjectIdentificatie.subVerblijfBuitenland.subAdresBuitenland1",
        "Adresregel 1 (buitenland)",
        "Address line 1 (abroad)",
    ),
    (
        "subjectIdentificatie.subVerblijfBuitenland.subAdresBuitenland2",
        "Adresregel 2 (buitenland)",
        "Address line 2 (abroad)",
    ),
    (
        "subjectIdentificatie.subVerblijfBuitenland.subAdresBuitenland3",
        "Adresregel 3 (buitenland)",
        "Address line 3 (abroad)",
    ),
];

/// The name of a field; its name in the API when it has no other.
pub fn label(field: &str) -> Text {
    LABELS
        .iter()
        .find(|(name, _, _)| *name == field)
        .map_or_else(|| Text::same(field.to_owned()), |(_, nl, en)| Text::new(nl, en))
}
