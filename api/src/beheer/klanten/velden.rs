//! The fields of a klant as a form has them: in which order, how each is typed, and what it is in the body of the API. What
//! is stored and what was typed are compared here in one shape, so that only what somebody changed is changed.

use openklant_shared::domain::klant::{GESLACHTSAANDUIDINGEN, RECHTSVORMEN, SubjectType};
use serde_json::{Value, json};

use super::super::body::{get, put};
use super::super::form::{Fields, Form};
use crate::zgw::body::JsonObject;

/// How a field is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A line; the type of the input.
    Line(&'static str),
    /// A whole number.
    Number,
    /// More lines.
    Area,
    /// A list, an item on each line.
    List,
    /// A box to tick.
    Check,
    /// One of these, or nothing.
    Choice(&'static [&'static str]),
    /// A number that identifies a person: it never goes to the browser. Nothing typed leaves it as it is.
    Sealed,
}

/// A field.
#[derive(Clone, Copy, Debug)]
pub struct Veld {
    /// Its name in the API, with dots.
    pub name: &'static str,
    /// How it is typed.
    pub kind: Kind,
    /// `w-xs`, `w-s`, `w-m` or empty.
    pub width: &'static str,
    /// Whether digits are typed.
    pub digits: bool,
    /// What helps, Dutch and English.
    pub hint: (&'static str, &'static str),
    /// Whether it must be there.
    pub required: bool,
}

/// Fields that belong together, by rows.
#[derive(Debug)]
pub struct Blok {
    /// Dutch and English.
    pub heading: (&'static str, &'static str),
    /// Its fields; those of a row stand beside each other.
    pub rows: &'static [&'static [Veld]],
    /// Whether it is open only when there is something in it.
    pub folded: bool,
}

const fn veld(name: &'static str, kind: Kind, width: &'static str) -> Veld {
    Veld {
        name,
        kind,
        width,
        digits: matches!(kind, Kind::Number | Kind::Sealed),
        hint: ("", ""),
        required: false,
    }
}

const fn line(name: &'static str, width: &'static str) -> Veld {
    veld(name, Kind::Line("text"), width)
}

impl Veld {
    const fn hint(mut self, nl: &'static str, en: &'static str) -> Self {
        self.hint = (nl, en);
        self
    }

    const fn digits(mut self) -> Self {
        self.digits = true;
        self
    }

    const fn required(mut self) -> Self {
        self.required = true;
        self
    }
}

const NOT_EMPTY: (&str, &str) = (
    "Hoort bij dit adres; als het er eenmaal staat, kan het niet meer leeg",
    "Belongs to this address; once it is there it cannot be emptied",
);

static KLANT: Blok = Blok {
    heading: ("Klant", "Klant"),
    rows: &[
        &[line("bronorganisatie", "w-s")
            .digits()
            .required()
            .hint("RSIN van negen cijfers", "RSIN of nine digits")],
        &[line("klantnummer", "w-s").required().hint(
            "1 tot 8 tekens, uniek binnen de bronorganisatie",
            "1 to 8 characters, unique within the bronorganisatie",
        )],
        &[veld("geverifieerd", Kind::Check, "")
            .hint("De identiteit is gecontroleerd", "The identity was verified")],
    ],
    folded: false,
};

static NAAM: Blok = Blok {
    heading: ("Naam", "Name"),
    rows: &[
        &[
            line("voornaam", "w-m"),
            line("voorvoegselAchternaam", "w-xs"),
            line("achternaam", "w-m"),
        ],
        &[line("bedrijfsnaam", "w-m"), line("functie", "w-m")],
    ],
    folded: false,
};

static BEREIKBAAR: Blok = Blok {
    heading: ("Bereikbaar", "Reachable"),
    rows: &[
        &[veld("telefoonnummer", Kind::Line("tel"), "w-s")],
        &[veld("emailadres", Kind::Line("email"), "w-m")],
        &[veld("websiteUrl", Kind::Line("url"), "w-m")],
        &[
            line("adres.straatnaam", "w-m").hint(
                "De velden van het adres kunnen leeg; het adres zelf kan niet meer weg",
                "The fields of the address can be emptied; the address itself cannot be removed",
            ),
            veld("adres.huisnummer", Kind::Number, "w-xs"),
            line("adres.huisletter", "w-xs"),
            line("adres.huisnummertoevoeging", "w-xs"),
        ],
        &[
            line("adres.postcode", "w-s"),
            line("adres.woonplaatsnaam", "w-m"),
            line("adres.landcode", "w-xs").hint("Vier cijfers uit de BRP", "Four digits of the BRP"),
        ],
    ],
    folded: false,
};

