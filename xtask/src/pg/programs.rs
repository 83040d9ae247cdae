//! The programs of a PostgreSQL installation: where they are, as whom they run, and how they come on the machine.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::{debian, process};

/// Where Debian and its family put each major version.
const DEBIAN: &str = "/usr/lib/postgresql";
/// The account that the server runs as when the task runs as root: PostgreSQL refuses to be root.
const ACCOUNT: &str = "postgres";

/// A PostgreSQL installation.
pub struct Programs {
    folder: PathBuf,
    /// The version of `initdb`.
    pub major: u32,
}

impl Programs {
    /// The newest installation, installed first when there is none and the task may do that.
    pub fn find_or_install() -> Result<Self> {
        if let Some(programs) = Self::find()? {
            return Ok(programs);
        }
        if !debian::may_install() {
            bail!(
                "PostgreSQL is not installed: `apt-get install postgresql` (or your system's package with initdb and \
                 pg_ctl), or set {} to a server that may be used for tests",
                super::TEST_URL
            );
        }
        eprintln!("PostgreSQL is not installed: installing Debian's package postgresql");
        debian::install("postgresql")?;
        Self::find()?.context("the package postgresql is installed, yet there is no initdb")
    }

    /// The newest installation, if there is any.
    pub fn find() -> Result<Option<Self>> {
        let Some(folder) = newest() else { return Ok(None) };
        let version = process::capture(Command::new(folder.join("initdb")).arg("--version"))?;
        let major =
            major(&version).with_context(|| format!("unknown version of initdb: {}", version.trim()))?;
        Ok(Some(Self { folder, major }))
    }

    /// A command that runs one of the programs as an account that PostgreSQL accepts, in a folder that this account
    /// can read.
    pub fn command(&self, program: &str) -> Command {
        let path = self.folder.join(program);
        let mut command = if is_root() {
            let mut command = Command::new("runuser");
            command.args(["-u", ACCOUNT, "--"]).arg(path);
            command
        } else {
            Command::new(path)
        };
        command.current_dir("/");
        command
    }
}

/// Gives a folder to the account that the server runs as.
pub fn hand_over(folder: &Path) -> Result<()> {
    if !is_root() {
        return Ok(());
    }
    let id = |kind| -> Result<u32> {
        let number = process::capture(Command::new("id").args([kind, ACCOUNT]))
            .with_context(|| format!("there is no account {ACCOUNT} to run the server as"))?;
        number
            .trim()
            .parse()
            .context("id printed something else than a number")
    };
    std::os::unix::fs::chown(folder, Some(id("-u")?), Some(id("-g")?))
        .with_context(|| format!("cannot give {} to {ACCOUNT}", folder.display()))
}

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// The folder of the newest installation: Debian's by version, else the one on the path.
fn newest() -> Option<PathBuf> {
    let versions = fs::read_dir(DEBIAN).into_iter().flatten().flatten();
    let debian = versions
        .filter_map(|entry| {
            Some((
                entry.file_name().to_str()?.parse::<u32>().ok()?,
                entry.path().join("bin"),
            ))
        })
        .filter(|(_, folder)| is_complete(folder))
        .max();
    debian.map(|(_, folder)| folder).or_else(|| {
        let path = std::env::var_os("PATH")?;
        std::env::split_paths(&path).find(|folder| is_complete(folder))
    })
}

fn is_complete(folder: &Path) -> bool {
    ["initdb", "pg_ctl", "postgres"]
        .iter()
        .all(|program| folder.join(program).is_file())
}

/// The major version in `initdb (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)` or `initdb (PostgreSQL) 18beta1`.
fn major(version: &str) -> Option<u32> {
    let number = version.split_once(") ")?.1;
    let digits = number.find(|c: char| !c.is_ascii_digit()).unwrap_or(number.len());
    number[..digits].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_major_version() {
        let cases = [
            ("initdb (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n", Some(15)),
            ("initdb (PostgreSQL) 18beta1\n", Some(18)),
            ("initdb (PostgreSQL) 13", Some(13)),
            ("initdb", None),
            ("initdb (PostgreSQL) devel", None),
        ];
        for (version, expected) in cases {
            assert_eq!(major(version), expected, "{version}");
        }
    }
}
