//! The checks that cargo and its tools do. All of them take the whole workspace, so that the features of dependencies,
//! and with them what has been built, are the same everywhere.

use std::process::Command;

use anyhow::Result;

use crate::process::{run, succeeds};
use crate::workspace::Workspace;

/// The version of cargo-deny that CI runs; a newer one may know more checks, so it is raised on purpose.
const CARGO_DENY: &str = "cargo-deny@0.20.2";

/// Formatting.
pub fn fmt(workspace: &Workspace) -> Result<()> {
    run(workspace.command("cargo").args(["fmt", "--all", "--check"]))
}

/// Lints, warnings denied. They are denied as an argument and not in `RUSTFLAGS`, which would build every dependency
/// again.
pub fn clippy(workspace: &Workspace) -> Result<()> {
    let arguments = [
        "clippy",
        "--workspace",
        "--all-targets",
        "--locked",
        "--keep-going",
        "--",
        "-D",
        "warnings",
    ];
    run(workspace.command("cargo").args(arguments))
}

/// Documentation of our own crates, warnings denied; private items too, since developers are its only readers.
pub fn docs(workspace: &Workspace) -> Result<()> {
    let arguments = [
        "doc",
        "--workspace",
        "--no-deps",
        "--document-private-items",
        "--locked",
        "--keep-going",
    ];
    run(workspace
        .command("cargo")
        .args(arguments)
        .env("RUSTDOCFLAGS", "-D warnings"))
}

/// Everything the tests need, the binary `openklant` among it.
pub fn build(workspace: &Workspace) -> Result<()> {
    run(workspace
        .command("cargo")
        .args(["build", "--workspace", "--all-targets", "--locked"]))
}

/// Licences, bans and sources. Advisories are left out: their database is fetched from a place CI does not reach.
pub fn deny(workspace: &Workspace) -> Result<()> {
    if !succeeds(Command::new("cargo").args(["deny", "--version"])) {
        println!("{CARGO_DENY} is not installed: installing it, which takes a few minutes");
        run(workspace
            .command("cargo")
            .args(["install", "--locked", CARGO_DENY]))?;
    }
    let arguments = [
        "deny",
        "--all-features",
        "check",
        "--hide-inclusion-graph",
        "bans",
        "licenses",
        "sources",
    ];
    run(workspace.command("cargo").args(arguments))
}
