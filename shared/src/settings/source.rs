//! Where values come from: command line, environment, `.env` and TOML file, in that order of precedence; last, and
//! after every other name of a setting, what the database keeps.
//!
//! Nothing here knows which settings exist or what they mean. A value of only white space counts as not set.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::Path;

use super::error::{Fault, Origin, Warning};
use super::names::Setting;
use super::value::ValueError;

/// Everything the settings are read from.
#[derive(Clone, Default)]
pub struct Source {
    /// Layers of variables, the strongest first.
    layers: [BTreeMap<String, String>; 3],
    /// Dotted keys of the TOML file.
    toml: BTreeMap<String, String>,
    /// What the database keeps, by the keys of the TOML file.
    stored: BTreeMap<String, String>,
    /// Variables of the environment whose value is not text.
    not_text: Vec<String>,
    faults: Vec<Fault>,
    warnings: Vec<Warning>,
}

const ORIGINS: [Origin; 3] = [Origin::CommandLine, Origin::Environment, Origin::Dotenv];
const COMMAND_LINE: usize = 0;
const ENVIRONMENT: usize = 1;
const DOTENV: usize = 2;

impl Source {
    /// The environment of this process, the file `.env` in its working directory if there is one, and the TOML file
    /// `config` if given. What cannot be read becomes a fault that [`super::load`] reports with the others.
    pub fn from_process(config: Option<&Path>) -> Self {
        let mut source = Self::default().with_environment(std::env::vars_os());
        match fs::read_to_string(".env") {
            Ok(text) => source = source.with_dotenv(&text),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => source.file_fault(".env", ValueError::Unreadable(error.to_string())),
        }
        if let Some(path) = config {
            match fs::read_to_string(path) {
                Ok(text) => source = source.with_toml(&path.display().to_string(), &text),
                Err(error) => {
                    source.file_fault(
                        &path.display().to_string(),
                        ValueError::Unreadable(error.to_string()),
                    );
                }
            }
        }
        source
    }

    /// Adds variables as the operating system gives them. A name that is not text is none of ours.
    pub(super) fn with_environment(mut self, variables: impl Iterator<Item = (OsString, OsString)>) -> Self {
        for (name, value) in variables {
            let Ok(name) = name.into_string() else { continue };
            match value.into_string() {
                Ok(value) => drop(self.layers[ENVIRONMENT].insert(name, value)),
                Err(_) => self.not_text.push(name),
            }
        }
        self
    }

    /// Only these variables, as if they were the environment. For tests.
    pub fn from_pairs<N, V>(pairs: impl IntoIterator<Item = (N, V)>) -> Self
    where
        N: Into<String>,
        V: Into<String>,
    {
        let mut source = Self::default();
        source.layers[ENVIRONMENT] = pairs
            .into_iter()
            .map(|(name, value)| (name.into(), value.into()))
            .collect();
        source
    }

