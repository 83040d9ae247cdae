//! The file: which columns there are, and a klant as a row of it.

use chrono::{DateTime, Utc};
use openklant_shared::domain::klant::{Adres, Klant};
use openklant_shared::spreadsheet::harmless;
use openklant_shared::storage::klant_browse::Browsed;

use super::super::naam::{naam, nummer, soort, woonplaats};
use super::super::tonen::Nummer;
use crate::beheer::language::{Language, Text};
use crate::beheer::moment;
use crate::beheer::problem::Problem;

/// A spreadsheet that finds this first reads UTF-8.
const MARK: &str = "\u{feff}";

/// A column: its name in forms and in words.
pub type Column = (&'static str, Text);

/// The columns there are, in the order of the file.
pub const COLUMNS: [Column; 16] = [
    ("naam", Text::new("Naam", "Name")),
    ("soort", Text::new("Soort", "Kind")),
    ("klantnummer", Text::new("Klantnummer", "Klantnummer")),
    ("bronorganisatie", Text::new("Bronorganisatie", "Bronorganisatie")),
    (
        "nummer",
        Text::new(
            "RSIN, vestiging of BSN (afgeschermd)",
            "RSIN, branch or BSN (masked)",
        ),
    ),
    ("straat", Text::new("Straat", "Street")),
    ("huisnummer", Text::new("Huisnummer", "House number")),
    ("postcode", Text::new("Postcode", "Postcode")),
    ("woonplaats", Text::new("Woonplaats", "Town")),
    ("telefoon", Text::new("Telefoon", "Telephone")),
    ("email", Text::new("E-mail", "E-mail")),
    ("geverifieerd", Text::new("Geverifieerd", "Verified")),
    ("aanmaakkanaal", Text::new("Aanmaakkanaal", "Aanmaakkanaal")),
    ("aangemaakt", Text::new("Aangemaakt", "Made")),
    ("gewijzigd", Text::new("Gewijzigd", "Changed")),
    ("url", Text::new("Uuid", "Uuid")),
];

/// The column that is there only when it was asked for by itself.
const BSN: &str = "BSN";

/// How a file looks.
#[derive(Clone, Debug)]
pub struct Sheet {
    /// Names of the columns.
    pub columns: Vec<&'static str>,
    /// Whether BSNs are in it.
    pub with_bsn: bool,
    /// The language of its words.
    pub language: Language,
}

impl Sheet {
    /// The beginning of the file: the mark and the names of the columns.
    ///
    /// # Errors
    /// The writer failed, which it does not in memory.
    pub fn head(&self) -> Result<String, Problem> {
        let mut cells: Vec<String> = COLUMNS
            .iter()
            .filter(|(name, _)| self.columns.contains(name))
            .map(|(_, text)| text.in_language(self.language).to_owned())
            .collect();
        if self.with_bsn {
            cells.push(BSN.to_owned());
        }
        Ok(format!("{MARK}{}", written([cells].into_iter())?))
    }

    /// Rows of the file.
    ///
    /// # Errors
    /// The writer failed, which it does not in memory.
    pub fn rows<'a>(&self, klanten: impl Iterator<Item = &'a Browsed>) -> Result<String, Problem> {
        written(klanten.map(|found| self.cells(found)))
    }

    fn cells(&self, found: &Browsed) -> Vec<String> {
        let mut cells: Vec<String> = self
            .columns
            .iter()
            .map(|column| self.cell(column, found))
            .collect();
        if self.with_bsn {
            cells.push(Nummer::Bsn.of(&found.klant).unwrap_or_default().to_owned());
        }
        cells
    }

    fn cell(&self, column: &str, found: &Browsed) -> String {
        let klant = &found.klant;
        match column {
            "naam" => naam(klant),
            "soort" => soort(klant.subject_type.kind())
                .in_language(self.language)
                .to_owned(),
            "klantnummer" => klant.klantnummer.clone(),
            "bronorganisatie" => klant.bronorganisatie.clone(),
            "nummer" => nummer(klant).value,
            "straat" => of_address(klant, |adres| adres.straatnaam.clone()),
            "huisnummer" => of_address(klant, house_number),
            "postcode" => of_address(klant, |adres| adres.postcode.clone()),
            "woonplaats" => woonplaats(klant),
            "telefoon" => klant.telefoonnummer.clone(),
            "email" => klant.emailadres.clone(),
            "geverifieerd" => {
                let words = if klant.geverifieerd {
                    ("ja", "yes")
                } else {
                    ("nee", "no")
                };
                self.language.pick(words.0, words.1).to_owned()
            }
            "aanmaakkanaal" => klant.aanmaakkanaal.clone(),
            "aangemaakt" => time(found.created_at),
            "gewijzigd" => time(found.changed_at),
            _ => klant.uuid.to_string(),
        }
    }
}

