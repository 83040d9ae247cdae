//! What a text that somebody typed into the search box could be.

use url::Url;
use uuid::Uuid;

use super::super::identifiers::{ANummer, Bsn};
use super::Soort;
use super::terms::Term;
use super::text::{plain, telephone};

/// Most characters that are searched with.
pub const MOST_CHARACTERS: usize = 1000;

/// Fewest letters of a name.
const FEWEST_LETTERS: usize = 2;

/// Most characters of a klantnummer.
const KLANTNUMMER: usize = 8;

/// Fewest digits of a telephone number.
const TELEPHONE: usize = 5;

/// What was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recognised {
    /// Nothing, or not enough to search with.
    TooShort,
    /// More than [`MOST_CHARACTERS`].
    TooLong,
    /// Nine digits that are neither a BSN nor an RSIN.
    NotANumber,
    /// The identity of something.
    Uuid(Uuid),
    /// An address.
    Url(String),
    /// What klanten are found by: values that must be the same, and a name that must begin so.
    Klanten {
        /// Whole values; any of them will do.
        exact: Vec<Term>,
        /// A name.
        naam: Option<Naam>,
    },
}

/// The beginning of a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Naam {
    /// All of what was typed, as the beginning of one name.
    pub whole: String,
    /// When there are two words or more: the beginning of a first name, and that of a surname.
    pub parts: Option<(String, String)>,
}

/// Says what `typed` could be. Several things may fit; all of them are searched for.
pub fn recognise(typed: &str) -> Recognised {
    if typed.chars().count() > MOST_CHARACTERS {
        return Recognised::TooLong;
    }
    let typed = typed.trim();
    if let Ok(uuid) = Uuid::try_parse(typed)
        && typed.contains('-')
    {
        return Recognised::Uuid(uuid);
    }
    if let Ok(url) = Url::parse(typed)
        && matches!(url.scheme(), "http" | "https")
    {
        return Recognised::Url(typed.to_owned());
    }
    if typed.contains('@') {
        return exactly(vec![term(Soort::Emailadres, typed.to_lowercase())]);
    }
    let compact: String = typed
        .chars()
        .filter(|letter| !letter.is_whitespace() && !matches!(letter, '.' | '-' | '(' | ')' | '/'))
        .collect();
    let digits = compact.strip_prefix('+').unwrap_or(&compact);
    if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return number(typed, &compact);
    }
    let plain = plain(typed);
    let has_digit = plain.bytes().any(|byte| byte.is_ascii_digit());
    let exact = if has_digit && plain.chars().count() <= KLANTNUMMER {
        vec![term(Soort::Klantnummer, plain.clone())]
    } else {
        Vec::new()
    };
    let letters = plain.chars().filter(|letter| letter.is_alphanumeric()).count();
    let naam = (letters >= FEWEST_LETTERS).then(|| name(plain));
    if exact.is_empty() && naam.is_none() {
        return Recognised::TooShort;
    }
    Recognised::Klanten { exact, naam }
}

/// Digits only, perhaps with a plus before them.
fn number(typed: &str, compact: &str) -> Recognised {
    let mut exact = Vec::new();
    if compact.len() == 9 && !compact.starts_with('+') {
        if Bsn::parse(compact).is_err() {
            return Recognised::NotANumber;
        }
        exact.push(term(Soort::Bsn, compact.to_owned()));
        exact.push(term(Soort::Rsin, compact.to_owned()));
    }
    if compact.len() == 12 && !compact.starts_with('+') {
        exact.push(term(Soort::Vestigingsnummer, compact.to_owned()));
    }
    if ANummer::parse(compact).is_ok() {
        exact.push(term(Soort::ANummer, compact.to_owned()));
    }
    if compact.chars().count() <= KLANTNUMMER && !compact.starts_with('+') {
        exact.push(term(Soort::Klantnummer, plain(typed)));
    }
    let is_telephone = compact.starts_with(['+', '0']) || compact.starts_with("31") && compact.len() == 11;
    let telephone = telephone(compact);
    if is_telephone && compact.len() != 9 && telephone.len() >= TELEPHONE {
        exact.push(term(Soort::Telefoonnummer, telephone));
    }
    if exact.is_empty() {
        // A number of no known kind, such as one of fifteen digits: names may begin with one.
        return Recognised::Klanten {
            exact,
            naam: Some(name(plain(typed))),
        };
    }
    exactly(exact)
}

