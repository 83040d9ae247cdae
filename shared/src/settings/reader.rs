//! Looks settings up in a [`Source`], and keeps what was wrong, doubtful and found on the way.
//!
//! Precedence: the setting's own name (command line, environment, `.env`, TOML), its `_FILE` variant if it is a
//! secret, its aliases, what the section made of several variables, what the database keeps, the default.

use std::fs::File;
use std::io::Read;

use super::error::{Fault, Origin, Warning};
use super::family::Part;
use super::names::Setting;
use super::rows::Row;
use super::source::Source;
use super::value::ValueError;

/// Most bytes a file with a secret may have.
const SECRET_FILE_LIMIT: u64 = 65_536;

/// A value as it was found.
#[derive(Debug, Clone)]
pub(super) struct Found {
    /// The name it was found under.
    pub name: String,
    pub text: String,
    pub origin: Origin,
    pub secret: bool,
    /// A right value for that name.
    pub example: &'static str,
}

impl Found {
    /// A fault in this value.
    pub fn fault(&self, problem: ValueError) -> Fault {
        // A URL with credentials in it is as secret as a secret.
        let shown = !self.secret && !self.text.contains('@') && !matches!(problem, ValueError::Item { .. });
        Fault {
            name: self.name.clone(),
            origin: Some(self.origin.clone()),
            value: shown.then(|| self.text.chars().take(80).collect()),
            problem,
            example: Some(format!("{}={}", self.name, self.example)),
        }
    }
}

/// What several variables make together, or what is wrong with them.
pub(super) type Made = Result<Found, Vec<Fault>>;

/// Reads settings one by one.
pub(super) struct Reader<'s> {
    pub source: &'s Source,
    pub faults: Vec<Fault>,
    pub warnings: Vec<Warning>,
    pub rows: Vec<Row>,
}

impl<'s> Reader<'s> {
    pub fn new(source: &'s Source) -> Self {
        let (faults, warnings) = source.findings();
        Self {
            source,
            faults,
            warnings,
            rows: Vec::new(),
        }
    }

    /// A setting. `None` when it is not set and has no default, or after a fault, which is then in `faults`.
    pub fn get<T>(
        &mut self,
        setting: &'static Setting,
        parse: impl FnOnce(&str) -> Result<T, ValueError>,
    ) -> Option<T> {
        self.get_or_made(setting, None, parse)
    }

    /// A setting that several other variables may make together.
    pub fn get_or_made<T>(
        &mut self,
        setting: &'static Setting,
        made: Option<Made>,
        parse: impl FnOnce(&str) -> Result<T, ValueError>,
    ) -> Option<T> {
        let found = match self.find(setting, made) {
            Ok(found) => found,
            Err(faults) => {
                self.faults.extend(faults);
                self.rows.push(Row::unreadable(setting));
                return None;
            }
        };
        self.rows.push(Row::new(setting, found.as_ref()));
        let found = found?;
        // White space around a secret may be part of it.
        let text = if setting.secret {
            found.text.as_str()
        } else {
            found.text.trim()
        };
        match parse(text) {
            Ok(value) => Some(value),
            Err(problem) => {
                self.faults.push(found.fault(problem));
                None
            }
        }
    }

    /// Whether a setting that was read before is set, rightly or wrongly.
    pub fn is_set(&self, setting: &Setting) -> bool {
        self.rows.iter().any(|row| row.name == setting.name && row.set)
    }

    /// The text of a setting that is no secret and was read before.
    pub fn text(&self, setting: &Setting) -> &str {
        self.rows
            .iter()
            .find(|row| row.name == setting.name)
            .map_or("", |row| &row.value)
    }

