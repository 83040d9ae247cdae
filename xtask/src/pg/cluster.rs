//! One throw-away cluster: a folder of its own with data, log and sockets, a server on loopback at a free port, and a
//! note saying whose it is, by which what was left behind is found again. Fast rather than safe: the data is worth
//! nothing.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, test_kill_process};
use serde::{Deserialize, Serialize};

use super::programs::{Programs, hand_over};
use crate::process;
use crate::workspace::Workspace;

const PREFIX: &str = "openklant-pg-";
const NOTE: &str = "note.json";
/// A port that is free when we look may be taken when the server starts.
const TRIES: u32 = 5;

/// A running cluster; dropped, it is stopped and its folder removed.
pub struct Cluster {
    folder: PathBuf,
    programs: Programs,
    note: Note,
    left_running: bool,
}

/// What is known of a cluster by its folder.
#[derive(Serialize, Deserialize)]
struct Note {
    /// The checkout it serves.
    workspace: PathBuf,
    /// Where it listens.
    url: String,
    /// The task that throws it away at its end; none for one that was left running on purpose.
    owner: Option<u32>,
}

impl Cluster {
    /// Makes and starts a cluster that is fast rather than safe.
    pub fn start(workspace: &Workspace) -> Result<Self> {
        Self::start_with(workspace, "")
    }

    /// Makes and starts a cluster that keeps what it committed when its processes are killed.
    pub fn start_durable(workspace: &Workspace) -> Result<Self> {
        // What was written is with the system then, which lives on: nothing need reach the disk.
        Self::start_with(workspace, "synchronous_commit = on\nautovacuum = on\n")
    }

    fn start_with(workspace: &Workspace, more_settings: &str) -> Result<Self> {
        let programs = Programs::find_or_install()?;
        let mut folder = tempfile::Builder::new();
        folder
            .prefix(PREFIX)
            .permissions(fs::Permissions::from_mode(0o700));
        let folder = folder.tempdir().context("cannot make a folder")?.keep();
        let note = Note {
            workspace: workspace.root().to_owned(),
            url: String::new(),
            owner: Some(std::process::id()),
        };
        // From here on a failure drops the cluster, which removes the folder.
        let mut cluster = Self {
            folder,
            programs,
            note,
            left_running: false,
        };
        cluster.write_note()?;
        hand_over(&cluster.folder)?;
        cluster.initialise(more_settings)?;
        cluster.serve()?;
        cluster.write_note()?;
        Ok(cluster)
    }

    /// The URL of the maintenance database.
    pub fn url(&self) -> &str {
        &self.note.url
    }

    /// The file in which the server keeps its process id.
    pub fn pid_file(&self) -> PathBuf {
        self.data().join("postmaster.pid")
    }

    /// The command that starts the server again where it was, after its processes were killed.
    pub fn restart_command(&self) -> Result<Command> {
        let port = self
            .note
            .url
            .rsplit(':')
            .next()
            .and_then(|rest| rest.split('/').next());
        let port = port.context("the URL of a cluster has a port")?;
        Ok(self.start_command(port))
    }

    fn start_command(&self, port: &str) -> Command {
        let mut command = self.programs.command("pg_ctl");
        command
            .args(["start", "--wait", "--timeout=60", "--silent", "--pgdata"])
            .arg(self.data())
            .arg("--log")
            .arg(self.log())
            .arg(format!("--options=-p {port}"));
        command
    }

    /// Lets the cluster outlive the task, and returns its URL.
    pub fn leave_running(mut self) -> Result<String> {
        self.note.owner = None;
        self.write_note()?;
        self.left_running = true;
        Ok(self.note.url.clone())
    }

