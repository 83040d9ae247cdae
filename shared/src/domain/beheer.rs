//! Who may do what on the management site: the roles a person can have.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// A role. A person may have several; what they allow adds up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Reads klanten and contactmomenten.
    Lezer,
    /// Changes them.
    Beheerder,
    /// Sees and steers the queue and the jobs.
    Operator,
    /// Decides which applications may call the APIs.
    Applicatiebeheerder,
}

/// A text that is no role.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("is no role: lezer, beheerder, operator or applicatiebeheerder")]
pub struct NotARole;

impl Role {
    /// Every role.
    pub const ALL: [Self; 4] = [
        Self::Lezer,
        Self::Beheerder,
        Self::Operator,
        Self::Applicatiebeheerder,
    ];

    /// Its name, the same in every language.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Lezer => "lezer",
            Self::Beheerder => "beheerder",
            Self::Operator => "operator",
            Self::Applicatiebeheerder => "applicatiebeheerder",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Role {
    type Err = NotARole;

    fn from_str(text: &str) -> Result<Self, NotARole> {
        Self::ALL
            .into_iter()
            .find(|role| role.name() == text)
            .ok_or(NotARole)
    }
}

/// Roles as one text, for a column: names with a comma between.
pub fn join(roles: &[Role]) -> String {
    let names: Vec<&str> = roles.iter().map(|role| role.name()).collect();
    names.join(",")
}

/// The roles in such a text, each once, in their order.
///
/// # Errors
/// A name that is no role.
pub fn split(text: &str) -> Result<Vec<Role>, NotARole> {
    let mut roles = text
        .split(',')
        .filter(|name| !name.is_empty())
        .map(str::parse)
        .collect::<Result<Vec<Role>, _>>()?;
    roles.sort_unstable();
    roles.dedup();
    Ok(roles)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_are_written_and_read() {
        assert_eq!(split(""), Ok(Vec::new()));
        assert_eq!(split(&join(&Role::ALL)), Ok(Role::ALL.to_vec()));
        assert_eq!(
            split("operator,lezer,operator"),
            Ok(vec![Role::Lezer, Role::Operator])
        );
        assert_eq!(split("lezer,baas"), Err(NotARole));
    }
}
