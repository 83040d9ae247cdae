//! The audit trail: who changed what, when, from what to what.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::applicatie::Component;

/// What was done to an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Actie {
    /// Made.
    Create,
    /// Replaced (PUT).
    Update,
    /// Changed in part (PATCH).
    PartialUpdate,
    /// Removed.
    Destroy,
}

impl Actie {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Create, Self::Update, Self::PartialUpdate, Self::Destroy];

    /// The name in audit rows and messages.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::PartialUpdate => "partial_update",
            Self::Destroy => "destroy",
        }
    }

    /// The sentence in audit rows.
    pub const fn weergave(self) -> &'static str {
        match self {
            Self::Create => "Object aangemaakt",
            Self::Update => "Object bijgewerkt",
            Self::PartialUpdate => "Object deels bijgewerkt",
            Self::Destroy => "Object verwijderd",
        }
    }

    /// The status of the answer that goes with it.
    pub const fn resultaat(self) -> i64 {
        match self {
            Self::Create => 201,
            Self::Update | Self::PartialUpdate => 200,
            Self::Destroy => 204,
        }
    }

    /// The action with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|actie| actie.name() == name)
    }
}

/// Who made a change and what they said about it. Every text is cut to its limit, never refused: a long name must
/// not make a change fail (defect 27 of Open Klant 1.0.0).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Actor {
    /// Identity of the application.
    pub applicatie_id: String,
    /// Name of the application.
    pub applicatie_weergave: String,
    /// Claim `user_id`.
    pub gebruikers_id: String,
    /// Claim `user_representation`.
    pub gebruikers_weergave: String,
    /// Header `X-Audit-Toelichting`.
    pub toelichting: String,
    /// Identification of the request in the network (FSC, NLX) or our own.
    pub request_id: String,
}

/// One row of the audit trail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditRow {
    /// Its identity in the API.
    pub uuid: Uuid,
    /// The API the object belongs to.
    pub component: Component,
    /// The object.
    pub object_uuid: Uuid,
    /// What was done.
    pub actie: Actie,
    /// Status of the answer.
    pub resultaat: i64,
    /// Who did it.
    pub actor: Actor,
    /// Absolute URL of the main object, as seen in the request.
    pub hoofd_object: String,
    /// Name of the resource.
    pub resource: String,
    /// Absolute URL of the object.
    pub resource_url: String,
    /// The object in a few words, as it was before the change.
    pub resource_weergave: String,
    /// When.
    pub aanmaakdatum: DateTime<Utc>,
    /// JSON text of the object before; `None` when it was made.
    pub oud: Option<String>,
    /// JSON text of the object after; `None` when it was removed.
    pub nieuw: Option<String>,
}

/// Limits of the texts in a row, in characters.
pub mod limits {
    /// `applicatieId`.
    pub const APPLICATIE_ID: usize = 100;
    /// `applicatieWeergave` and `resourceWeergave`.
    pub const WEERGAVE: usize = 200;
    /// `gebruikersId`, `gebruikersWeergave` and the request id.
    pub const GEBRUIKER: usize = 255;
    /// `toelichting`; unlimited in the contract, bounded by what a header may hold here.
    pub const TOELICHTING: usize = 1000;
}

/// The first `limit` characters of `text`.
pub fn cut(text: &str, limit: usize) -> &str {
    text.char_indices()
        .nth(limit)
        .map_or(text, |(end, _)| &text[..end])
}

#[cfg(test)]
mod tests {
    use super::cut;

    #[test]
    fn cutting_counts_characters_and_never_splits_one() {
        assert_eq!(cut("België", 6), "België");
        assert_eq!(cut("België", 5), "Belgi");
        assert_eq!(cut("éé", 1), "é");
        assert_eq!(cut("", 3), "");
    }
}