    fn write_note(&self) -> Result<()> {
        let text = serde_json::to_string(&self.note).context("cannot write down a cluster")?;
        fs::write(self.folder.join(NOTE), text).context("cannot write down a cluster")
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    fn log(&self) -> PathBuf {
        self.folder.join("log")
    }

    fn initialise(&self, more_settings: &str) -> Result<()> {
        let mut initdb = self.programs.command("initdb");
        initdb.arg("--pgdata").arg(self.data()).args([
            "--username=postgres",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C",
            "--no-sync",
        ]);
        // A municipality's database sorts by language, not by byte. So does this one where it can, and a comparison
        // that forgot to say byte-wise shows up.
        if self.programs.major >= 15 {
            initdb.args(["--locale-provider=icu", "--icu-locale=nl"]);
        }
        process::capture(&mut initdb)?;
        let path = self.data().join("postgresql.conf");
        let made = fs::read_to_string(&path).context("cannot read postgresql.conf")?;
        fs::write(&path, made + &settings(&self.folder) + more_settings)
            .context("cannot write postgresql.conf")
    }

    fn serve(&mut self) -> Result<()> {
        let mut fault = None;
        for _ in 0..TRIES {
            let port = free_port()?;
            let started = process::capture(&mut self.start_command(&port.to_string()));
            match started {
                Ok(_) => {
                    self.note.url = format!("postgres://postgres@127.0.0.1:{port}/postgres");
                    return Ok(());
                }
                Err(refused) => fault = Some(refused),
            }
        }
        let said = fs::read_to_string(self.log()).unwrap_or_else(|_| "(it wrote no log)".to_owned());
        let fault = fault.map(|fault| format!("{fault:#}")).unwrap_or_default();
        bail!("PostgreSQL does not start: {fault}\n{said}")
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if !self.left_running {
            remove(&self.folder, &self.programs);
        }
    }
}

/// The URL of the cluster that was left running for this checkout, if it still answers.
pub fn in_background(workspace: &Workspace) -> Result<Option<String>> {
    for (folder, note) in clusters_of(workspace)? {
        let mut status = installed()?.command("pg_ctl");
        status.args(["status", "--pgdata"]).arg(folder.join("data"));
        if note.owner.is_none() && process::capture(&mut status).is_ok() {
            return Ok(Some(note.url));
        }
    }
    Ok(None)
}

/// Throws away what was left running for this checkout; returns how many clusters that were.
pub fn remove_background(workspace: &Workspace) -> Result<usize> {
    remove_where(workspace, |note| note.owner.is_none())
}

/// Throws away the clusters of this checkout whose task was killed; returns how many that were.
pub fn remove_abandoned(workspace: &Workspace) -> Result<usize> {
    remove_where(workspace, |note| note.owner.is_some_and(|owner| !is_alive(owner)))
}

fn remove_where(workspace: &Workspace, chosen: impl Fn(&Note) -> bool) -> Result<usize> {
    let mut removed = 0;
    for (folder, note) in clusters_of(workspace)? {
        if chosen(&note) {
            remove(&folder, &installed()?);
            removed += 1;
        }
    }
    Ok(removed)
}

/// The programs to look after a cluster with. Not kept in its note: whoever may write in the folder for temporary files
/// would choose what runs here.
fn installed() -> Result<Programs> {
    Programs::find()?.context("there is a cluster, but PostgreSQL is no longer installed")
}

/// The clusters made for a checkout, by their notes. A folder without a readable note is another account's.
fn clusters_of(workspace: &Workspace) -> Result<Vec<(PathBuf, Note)>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(std::env::temp_dir()).context("cannot read the folder for temporary files")? {
        let entry = entry?;
        if !entry.file_name().to_string_lossy().starts_with(PREFIX) {
            continue;
        }
        let Ok(text) = fs::read_to_string(entry.path().join(NOTE)) else {
            continue;
        };
        let Ok(note) = serde_json::from_str::<Note>(&text) else {
            continue;
        };
        if note.workspace == workspace.root() {
            found.push((entry.path(), note));
        }
    }
    found.sort_by(|(a, _), (b, _)| a.cmp(b));
    Ok(found)
}

/// Stops the server of a folder, if one runs, and removes the folder. Faults are told and not returned: this runs
/// where nobody can handle them.
fn remove(folder: &Path, programs: &Programs) {
    let data = folder.join("data");
    if data.join("postmaster.pid").exists() {
        let mut stop = programs.command("pg_ctl");
        stop.args(["stop", "--wait", "--mode=immediate", "--silent", "--pgdata"])
            .arg(&data);
        if let Err(fault) = process::capture(&mut stop) {
            eprintln!("a throw-away PostgreSQL could not be stopped: {fault:#}");
            return;
        }
    }
    if let Err(fault) = fs::remove_dir_all(folder) {
        eprintln!("{} could not be removed: {fault}", folder.display());
    }
}

/// Settings of the server. Nothing needs to survive a crash, nothing may come from another machine, and nothing may
/// disturb a copy of the template database, which autovacuum can. The time zone is one with summer time, so that a
/// moment written without a zone shows up.
fn settings(folder: &Path) -> String {
    let sockets = folder.to_string_lossy().replace('\'', "''");
    format!(
        "\n# A throw-away cluster for tests.\n\
         listen_addresses = '127.0.0.1'\n\
         unix_socket_directories = '{sockets}'\n\
         max_connections = 300\n\
         fsync = off\n\
         synchronous_commit = off\n\
         full_page_writes = off\n\
         wal_level = minimal\n\
         max_wal_senders = 0\n\
         autovacuum = off\n\
         timezone = 'Europe/Amsterdam'\n"
    )
}

fn free_port() -> Result<u16> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).context("no free port on loopback")?;
    Ok(listener
        .local_addr()
        .context("a listener without an address")?
        .port())
}

fn is_alive(process: u32) -> bool {
    let pid = i32::try_from(process).ok().and_then(Pid::from_raw);
    // Another account's process answers "not permitted", and is alive.
    pid.is_some_and(|pid| !matches!(test_kill_process(pid), Err(rustix::io::Errno::SRCH)))
}
