//! Secrets that an operator gives: as an argument, in a file or on stdin. No complaint repeats one.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read};

use anyhow::anyhow;
use clap::builder::TypedValueParser;
use clap::error::ErrorKind;
use clap::{Arg, Command, Error};
use openklant_shared::domain::applicatie::SECRET_MAX_LENGTH;
use openklant_shared::settings::Secret;

use crate::applicatie::text::fitting;

/// How much of a file or of stdin is read, in bytes: more than the longest secret, whatever its characters.
const READ_AT_MOST: u64 = 4096;

/// Reads a secret from its argument. The usual complaint of a command line would repeat the value.
#[derive(Clone, Debug)]
pub struct SecretParser;

impl TypedValueParser for SecretParser {
    type Value = Secret;

    fn parse_ref(&self, command: &Command, arg: Option<&Arg>, value: &OsStr) -> Result<Secret, Error> {
        let name = arg.map(ToString::to_string).unwrap_or_default();
        value
            .to_str()
            .ok_or_else(|| "it is not valid UTF-8".to_owned())
            .and_then(secret)
            .map_err(|why| {
                let complaint = format!("invalid value for '{name}': {why}\n");
                Error::raw(ErrorKind::ValueValidation, complaint).with_cmd(command)
            })
    }
}

/// The secret in a file.
pub fn in_file(path: &str) -> Result<Secret, String> {
    let file = File::open(path).map_err(|error| cannot_be_read(&error))?;
    read(file)
}

/// The secret on stdin; `argument` is what asked for it.
pub fn on_stdin(argument: &str) -> anyhow::Result<Secret> {
    read(io::stdin().lock()).map_err(|why| anyhow!("{argument}: {why}"))
}

/// One line; how it ends does not belong to the secret.
fn read(from: impl Read) -> Result<Secret, String> {
    let mut text = String::new();
    from.take(READ_AT_MOST)
        .read_to_string(&mut text)
        .map_err(|error| cannot_be_read(&error))?;
    secret(text.trim_end_matches(['\r', '\n']))
}

fn cannot_be_read(error: &io::Error) -> String {
    format!("it cannot be read: {error}")
}

fn secret(text: &str) -> Result<Secret, String> {
    fitting(text, SECRET_MAX_LENGTH).map(Secret::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_one_line() {
        let longest = "s".repeat(SECRET_MAX_LENGTH);
        let cases = [
            ("a secret\n", Some("a secret")),
            (" a secret \r\n", Some(" a secret ")),
            ("a secret", Some("a secret")),
            (longest.as_str(), Some(longest.as_str())),
            ("a\nsecret\n", None),
            ("\n", None),
            ("", None),
        ];
        for (text, expected) in cases {
            let found = read(text.as_bytes());
            assert_eq!(found.as_ref().ok().map(Secret::expose), expected, "{text:?}");
        }
        assert!(read(format!("{longest}s").as_bytes()).is_err());
        assert!(read(io::repeat(b's')).is_err());
        assert!(read(&b"\xff\xfe"[..]).is_err());
    }
}
