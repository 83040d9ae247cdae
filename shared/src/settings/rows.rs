//! The settings as rows of text, for `config show`.

use super::error::Origin;
use super::names::Setting;
use super::reader::Found;

/// One setting as it is in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Name of the variable.
    pub name: &'static str,
    /// Its value as text; secrets are `***`, absent is empty.
    pub value: String,
    /// Where it came from: `environment`, `.env`, `default`, `environment, as DB_HOST`, `not set`, ...
    pub origin: String,
    /// Whether somebody set it, so that it is neither absent nor the default.
    pub set: bool,
}

impl Row {
    pub(super) fn new(setting: &'static Setting, found: Option<&Found>) -> Self {
        let Some(found) = found else {
            return Self {
                name: setting.name,
                value: String::new(),
                origin: "not set".to_owned(),
                set: false,
            };
        };
        let value = if setting.secret { "***" } else { found.text.trim() };
        let origin = if found.name == setting.name {
            found.origin.to_string()
        } else {
            format!("{}, as {}", found.origin, found.name)
        };
        Self {
            name: setting.name,
            value: value.to_owned(),
            origin,
            set: found.origin != Origin::Default,
        }
    }

    /// A setting whose parts are wrong.
    pub(super) fn unreadable(setting: &'static Setting) -> Self {
        Self {
            name: setting.name,
            value: String::new(),
            origin: "not readable".to_owned(),
            set: true,
        }
    }
}
