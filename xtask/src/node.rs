//! Packages of node that tests need. Each folder below `tests/` with a `package.json` is a project of its own, with a lock
//! file; its packages are put in place when they are missing or older than that.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use anyhow::{Context, Result, bail};

use crate::process;
use crate::workspace::Workspace;

/// What npm writes when it has put every package in place: without it an installation was cut off.
const COMPLETE: &str = "node_modules/.package-lock.json";

/// Puts the packages of every project in place.
pub fn install(workspace: &Workspace) -> Result<()> {
    for project in projects(workspace)? {
        if is_complete(&project)? {
            continue;
        }
        check()?;
        process::run(
            Command::new("npm")
                .args(["ci", "--no-audit", "--no-fund", "--loglevel=error"])
                .current_dir(&project),
        )?;
    }
    Ok(())
}

/// An error with what to do when node is missing.
pub fn check() -> Result<()> {
    for program in ["node", "npm"] {
        if !process::succeeds(Command::new(program).arg("--version")) {
            bail!("{program} is not installed: `apt-get install nodejs npm` (18.19 or newer)");
        }
    }
    Ok(())
}

/// The folders of the projects, in order.
fn projects(workspace: &Workspace) -> Result<Vec<PathBuf>> {
    let mut projects: Vec<PathBuf> = workspace
        .files()?
        .iter()
        .filter(|file| file.starts_with("tests/") && file.ends_with("/package.json"))
        .filter_map(|file| Some(workspace.root().join(file).parent()?.to_owned()))
        .collect();
    projects.sort();
    Ok(projects)
}

fn is_complete(project: &Path) -> Result<bool> {
    let Ok(complete) = changed(&project.join(COMPLETE)) else {
        return Ok(false);
    };
    Ok(complete >= changed(&project.join("package-lock.json"))?)
}

fn changed(file: &Path) -> Result<SystemTime> {
    fs::metadata(file)
        .and_then(|metadata| metadata.modified())
        .with_context(|| format!("cannot look at {}", file.display()))
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::time::Duration;

    use super::*;

    fn write(file: &Path, at: SystemTime) {
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        File::create(file).unwrap().set_modified(at).unwrap();
    }

    #[test]
    fn packages_are_complete_when_they_are_there_and_not_older_than_the_lock_file() {
        let project = tempfile::tempdir().unwrap();
        let (lock, complete) = (
            project.path().join("package-lock.json"),
            project.path().join(COMPLETE),
        );
        let now = SystemTime::UNIX_EPOCH + Duration::from_hours(24);
        write(&lock, now);
        assert!(!is_complete(project.path()).unwrap(), "never installed");
        write(&complete, now + Duration::from_secs(1));
        assert!(is_complete(project.path()).unwrap());
        write(&lock, now + Duration::from_secs(2));
        assert!(!is_complete(project.path()).unwrap(), "the lock file is newer");
        fs::remove_file(lock).unwrap();
        assert!(is_complete(project.path()).is_err(), "there is no lock file");
    }
}
