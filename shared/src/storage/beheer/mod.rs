//! Tables of the management site: accounts, sessions and what they hold, drafts, failed logins.

pub mod account;
pub mod draft;
pub mod item;
pub mod lockout;
pub mod login;
pub mod session;

use crate::domain::beheer::{Role, split};

use super::StorageError;

/// The roles in a column.
fn roles(table: &'static str, text: &str) -> Result<Vec<Role>, StorageError> {
    split(text).map_err(|error| StorageError::Corrupt {
        table,
        reason: format!("a role {error}"),
    })
}