static NATUURLIJK_PERSOON: Blok = Blok {
    heading: ("Natuurlijk persoon", "Natural person"),
    rows: &[
        &[veld("subjectIdentificatie.inpBsn", Kind::Sealed, "w-s").hint("Negen cijfers", "Nine digits")],
        &[veld("subjectIdentificatie.inpANummer", Kind::Sealed, "w-s").hint("Tien cijfers", "Ten digits")],
        &[line("subjectIdentificatie.anpIdentificatie", "w-m")],
        &[
            line("subjectIdentificatie.voornamen", "w-m"),
            line("subjectIdentificatie.voorletters", "w-s"),
        ],
        &[
            line("subjectIdentificatie.voorvoegselGeslachtsnaam", "w-xs"),
            line("subjectIdentificatie.geslachtsnaam", "w-m"),
        ],
        &[veld(
            "subjectIdentificatie.geslachtsaanduiding",
            Kind::Choice(&GESLACHTSAANDUIDINGEN),
            "w-s",
        )],
        &[line("subjectIdentificatie.geboortedatum", "w-s").hint(
            "Jaar-maand-dag, bijvoorbeeld 1984-02-29",
            "Year-month-day, such as 1984-02-29",
        )],
    ],
    folded: false,
};

static NIET_NATUURLIJK_PERSOON: Blok = Blok {
    heading: ("Niet-natuurlijk persoon", "Legal person"),
    rows: &[
        &[line("subjectIdentificatie.innNnpId", "w-s")
            .digits()
            .hint("Negen cijfers", "Nine digits")],
        &[line("subjectIdentificatie.annIdentificatie", "w-m")],
        &[line("subjectIdentificatie.statutaireNaam", "")],
        &[veld(
            "subjectIdentificatie.innRechtsvorm",
            Kind::Choice(&RECHTSVORMEN),
            "",
        )],
        &[veld("subjectIdentificatie.bezoekadres", Kind::Area, "")],
    ],
    folded: false,
};

static VESTIGING: Blok = Blok {
    heading: ("Vestiging", "Branch"),
    rows: &[
        &[line("subjectIdentificatie.vestigingsNummer", "w-m")
            .digits()
            .hint("Twaalf cijfers", "Twelve digits")],
        &[veld("subjectIdentificatie.handelsnaam", Kind::List, "")
            .hint("Elke naam op een eigen regel", "Each name on a line of its own")],
    ],
    folded: false,
};

static VERBLIJFSADRES: Blok = Blok {
    heading: ("Verblijfsadres", "Address of residence"),
    rows: &[
        &[
            line("subjectIdentificatie.verblijfsadres.aoaIdentificatie", "w-m")
                .hint(NOT_EMPTY.0, NOT_EMPTY.1),
        ],
        &[
            line("subjectIdentificatie.verblijfsadres.gorOpenbareRuimteNaam", "w-m")
                .hint(NOT_EMPTY.0, NOT_EMPTY.1),
            veld(
                "subjectIdentificatie.verblijfsadres.aoaHuisnummer",
                Kind::Number,
                "w-xs",
            ),
            line("subjectIdentificatie.verblijfsadres.aoaHuisletter", "w-xs"),
            line(
                "subjectIdentificatie.verblijfsadres.aoaHuisnummertoevoeging",
                "w-xs",
            ),
        ],
        &[
            line("subjectIdentificatie.verblijfsadres.aoaPostcode", "w-s"),
            line("subjectIdentificatie.verblijfsadres.wplWoonplaatsNaam", "w-m"),
        ],
        &[veld(
            "subjectIdentificatie.verblijfsadres.inpLocatiebeschrijving",
            Kind::Area,
            "",
        )],
    ],
    folded: true,
};

static BUITENLAND: Blok = Blok {
    heading: ("Adres in het buitenland", "Address abroad"),
    rows: &[
        &[
            line("subjectIdentificatie.subVerblijfBuitenland.lndLandcode", "w-xs")
                .hint(NOT_EMPTY.0, NOT_EMPTY.1),
            line("subjectIdentificatie.subVerblijfBuitenland.lndLandnaam", "w-m")
                .hint(NOT_EMPTY.0, NOT_EMPTY.1),
        ],
        &[line(
            "subjectIdentificatie.subVerblijfBuitenland.subAdresBuitenland1",
            "w-m",
        )],
        &[line(
            "subjectIdentificatie.subVerblijfBuitenland.subAdresBuitenland2",
            "w-m",
        )],
        &[line(
            "subjectIdentificatie.subVerblijfBuitenland.subAdresBuitenland3",
            "w-m",
        )],
    ],
    folded: true,
};

static HERKOMST: Blok = Blok {
    heading: ("Herkomst", "Origin"),
    rows: &[
        &[veld("subject", Kind::Line("url"), "").hint(
            "Webadres van deze klant in een ander register",
            "Web address of this klant in another register",
        )],
        &[line("aanmaakkanaal", "w-m")],
    ],
    folded: false,
};

