//! What the roles may do.

use openklant_shared::domain::beheer::Role;

/// Something that only some may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Right {
    /// The start page.
    Start,
    /// Search and read klanten and contactmomenten, and reveal a BSN with a reason.
    KlantenLezen,
    /// Create, change and delete klanten and contactmomenten, and export them.
    KlantenWijzigen,
    /// See and steer the queue and the jobs.
    Wachtrij,
    /// Decide on applications.
    Applicaties,
    /// Read what was changed and who looked at what.
    Logboek,
    /// Read what operators and application managers did.
    Bediening,
}

impl Right {
    /// Whether a role has it.
    pub const fn belongs_to(self, role: Role) -> bool {
        match self {
            Self::Start => true,
            Self::KlantenLezen => matches!(role, Role::Lezer | Role::Beheerder),
            Self::KlantenWijzigen | Self::Logboek => matches!(role, Role::Beheerder),
            Self::Wachtrij => matches!(role, Role::Operator),
            Self::Applicaties => matches!(role, Role::Applicatiebeheerder),
            Self::Bediening => matches!(role, Role::Operator | Role::Applicatiebeheerder),
        }
    }

    /// Whether any of these roles has it.
    pub fn belongs_to_any(self, roles: &[Role]) -> bool {
        roles.iter().any(|role| self.belongs_to(*role))
    }
}

/// Who may have a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Anybody, also without logging in.
    Nothing,
    /// Who is logged in, also without a role.
    Login,
    /// Who has this right.
    Right(Right),
    /// Who has one of these two rights.
    Either(Right, Right),
}

impl Needs {
    /// Whether somebody with these roles may have it.
    pub fn met_by(self, roles: &[Role]) -> bool {
        match self {
            Self::Nothing | Self::Login => true,
            Self::Right(right) => right.belongs_to_any(roles),
            Self::Either(one, other) => one.belongs_to_any(roles) || other.belongs_to_any(roles),
        }
    }
}