fn of_address(klant: &Klant, part: impl Fn(&Adres) -> String) -> String {
    klant.adres.as_ref().map(part).unwrap_or_default()
}

fn house_number(adres: &Adres) -> String {
    let number = adres
        .huisnummer
        .map(|number| number.to_string())
        .unwrap_or_default();
    format!("{number}{}{}", adres.huisletter, adres.huisnummertoevoeging)
}

/// As a spreadsheet reads it, on the clocks of Amsterdam.
fn time(at: DateTime<Utc>) -> String {
    moment::local(at).format("%Y-%m-%d %H:%M:%S").to_string()
}

fn written(rows: impl Iterator<Item = Vec<String>>) -> Result<String, Problem> {
    let broken =
        |error: &dyn std::fmt::Display| Problem::Internal(format!("a row cannot be written: {error}"));
    let mut writer = csv::WriterBuilder::new()
        .delimiter(b';')
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    for row in rows {
        writer
            .write_record(row.iter().map(|cell| harmless(cell).into_owned()))
            .map_err(|error| broken(&error))?;
    }
    let bytes = writer.into_inner().map_err(|error| broken(&error))?;
    String::from_utf8(bytes).map_err(|error| broken(&error))
}

#[cfg(test)]
mod tests {
    use openklant_shared::domain::klant::{Identificatie, NatuurlijkPersoon};

    use super::*;

    fn sheet(with_bsn: bool) -> Sheet {
        Sheet {
            columns: vec!["naam", "nummer", "telefoon", "aangemaakt"],
            with_bsn,
            language: Language::Nl,
        }
    }

    #[test]
    fn a_cell_is_no_formula_and_a_bsn_is_masked_unless_it_was_asked_for() {
        let found = Browsed {
            id: 1,
            created_at: "2026-01-05T08:30:00Z".parse().expect("a moment"),
            changed_at: DateTime::UNIX_EPOCH,
            klant: Klant {
                voornaam: "=HYPERLINK(\"x\";\"y\")".to_owned(),
                telefoonnummer: "+31600000001".to_owned(),
                identificatie: Some(Identificatie::NatuurlijkPersoon(NatuurlijkPersoon {
                    inp_bsn: "111222333".to_owned(),
                    ..NatuurlijkPersoon::default()
                })),
                ..Klant::default()
            },
        };
        let masked = sheet(false).rows([&found].into_iter()).expect("a row");
        assert_eq!(
            masked,
            "\"'=HYPERLINK(\"\"x\"\";\"\"y\"\")\";•••••••33;'+31600000001;2026-01-05 09:30:00\r\n"
        );
        let whole = sheet(true).rows([&found].into_iter()).expect("a row");
        assert!(whole.ends_with(";111222333\r\n"), "{whole}");
        let head = sheet(true).head().expect("a head");
        assert!(
            head.starts_with("\u{feff}Naam;") && head.ends_with(";BSN\r\n"),
            "{head}"
        );
    }
}