/// The keys that the API demands whenever something of these addresses is given.
const DEMANDED: [(&str, [&str; 2]); 2] = [
    (
        "subjectIdentificatie.verblijfsadres.",
        [
            "subjectIdentificatie.verblijfsadres.aoaIdentificatie",
            "subjectIdentificatie.verblijfsadres.gorOpenbareRuimteNaam",
        ],
    ),
    (
        "subjectIdentificatie.subVerblijfBuitenland.",
        [
            "subjectIdentificatie.subVerblijfBuitenland.lndLandcode",
            "subjectIdentificatie.subVerblijfBuitenland.lndLandnaam",
        ],
    ),
];

/// The form of a klant of this kind.
pub fn blokken(kind: Option<SubjectType>) -> Vec<&'static Blok> {
    let mut blokken = vec![&KLANT, &NAAM, &BEREIKBAAR];
    match kind {
        Some(SubjectType::NatuurlijkPersoon) => {
            blokken.extend([&NATUURLIJK_PERSOON, &VERBLIJFSADRES, &BUITENLAND]);
        }
        Some(SubjectType::NietNatuurlijkPersoon) => blokken.extend([&NIET_NATUURLIJK_PERSOON, &BUITENLAND]),
        Some(SubjectType::Vestiging) => blokken.extend([&VESTIGING, &VERBLIJFSADRES, &BUITENLAND]),
        None => {}
    }
    blokken.push(&HERKOMST);
    blokken
}

/// Its fields.
pub fn velden(kind: Option<SubjectType>) -> impl Iterator<Item = &'static Veld> {
    blokken(kind)
        .into_iter()
        .flat_map(|blok| blok.rows.iter().copied().flatten())
}

/// Whether a form of any kind has a field of this name.
pub fn is_veld(name: &str) -> bool {
    SubjectType::ALL
        .into_iter()
        .any(|kind| velden(Some(kind)).any(|veld| veld.name == name))
}

impl Veld {
    /// What stands in a body, as a form has it; also of a sealed field.
    pub fn stored(&self, body: &JsonObject) -> String {
        let text = match get(body, self.name) {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Number(number)) => number.to_string(),
            Some(Value::Bool(true)) => "true".to_owned(),
            Some(Value::Array(items)) => {
                let items: Vec<&str> = items.iter().filter_map(Value::as_str).collect();
                items.join("\n")
            }
            _ => String::new(),
        };
        self.in_one_shape(&text)
    }

    /// What was typed; `None` when that leaves it as it is.
    pub fn typed(&self, form: &Form) -> Option<String> {
        match self.kind {
            // A box that is not ticked is not sent.
            Kind::Check => Some(if ["true", "on"].iter().any(|yes| form.has(self.name, yes)) {
                "true".to_owned()
            } else {
                String::new()
            }),
            Kind::Sealed => Some(self.in_one_shape(form.value(self.name))).filter(|text| !text.is_empty()),
            _ => form.values(self.name).next().map(|text| self.in_one_shape(text)),
        }
    }

    /// As a browser and the API would both have it: without white space around, an input without line breaks.
    fn in_one_shape(&self, text: &str) -> String {
        match self.kind {
            Kind::List => {
                let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
                lines.collect::<Vec<_>>().join("\n")
            }
            Kind::Area => text.trim().replace('\r', ""),
            Kind::Number => {
                let text = text.trim();
                text.parse::<u32>()
                    .map_or_else(|_| text.to_owned(), |number| number.to_string())
            }
            _ => text.trim().replace(['\r', '\n'], ""),
        }
    }

    fn json(&self, text: &str) -> Value {
        match self.kind {
            Kind::Number if text.is_empty() => Value::Null,
            Kind::List => json!(text.lines().collect::<Vec<_>>()),
            Kind::Check => Value::Bool(text == "true"),
            _ => json!(text),
        }
    }
}

/// What a form shows of what is stored. Nothing of a sealed field.
pub fn filled(body: &JsonObject, kind: Option<SubjectType>) -> Fields {
    velden(kind)
        .filter(|veld| veld.kind != Kind::Sealed)
        .map(|veld| (veld.name.to_owned(), veld.stored(body)))
        .filter(|(_, text)| !text.is_empty())
        .collect()
}

/// The fields that a form has otherwise than a body, with what was typed.
pub fn changes(form: &Form, body: &JsonObject, kind: Option<SubjectType>) -> Vec<(&'static Veld, String)> {
    velden(kind)
        .filter_map(|veld| Some((veld, veld.typed(form)?)))
        .filter(|(veld, typed)| *typed != veld.stored(body))
        .collect()
}