fn name(plain: String) -> Naam {
    let parts = plain
        .split_once(' ')
        .map(|(first, rest)| (first.to_owned(), rest.to_owned()));
    Naam { whole: plain, parts }
}

fn exactly(exact: Vec<Term>) -> Recognised {
    Recognised::Klanten { exact, naam: None }
}

fn term(soort: Soort, waarde: String) -> Term {
    Term { soort, waarde }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// In one line: kinds with their values, then the name.
    fn told(typed: &str) -> String {
        match recognise(typed) {
            Recognised::TooShort => "too short".to_owned(),
            Recognised::TooLong => "too long".to_owned(),
            Recognised::NotANumber => "not a number".to_owned(),
            Recognised::Uuid(uuid) => format!("uuid {uuid}"),
            Recognised::Url(url) => format!("url {url}"),
            Recognised::Klanten { exact, naam } => {
                let mut told: Vec<String> = exact
                    .into_iter()
                    .map(|term| format!("{}={}", term.soort.name(), term.waarde))
                    .collect();
                if let Some(naam) = naam {
                    told.push(format!("naam={}", naam.whole));
                    told.extend(naam.parts.map(|(first, rest)| format!("[{first}][{rest}]")));
                }
                told.join(" ")
            }
        }
    }

    #[test]
    fn what_is_typed_is_taken_for_what_it_looks_like() {
        for (typed, expected) in [
            ("111222333", "bsn=111222333 rsin=111222333"),
            ("111 222 333", "bsn=111222333 rsin=111222333"),
            ("1112.22.333", "bsn=111222333 rsin=111222333"),
            ("111-222-333", "bsn=111222333 rsin=111222333"),
            ("111222334", "not a number"),
            (
                "000012345678",
                "vestigingsnummer=000012345678 telefoonnummer=12345678",
            ),
            ("123456789012", "vestigingsnummer=123456789012"),
            ("1234567890", "a_nummer=1234567890"),
            ("0612345678", "telefoonnummer=612345678"),
            ("06-12 34 56 78", "telefoonnummer=612345678"),
            ("+31612345678", "telefoonnummer=612345678"),
            ("+31 (0)6 12345678", "telefoonnummer=612345678"),
            ("0031612345678", "telefoonnummer=612345678"),
            ("31612345678", "telefoonnummer=612345678"),
            ("Fenna@Voorbeeld.example", "emailadres=fenna@voorbeeld.example"),
            (" K0001 ", "klantnummer=k0001 naam=k0001"),
            ("42", "klantnummer=42"),
            ("12345678", "klantnummer=12345678"),
            ("123456789012345", "naam=123456789012345"),
            ("waterland", "naam=waterland"),
            ("Fenna  Waterland", "naam=fenna waterland [fenna][waterland]"),
            (
                "Fenna van Waterland",
                "naam=fenna van waterland [fenna][van waterland]",
            ),
            ("Ëë", "naam=ee"),
            ("O'Brien", "naam=o'brien"),
            ("50% korting", "naam=50% korting [50%][korting]"),
            ("%", "too short"),
            ("_", "too short"),
            ("%%%%%", "too short"),
            (
                "'; DROP TABLE klant; --",
                "naam='; drop table klant; -- [';][drop table klant; --]",
            ),
            ("a", "too short"),
            ("-", "too short"),
            ("+", "too short"),
            ("", "too short"),
            ("   ", "too short"),
            (
                "4B7C1D5E-5a86-4d0b-9a8e-1f2e3d4c5b6a",
                "uuid 4b7c1d5e-5a86-4d0b-9a8e-1f2e3d4c5b6a",
            ),
            (
                "https://zaken.example/api/v1/zaken/1",
                "url https://zaken.example/api/v1/zaken/1",
            ),
            ("javascript:alert(1)", "naam=javascript:alert(1)"),
        ] {
            assert_eq!(told(typed), expected, "{typed}");
        }
    }

    #[test]
    fn a_text_of_a_megabyte_is_too_long_and_one_of_a_thousand_characters_is_not() {
        assert_eq!(told(&"é".repeat(1001)), "too long");
        assert_eq!(told(&"x".repeat(1_000_000)), "too long");
        assert!(told(&"é".repeat(1000)).starts_with("naam="));
    }
}