    /// Adds a value that wins from everything else: an option of a command.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.layers[COMMAND_LINE].insert(name.to_owned(), value.into());
        self
    }

    /// Adds the text of a `.env` file. The process environment is not touched.
    #[must_use]
    pub fn with_dotenv(mut self, text: &str) -> Self {
        let text = text.trim_start_matches('\u{feff}');
        for item in dotenvy::from_read_iter(text.as_bytes()) {
            match item {
                Ok((name, value)) => {
                    if is_replaced(text, &name) {
                        self.warnings.push(Warning::Replaced { name: name.clone() });
                    }
                    let first = self.layers[DOTENV]
                        .entry(name.clone())
                        .or_insert_with(|| value.clone());
                    if *first != value {
                        self.warnings.push(Warning::Repeated { name });
                    }
                }
                Err(error) => {
                    self.file_fault(".env", dotenv_problem(text, &error));
                    break;
                }
            }
        }
        self
    }

    /// Adds the text of a TOML file called `path`.
    #[must_use]
    pub fn with_toml(mut self, path: &str, text: &str) -> Self {
        match text.parse::<toml::Table>() {
            Ok(table) => self.flatten("", table),
            Err(error) => {
                // The whole message of the library quotes the line, which may hold a secret.
                let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or("");
                let line = before.matches('\n').count() + 1;
                self.file_fault(
                    path,
                    ValueError::Syntax {
                        line,
                        what: error.message().to_owned(),
                    },
                );
            }
        }
        self
    }

    fn flatten(&mut self, prefix: &str, table: toml::Table) {
        for (name, value) in table {
            let key = if prefix.is_empty() {
                name
            } else {
                format!("{prefix}.{name}")
            };
            match value {
                toml::Value::Table(inner) => self.flatten(&key, inner),
                toml::Value::Array(items) => {
                    let texts: Option<Vec<String>> = items.into_iter().map(scalar).collect();
                    self.put_toml(key, texts.map(|texts| texts.join(",")));
                }
                other => self.put_toml(key, scalar(other)),
            }
        }
    }

    fn put_toml(&mut self, key: String, text: Option<String>) {
        match text {
            Some(text) => drop(self.toml.insert(key, text)),
            None => self.file_fault(&key, ValueError::TomlKind),
        }
    }

    fn file_fault(&mut self, name: &str, problem: ValueError) {
        self.faults.push(Fault {
            name: name.to_owned(),
            origin: None,
            value: None,
            problem,
            example: None,
        });
    }

    /// The strongest value of a variable.
    pub(super) fn variable(&self, name: &str) -> Option<(&str, Origin)> {
        self.layers.iter().zip(&ORIGINS).find_map(|(layer, origin)| {
            layer
                .get(name)
                .filter(|text| !text.trim().is_empty())
                .map(|text| (text.as_str(), origin.clone()))
        })
    }

    /// The value of a key of the TOML file.
    pub(super) fn toml_key(&self, key: &str) -> Option<(&str, Origin)> {
        let text = self.toml.get(key).filter(|text| !text.trim().is_empty())?;
        Some((text, Origin::Toml(key.to_owned())))
    }

    /// Adds what the database keeps, by the keys of the TOML file. Everything else wins from it.
    pub(super) fn put_stored(&mut self, values: BTreeMap<String, String>) {
        self.stored = values;
    }

    /// What the database keeps, by key.
    pub(super) fn take_stored(&mut self) -> BTreeMap<String, String> {
        std::mem::take(&mut self.stored)
    }

    /// The value that the database keeps.
    pub(super) fn stored(&self, key: &str) -> Option<(&str, Origin)> {
        let text = self.stored.get(key).filter(|text| !text.trim().is_empty())?;
        Some((text, Origin::Database))
    }

    /// All keys that the database keeps, in order.
    pub(super) fn stored_keys(&self) -> impl Iterator<Item = &str> {
        self.stored.keys().map(String::as_str)
    }

    /// A variable that is no setting, such as one that a setup file names: of the environment or `.env`.
    pub fn any_variable(&self, name: &str) -> Option<&str> {
        self.variable(name).map(|(text, _)| text)
    }

    /// The strongest value under the setting's own name or key.
    pub(super) fn own(&self, setting: &Setting) -> Option<(&str, Origin)> {
        self.variable(setting.name).or_else(|| self.toml_key(setting.key))
    }

    /// Names of all variables that have a value, with the strongest place, in order of name.
    pub(super) fn variables(&self) -> BTreeMap<&str, (&str, Origin)> {
        let names = self.layers.iter().flat_map(BTreeMap::keys);
        names
            .filter_map(|name| self.variable(name).map(|found| (name.as_str(), found)))
            .collect()
    }

    /// All keys of the TOML file, in order.
    pub(super) fn toml_keys(&self) -> impl Iterator<Item = &str> {
        self.toml.keys().map(String::as_str)
    }

    /// Variables of the environment whose value is not text.
    pub(super) fn not_text(&self) -> &[String] {
        &self.not_text
    }

    /// What went wrong while the files were read.
    pub(super) fn findings(&self) -> (Vec<Fault>, Vec<Warning>) {
        (self.faults.clone(), self.warnings.clone())
    }
}

fn scalar(value: toml::Value) -> Option<String> {
    match value {
        toml::Value::String(text) => Some(text),
        toml::Value::Integer(number) => Some(number.to_string()),
        toml::Value::Boolean(switch) => Some(switch.to_string()),
        _ => None,
    }
}

/// The fault without the text of the line, which may hold a secret.
fn dotenv_problem(text: &str, error: &dotenvy::Error) -> ValueError {
    match error {
        // The error quotes the line, or only the part behind the `=`.
        dotenvy::Error::LineParse(quoted, _) => {
            let first = quoted.lines().next().unwrap_or("");
            let line = text
                .lines()
                .position(|line| line.contains(first))
                .map_or(1, |before| before + 1);
            let what =
                "write NAME=value, and a value with special characters between single quotes".to_owned();
            ValueError::Syntax { line, what }
        }
        other => ValueError::Unreadable(other.to_string()),
    }
}

/// Whether `.env` gives `name` a value with a `$` that the reader of the file replaces, as a shell would.
fn is_replaced(text: &str, name: &str) -> bool {
    text.lines()
        .filter_map(|line| line.trim_start().trim_start_matches("export ").split_once('='))
        .filter(|(before, _)| before.trim() == name)
        .any(|(_, value)| !value.trim_start().starts_with('\'') && value.replace("\\$", "").contains('$'))
}