/// The body of a change: these fields, and of an address also what the API demands with it.
pub fn body_of(changes: &[(&'static Veld, String)], stored: &JsonObject) -> JsonObject {
    let mut body = JsonObject::new();
    for (veld, typed) in changes {
        put(&mut body, veld.name, veld.json(typed));
    }
    for (address, demanded) in DEMANDED {
        if changes.iter().any(|(veld, _)| veld.name.starts_with(address)) {
            for name in demanded {
                if get(&body, name).is_none() {
                    let stored = get(stored, name).cloned().unwrap_or_else(|| json!(""));
                    put(&mut body, name, stored);
                }
            }
        }
    }
    body
}

#[cfg(test)]
mod tests {
    use openklant_shared::domain::klant::Klant;

    use super::*;

    fn object(value: &Value) -> JsonObject {
        value.as_object().cloned().unwrap()
    }

    const KIND: Option<SubjectType> = Some(SubjectType::Vestiging);

    #[test]
    fn a_form_that_is_sent_as_it_was_shown_changes_nothing() {
        let stored = object(&json!({
            "klantnummer": "K1", "geverifieerd": true, "achternaam": "met\nregel", "adres": {"huisnummer": 12, "postcode": null},
            "onbekend": "x",
            "subjectIdentificatie": {"handelsnaam": ["b", "", " a "], "vestigingsNummer": " 1 "},
        }));
        let shown = Form::with(filled(&stored, KIND));
        assert!(changes(&shown, &stored, KIND).is_empty());
        let as_sent = Form::with(vec![
            ("geverifieerd".to_owned(), "on".to_owned()),
            ("adres.huisnummer".to_owned(), "012".to_owned()),
            (
                "subjectIdentificatie.handelsnaam".to_owned(),
                "b\r\na\r\n".to_owned(),
            ),
        ]);
        assert!(changes(&as_sent, &stored, KIND).is_empty());
    }

    #[test]
    fn only_what_was_typed_otherwise_is_in_the_body() {
        let stored = object(&json!({
            "voornaam": "Fenna", "adres": {"huisnummer": 12},
            "subjectIdentificatie": {"handelsnaam": ["a"], "verblijfsadres": {"aoaIdentificatie": "7", "gorOpenbareRuimteNaam": "Kade"}},
        }));
        let typed = [
            ("voornaam", ""),
            ("adres.huisnummer", ""),
            ("subjectIdentificatie.handelsnaam", "a\r\nb"),
            ("subjectIdentificatie.verblijfsadres.aoaPostcode", "1234AB"),
        ];
        let form = Form::with(
            typed
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .into(),
        );
        let body = body_of(&changes(&form, &stored, KIND), &stored);
        assert_eq!(
            Value::Object(body),
            json!({
                "voornaam": "", "adres": {"huisnummer": null},
                "subjectIdentificatie": {"handelsnaam": ["a", "b"], "verblijfsadres":
                    {"aoaPostcode": "1234AB", "aoaIdentificatie": "7", "gorOpenbareRuimteNaam": "Kade"}},
            })
        );
    }

    #[test]
    fn a_sealed_number_is_not_shown_and_stays_when_nothing_is_typed() {
        let kind = Some(SubjectType::NatuurlijkPersoon);
        let stored =
            object(&json!({"subjectIdentificatie": {"inpBsn": "111222333", "inpANummer": "1234567890"}}));
        assert!(filled(&stored, kind).is_empty());
        let mut fields = vec![("subjectIdentificatie.inpBsn".to_owned(), " ".to_owned())];
        assert!(changes(&Form::with(fields.clone()), &stored, kind).is_empty());
        fields[0].1 = "123456782".to_owned();
        assert_eq!(changes(&Form::with(fields), &stored, kind).len(), 1);
    }

    #[test]
    fn the_forms_have_every_field_that_can_be_changed() {
        let base = crate::zgw::links::Base::none();
        for kind in SubjectType::ALL {
            let mut klant = Klant::default();
            klant.subject_type = openklant_shared::domain::klant::SubjectTypeField::Of(kind);
            let names: Vec<&str> = velden(Some(kind)).map(|veld| veld.name).collect();
            let shown = serde_json::to_value(crate::klanten::view::KlantView::new(&klant, &base)).unwrap();
            for (name, value) in shown.as_object().unwrap() {
                let is_shown_only =
                    ["url", "subjectType", "subjectIdentificatie", "adres"].contains(&name.as_str());
                assert!(
                    value.is_object() || is_shown_only || names.contains(&name.as_str()),
                    "{name}"
                );
            }
            let mut once = names.clone();
            once.sort_unstable();
            once.dedup();
            assert_eq!(once.len(), names.len());
        }
    }
}