    fn find(&mut self, setting: &'static Setting, made: Option<Made>) -> Result<Option<Found>, Vec<Fault>> {
        let found = |name: &str, (text, origin): (&str, Origin)| Found {
            name: name.to_owned(),
            text: text.to_owned(),
            origin,
            secret: setting.secret,
            example: setting.example,
        };
        let source = self.source;
        let own = source
            .variable(setting.name)
            .or_else(|| source.toml_key(setting.key));
        let mut candidates: Vec<Found> = own.map(|own| found(setting.name, own)).into_iter().collect();
        if setting.secret {
            let path = source
                .variable(&format!("{}_FILE", setting.name))
                .or_else(|| source.toml_key(&format!("{}_file", setting.key)));
            candidates.extend(self.secret_file(&format!("{}_FILE", setting.name), path, setting.example));
        }
        for alias in setting.aliases {
            candidates.extend(source.variable(alias).map(|value| found(alias, value)));
        }
        match made {
            Some(Ok(made)) => candidates.push(made),
            // What another value hides anyway does not stop the start.
            Some(Err(faults)) if candidates.is_empty() => return Err(faults),
            Some(Err(_)) | None => {}
        }
        let mut candidates = candidates.into_iter();
        let Some(used) = candidates.next() else {
            let default = || setting.default.map(|text| (text, Origin::Default));
            return Ok(source
                .stored(setting.key)
                .or_else(default)
                .map(|value| found(setting.name, value)));
        };
        let same = |other: &Found| {
            if setting.secret {
                other.text == used.text
            } else {
                other.text.trim().eq_ignore_ascii_case(used.text.trim())
            }
        };
        for ignored in candidates.filter(|other| !same(other)) {
            self.warnings.push(Warning::Conflict {
                used: used.name.clone(),
                ignored: ignored.name,
            });
        }
        Ok(Some(used))
    }

    /// The first name of a part that is set.
    pub fn part(&mut self, part: &'static Part) -> Option<Found> {
        for name in part.names {
            if let Some((text, origin)) = self.source.variable(name) {
                let text = text.to_owned();
                return Some(Found {
                    name: (*name).to_owned(),
                    text,
                    origin,
                    secret: part.secret,
                    example: part.example,
                });
            }
            if part.secret {
                let name = format!("{name}_FILE");
                let secret_file = self.secret_file(&name, self.source.variable(&name), part.example);
                if secret_file.is_some() {
                    return secret_file;
                }
            }
        }
        None
    }

    /// The secret in the file that the variable `name` names. A file that cannot be read is a fault.
    fn secret_file(
        &mut self,
        name: &str,
        path: Option<(&str, Origin)>,
        example: &'static str,
    ) -> Option<Found> {
        let (path, origin) = path?;
        let path = path.trim();
        match read_secret(path) {
            Ok(text) => Some(Found {
                name: name.to_owned(),
                text,
                origin: Origin::File(path.to_owned()),
                secret: true,
                example,
            }),
            Err(problem) => {
                self.faults.push(Fault {
                    name: name.to_owned(),
                    origin: Some(origin),
                    value: Some(path.to_owned()),
                    problem,
                    example: Some(format!("{name}=/run/secrets/openklant")),
                });
                None
            }
        }
    }

    /// Warns that a variable does nothing.
    pub fn no_effect(&mut self, name: &str, reason: &'static str) {
        self.warnings.push(Warning::NoEffect {
            name: name.to_owned(),
            reason,
        });
    }

    /// A fault in a setting as such: missing, or at odds with another. `example` is a value that would be right.
    pub fn at_odds(&mut self, setting: &Setting, problem: ValueError, example: &str) {
        self.faults.push(Fault {
            name: setting.name.to_owned(),
            origin: None,
            value: None,
            problem,
            example: Some(format!("{}={example}", setting.name)),
        });
    }
}

fn read_secret(path: &str) -> Result<String, ValueError> {
    let unreadable = |error: std::io::Error| ValueError::Unreadable(error.to_string());
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(unreadable)?;
    file.take(SECRET_FILE_LIMIT + 1)
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    if bytes.len() as u64 > SECRET_FILE_LIMIT {
        return Err(ValueError::Unreadable(format!(
            "longer than {SECRET_FILE_LIMIT} bytes"
        )));
    }
    let text = String::from_utf8(bytes).map_err(|_| ValueError::Utf8)?;
    if text.trim().is_empty() {
        return Err(ValueError::Missing("the file is empty"));
    }
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}
