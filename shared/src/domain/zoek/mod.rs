//! Searching for a klant: what a klant can be found by, and what a text that somebody typed could be. Both go through the
//! same normalisation, so that a capital, an accent, a space or `+31` makes no difference.

mod recognise;
mod terms;
mod text;

pub use recognise::{MOST_CHARACTERS, Naam, Recognised, recognise};
pub use terms::{Term, terms};
pub use text::plain;

/// What a klant is found by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Soort {
    /// Burgerservicenummer.
    Bsn,
    /// RSIN of an organisation.
    Rsin,
    /// Number of a branch.
    Vestigingsnummer,
    /// Administratienummer.
    ANummer,
    /// Number within the bronorganisatie.
    Klantnummer,
    /// Telephone number.
    Telefoonnummer,
    /// E-mail address.
    Emailadres,
    /// Surname, or name of an organisation; also from each of its words on.
    Naam,
    /// First name: only beside a surname.
    Voornaam,
    /// What the list by name is sorted by: one for each klant, never searched by.
    Volgorde,
}

impl Soort {
    /// Every one of them.
    pub const ALL: [Self; 10] = [
        Self::Bsn,
        Self::Rsin,
        Self::Vestigingsnummer,
        Self::ANummer,
        Self::Klantnummer,
        Self::Telefoonnummer,
        Self::Emailadres,
        Self::Naam,
        Self::Voornaam,
        Self::Volgorde,
    ];

    /// The name in the database and in the log of reads.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bsn => "bsn",
            Self::Rsin => "rsin",
            Self::Vestigingsnummer => "vestigingsnummer",
            Self::ANummer => "a_nummer",
            Self::Klantnummer => "klantnummer",
            Self::Telefoonnummer => "telefoonnummer",
            Self::Emailadres => "emailadres",
            Self::Naam => "naam",
            Self::Voornaam => "voornaam",
            Self::Volgorde => "volgorde",
        }
    }

    /// The one with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|soort| soort.name() == name)
    }
}
