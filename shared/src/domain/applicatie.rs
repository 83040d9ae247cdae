//! Applications and what they may do (the Autorisaties part of the ZGW standard).

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The API a right belongs to, named as the standard names its components.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Component {
    /// Klanten API.
    Kc,
    /// Contactmomenten API.
    Cmc,
    /// Autorisaties API: registering credentials.
    Ac,
}

impl Component {
    /// All components this product knows.
    pub const ALL: [Self; 3] = [Self::Kc, Self::Cmc, Self::Ac];

    /// The name in the standard.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Kc => "kc",
            Self::Cmc => "cmc",
            Self::Ac => "ac",
        }
    }

    /// The component with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|component| component.name() == name)
    }
}

/// An application and its rights.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applicatie {
    /// Its identity; goes into audit rows.
    pub uuid: Uuid,
    /// Its name; goes into audit rows.
    pub label: String,
    /// The client ids it signs its tokens with.
    pub client_ids: Vec<String>,
    /// Whether it may do everything.
    pub heeft_alle_autorisaties: bool,
    /// What it may do otherwise.
    pub autorisaties: Vec<Autorisatie>,
}

/// Rights within one component.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Autorisatie {
    /// The component.
    pub component: Component,
    /// The scopes, compared to the letter.
    pub scopes: Vec<String>,
}

impl Applicatie {
    /// Whether the application has `scope` within `component`. No scope implies another.
    pub fn allows(&self, component: Component, scope: &str) -> bool {
        self.heeft_alle_autorisaties
            || self.autorisaties.iter().any(|autorisatie| {
                autorisatie.component == component && autorisatie.scopes.iter().any(|has| has == scope)
            })
    }
}

/// The longest client id (behaviour of Open Klant 1.0.0, section 2.3).
pub const CLIENT_ID_MAX_LENGTH: usize = 50;
/// The longest label.
pub const LABEL_MAX_LENGTH: usize = 100;
/// The longest secret.
pub const SECRET_MAX_LENGTH: usize = 255;

/// What is wrong with a text that an operator gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextFault {
    /// Nothing but white space.
    Empty,
    /// It holds a control character.
    Control,
    /// It has more characters than this.
    TooLong(usize),
}

/// Checks a text of one to `longest` characters, none of them a control character.
///
/// # Errors
/// What is wrong with it.
pub fn check_text(text: &str, longest: usize) -> Result<(), TextFault> {
    if text.trim().is_empty() {
        Err(TextFault::Empty)
    } else if text.chars().any(char::is_control) {
        Err(TextFault::Control)
    } else if text.chars().count() > longest {
        Err(TextFault::TooLong(longest))
    } else {
        Ok(())
    }
}
