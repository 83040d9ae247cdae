//! What a timeline shows, and up to where its earlier pages came.

use chrono::DateTime;
use openklant_shared::storage::contactmoment::Place;

use super::super::language::Text;

/// What a line is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Contact.
    Contact,
    /// A change of the klant.
    Wijziging,
    /// A link to a zaak.
    Zaak,
    /// Somebody looked; for who may read the log of reads.
    Inzage,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Contact, Self::Wijziging, Self::Zaak, Self::Inzage];

    /// Those that are shown when nothing was chosen.
    pub const USUAL: [Self; 3] = [Self::Contact, Self::Wijziging, Self::Zaak];

    /// Its name in an address.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Contact => "contact",
            Self::Wijziging => "wijziging",
            Self::Zaak => "zaak",
            Self::Inzage => "inzage",
        }
    }

    /// Its name for people.
    pub const fn words(self) -> Text {
        match self {
            Self::Contact => Text::new("Contact", "Contact"),
            Self::Wijziging => Text::new("Wijzigingen", "Changes"),
            Self::Zaak => Text::new("Zaken", "Zaken"),
            Self::Inzage => Text::new("Inzage", "Reads"),
        }
    }

    /// The one with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// Up to where the earlier pages came in each of the sources: the last contact, the number of the last audit row, the last
/// link to a zaak, the last read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// The last contact.
    pub contact: Option<Place>,
    /// The last audit row.
    pub change: i64,
    /// The last link to a zaak.
    pub zaak: Option<Place>,
    /// The last read.
    pub inzage: Option<Place>,
}

impl Cursor {
    /// The beginning.
    pub const FIRST: Self = Self {
        contact: None,
        change: i64::MAX,
        zaak: None,
        inzage: None,
    };

    /// As an address holds it.
    pub fn encode(self) -> String {
        let place = |place: Option<Place>| {
            place.map_or_else(
                || "-".to_owned(),
                |(at, id)| format!("{}.{id}", at.timestamp_micros()),
            )
        };
        let [contact, zaak, inzage] = [self.contact, self.zaak, self.inzage].map(place);
        format!("{contact}~{}~{zaak}~{inzage}", self.change)
    }

    /// `None`: nobody made this.
    pub fn parse(text: &str) -> Option<Self> {
        let parts: Vec<&str> = text.split('~').collect();
        let [contact, change, zaak, inzage] = parts.as_slice() else {
            return None;
        };
        Some(Self {
            contact: place(contact)?,
            change: change.parse().ok()?,
            zaak: place(zaak)?,
            inzage: place(inzage)?,
        })
    }
}

fn place(text: &str) -> Option<Option<Place>> {
    if text == "-" {
        return Some(None);
    }
    let (at, id) = text.split_once('.')?;
    let at = DateTime::from_timestamp_micros(at.parse().ok()?)?;
    Some(Some((at, id.parse().ok()?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_survives_an_address_and_others_are_refused() {
        let at = DateTime::from_timestamp_micros(1_766_000_000_123_456).unwrap_or_default();
        for cursor in [
            Cursor::FIRST,
            Cursor {
                contact: Some((at, 7)),
                change: 3,
                zaak: Some((at, 1)),
                inzage: None,
            },
        ] {
            assert_eq!(Cursor::parse(&cursor.encode()), Some(cursor));
        }
        for text in [
            "",
            "-",
            "~~~",
            "-~1~-",
            "1~2~-~-",
            "1.x~2~-~-",
            "-~x~-~-",
            "1.2~~-~-",
            "-~1~-~-~-",
            "99999999999999999999.1~1~-~-",
        ] {
            assert_eq!(Cursor::parse(text), None, "{text}");
        }
    }
}
