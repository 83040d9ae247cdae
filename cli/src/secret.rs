//! Secrets that an operator gives: in a file or on stdin. No complaint repeats one.

use std::fs::File;
use std::io::{self, Read};

use anyhow::{Context, anyhow};
use openklant_shared::domain::applicatie::SECRET_MAX_LENGTH;
use openklant_shared::settings::Secret;

use crate::applicatie::text::fitting;

/// How much of a file or of stdin is read, in bytes: more than the longest secret, whatever its characters.
const READ_AT_MOST: u64 = 4096;

/// A secret that an operator gives, if any. None is an argument itself: everybody on the machine may read the list of
/// processes.
#[derive(Debug, clap::Args)]
#[group(multiple = false)]
pub struct SecretArgs {
    /// A file that holds the secret
    #[arg(long, value_name = "FILE", value_parser = in_file)]
    secret_file: Option<Secret>,
    /// Read the secret from stdin
    #[arg(long)]
    secret_stdin: bool,
}

impl SecretArgs {
    /// The secret, from where it is; `None` when none was given.
    pub fn read(self) -> anyhow::Result<Option<Secret>> {
        if self.secret_stdin {
            return on_stdin("--secret-stdin").map(Some);
        }
        Ok(self.secret_file)
    }
}

/// A secret that an operator has to give.
#[derive(Debug, clap::Args)]
#[group(id = "a secret", required = true, multiple = false, args = ["secret_file", "secret_stdin"])]
pub struct RequiredSecret {
    #[command(flatten)]
    given: SecretArgs,
}

impl RequiredSecret {
    /// The secret, from where it is.
    pub fn read(self) -> anyhow::Result<Secret> {
        self.given.read()?.context("a secret is needed")
    }
}

/// The secret on stdin; `argument` is what asked for it.
pub fn on_stdin(argument: &str) -> anyhow::Result<Secret> {
    read(io::stdin().lock()).map_err(|why| anyhow!("{argument}: {why}"))
}

/// The secret in a file.
pub fn in_file(path: &str) -> Result<Secret, String> {
    let file = File::open(path).map_err(|error| cannot_be_read(&error))?;
    read(file)
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
