//! Where the workspace is, and which files belong to the repository.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::process;

/// The checkout the task works on.
pub struct Workspace {
    root: PathBuf,
}

impl Workspace {
    /// Finds the workspace around the current folder.
    pub fn find() -> Result<Self> {
        let manifest = process::capture(Command::new("cargo").args([
            "locate-project",
            "--workspace",
            "--message-format",
            "plain",
        ]))?;
        let root = Path::new(manifest.trim())
            .parent()
            .context("the workspace manifest has no folder")?;
        Ok(Self {
            root: root.to_owned(),
        })
    }

    /// The folder of the root manifest.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// A command that runs in the root folder.
    pub fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.root);
        command
    }

    /// Every file of the repository that is committed or would be (ignored files are not), relative to the root,
    /// in order.
    pub fn files(&self) -> Result<Vec<String>> {
        let listing = process::capture(self.command("git").args([
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ]))?;
        let mut files: Vec<String> = listing
            .split('\0')
            .filter(|file| !file.is_empty() && self.root.join(file).is_file())
            .map(str::to_owned)
            .collect();
        files.sort();
        files.dedup();
        if files.is_empty() {
            bail!("git lists no file in {}", self.root.display());
        }
        Ok(files)
    }

    /// The folder in which cargo puts what it builds.
    pub fn target(&self) -> Result<PathBuf> {
        let metadata = process::capture(self.command("cargo").args([
            "metadata",
            "--no-deps",
            "--offline",
            "--format-version",
            "1",
        ]))?;
        let metadata: serde_json::Value =
            serde_json::from_str(&metadata).context("cargo metadata printed something else than JSON")?;
        let target = metadata["target_directory"]
            .as_str()
            .context("cargo metadata names no target folder")?;
        Ok(PathBuf::from(target))
    }
}
