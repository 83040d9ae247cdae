//! What can be wrong with the settings: faults stop the start, warnings do not.
//!
//! Neither ever holds the value of a secret.

use std::fmt;

use super::value::ValueError;

/// Every fault that was found, at least one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingsError {
    /// The faults, in the order of the table of settings.
    pub faults: Vec<Fault>,
}

impl std::error::Error for SettingsError {}

impl fmt::Display for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.faults.as_slice() {
            [only] => write!(f, "wrong setting: {only}"),
            several => {
                write!(f, "{} wrong settings:", several.len())?;
                several.iter().try_for_each(|fault| write!(f, "\n  {fault}"))
            }
        }
    }
}

/// One fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The variable as the operator wrote it, or the file.
    pub name: String,
    /// Where it was set.
    pub origin: Option<Origin>,
    /// The value, when it may be shown.
    pub value: Option<String>,
    /// What is wrong with it.
    pub problem: ValueError,
    /// A value that is right, as a whole line.
    pub example: Option<String>,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        if let Some(origin) = &self.origin {
            write!(f, " ({origin})")?;
        }
        write!(f, " {}", self.problem)?;
        if let Some(value) = &self.value {
            write!(f, "; it is \"{value}\"")?;
        }
        match &self.example {
            Some(example) => write!(f, "; example: {example}"),
            None => Ok(()),
        }
    }
}

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// An option of the command.
    CommandLine,
    /// The environment of the process.
    Environment,
    /// The file `.env`.
    Dotenv,
    /// The TOML file, under this key.
    Toml(String),
    /// A file named by a variable that ends in `_FILE`.
    File(String),
    /// The database, where `openklant setup` keeps what its file says.
    Database,
    /// The default.
    Default,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CommandLine => f.write_str("command line"),
            Self::Environment => f.write_str("environment"),
            Self::Dotenv => f.write_str(".env"),
            Self::Toml(key) => write!(f, "{key} in the TOML file"),
            Self::File(path) => write!(f, "file {path}"),
            Self::Database => f.write_str("the database, see `openklant setup`"),
            Self::Default => f.write_str("default"),
        }
    }
}

/// How a warning is to be logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// Probably a mistake.
    Warning,
    /// Good to know.
    Info,
}

/// Something that does not stop the start, but that the operator should read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Warning {
    /// A name with our prefix (or a key in the TOML file) that is no setting.
    #[error("{name} ({origin}) is not a setting{}", nearest.as_ref().map(|n| format!("; did you mean {n}?")).unwrap_or_default())]
    UnknownName {
        /// The name.
        name: String,
        /// Where it is set.
        origin: Origin,
        /// The known name that looks most like it.
        nearest: Option<String>,
    },
    /// A name that other products of the family have, or that documentation once named wrongly.
    #[error("{name} is set but not used: {advice}")]
    Succeeded {
        /// The name.
        name: String,
        /// What to do instead.
        advice: &'static str,
    },
    /// Two names of one setting have different values.
    #[error("{ignored} is ignored: {used} is set too, to something else")]
    Conflict {
        /// The name whose value counts.
        used: String,
        /// The name whose value does not.
        ignored: String,
    },
    /// Something is set that does nothing in this combination.
    #[error("{name} has no effect: {reason}")]
    NoEffect {
        /// The name.
        name: String,
        /// Why not.
        reason: &'static str,
    },
    /// A name stands twice in `.env` with different values; the first counts.
    #[error("{name} stands more than once in .env; the first value counts")]
    Repeated {
        /// The name.
        name: String,
    },
    /// A value in `.env` has a `$` that was taken as the start of a variable.
    #[error(
        "{name} in .env has a $ that is replaced as a shell would; keep it with single quotes around the value"
    )]
    Replaced {
        /// The name.
        name: String,
    },
    /// Two settings that do not belong together.
    #[error("{0}")]
    Doubtful(&'static str),
    /// Names of Open Klant 1.0 and its family that mean nothing here, all together.
    #[error("known from Open Klant 1.0 or its family, not used here: {}", .0.join(", "))]
    Unused(Vec<String>),
}

impl Warning {
    /// How to log it.
    pub fn severity(&self) -> Severity {
        match self {
            Self::Unused(_) => Severity::Info,
            _ => Severity::Warning,
        }
    }
}
