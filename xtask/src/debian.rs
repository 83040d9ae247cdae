//! Packages of Debian that a task needs and may install by itself: as root, where there is apt.

use std::process::Command;

use anyhow::Result;

use crate::process;

/// Whether a missing package can be installed.
pub fn may_install() -> bool {
    rustix::process::geteuid().is_root() && process::succeeds(Command::new("apt-get").arg("--version"))
}

/// Installs a package; an error with what apt said when it cannot.
pub fn install(package: &str) -> Result<()> {
    process::capture(Command::new("apt-get").args(["update", "-q"]))?;
    process::capture(
        Command::new("apt-get")
            .args(["install", "-y", "-q", "--no-install-recommends", package])
            .env("DEBIAN_FRONTEND", "noninteractive"),
    )?;
    Ok(())
}
