//! The program `openklant` as an operator runs it: in a folder of its own, with these settings and no others.
//!
//! It is the one that was built last. A run of all tests builds it; after a change, a run of this package alone does
//! not: `cargo build` does.

use std::collections::BTreeMap;
use std::io::{Seek, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::{Child, Command};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::app::SECRET_KEY;
use crate::{Client, Database, wait};

/// Longest a command may take.
const PATIENCE: Duration = Duration::from_mins(1);

/// The program with its settings.
#[derive(Clone, Debug)]
pub struct Program {
    folder: Arc<TempDir>,
    settings: BTreeMap<String, String>,
}

/// How a command ended.
#[derive(Debug)]
pub struct Ended {
    /// The exit code; `None` when a signal killed it.
    pub code: Option<i32>,
    /// What it printed.
    pub stdout: String,
    /// What it logged and complained of.
    pub stderr: String,
}

/// A command that runs. Killed when dropped.
#[derive(Debug)]
pub struct Process {
    child: Child,
    stdout: Printed,
    stderr: Printed,
    _folder: Arc<TempDir>,
}

/// What a process printed so far, read to its end by a task.
#[derive(Debug)]
struct Printed {
    text: Arc<Mutex<Vec<u8>>>,
    reader: JoinHandle<()>,
}

impl Program {
    /// The program without settings, so with an SQLite database in its own folder; it listens on a free port.
    pub fn new() -> Self {
        Self {
            folder: Arc::new(TempDir::with_prefix("openklant-program-").expect("a folder for the program")),
            settings: BTreeMap::new(),
        }
        .with([
            ("OPENKLANT_LISTEN", "127.0.0.1:0"),
            ("OPENKLANT_SECRET_KEY", SECRET_KEY),
        ])
    }

    /// The program on the database of a test.
    pub fn on(database: &Database) -> Self {
        Self::new().with([("OPENKLANT_DATABASE_URL", database.url())])
    }

    /// Changes settings.
    #[must_use]
    pub fn with<N: Into<String>, V: Into<String>>(
        mut self,
        settings: impl IntoIterator<Item = (N, V)>,
    ) -> Self {
        for (name, value) in settings {
            self.settings.insert(name.into(), value.into());
        }
        self
    }

    /// Takes a setting away.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.settings.remove(name);
        self
    }

    /// The folder it works in.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Runs a command to its end.
    pub async fn run(&self, line: &str) -> Ended {
        self.start(line).end().await
    }

    /// Runs a command to its end that takes this secret, on stdin.
    pub async fn run_given(&self, line: &str, secret: &str) -> Ended {
        let mut stdin = tempfile::tempfile().expect("a file for stdin");
        stdin
            .write_all(secret.as_bytes())
            .and_then(|()| stdin.rewind())
            .expect("a secret for stdin");
        self.spawn(command(&format!("{line} --secret-stdin")), stdin.into())
            .end()
            .await
    }

    /// Starts a command. Arguments stand apart by blanks.
    pub fn start(&self, line: &str) -> Process {
        self.spawn(command(line), Stdio::null())
    }

    /// Runs a command to its end that reads this file on stdin.
    pub async fn run_reading(&self, line: &str, file: &Path) -> Ended {
        let file = std::fs::File::open(file).expect("the file for stdin can be read");
        self.spawn(command(line), file.into()).end().await
    }

    /// Runs a script of the shell to its end, or to the first command of it that fails, with the program on its path.
    pub async fn run_script(&self, script: &str) -> Ended {
        let folder = path();
        let folder = folder.parent().expect("a program stands in a folder");
        let mut command = Command::new("sh");
        let script = format!(
            "PATH='{}':/usr/local/bin:/usr/bin:/bin\nexport PATH\n{script}",
            folder.display()
        );
        command.args(["-ec", &script]);
        self.spawn(command, Stdio::null()).end().await
    }

    /// Runs a command to its end where no file can grow: as on a full disk, for every user.
    pub async fn run_on_a_full_disk(&self, line: &str) -> Ended {
        let mut command = Command::new("sh");
        let script = format!("trap '' XFSZ; ulimit -f 0; exec '{}' {line}", path().display());
        command.args(["-c", &script]);
        self.spawn(command, Stdio::null()).end().await
    }

    /// A command with these settings and no others, in the folder of the program.
    pub(crate) fn command(&self, line: &str) -> std::process::Command {
        let mut command = std::process::Command::new(path());
        command
            .args(line.split_whitespace())
            .env_clear()
            .envs(&self.settings)
            .current_dir(self.folder());
        command
    }

    fn spawn(&self, mut command: Command, stdin: Stdio) -> Process {
        let mut child = command
            .env_clear()
            .envs(&self.settings)
            .current_dir(self.folder())
            .stdin(stdin)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap_or_else(|error| panic!("{command:?} cannot be started, is it built? {error}"));
        Process {
            stdout: Printed::read(child.stdout.take().expect("stdout is a pipe")),
            stderr: Printed::read(child.stderr.take().expect("stderr is a pipe")),
            child,
            _folder: Arc::clone(&self.folder),
        }
    }
}

impl Default for Program {
    fn default() -> Self {
        Self::new()
    }
}

fn command(line: &str) -> Command {
    let mut command = Command::new(path());
    command.args(line.split_whitespace());
    command
}

/// The binary stands beside the folder of the tests, or beside another binary that starts it.
fn path() -> PathBuf {
    let own = std::env::current_exe().expect("a test knows where it is");
    let folder = own.parent().expect("a program stands in a folder");
    let built = if folder.ends_with("deps") {
        folder.parent().expect("tests stand in deps")
    } else {
        folder
    };
    built.join("openklant")
}

impl Process {
    /// What it printed so far.
    pub fn stdout(&self) -> String {
        self.stdout.so_far()
    }

    /// What it logged so far.
    pub fn stderr(&self) -> String {
        self.stderr.so_far()
    }

    /// Waits until it has printed this.
    pub async fn prints(&self, text: &str) {
        wait::until_found(&format!("the program prints {text:?}"), async || {
            self.stdout().contains(text).then_some(())
        })
        .await;
    }

    /// Waits until it has logged this.
    pub async fn logs(&self, text: &str) {
        wait::until_found(&format!("the program logs {text:?}"), async || {
            self.stderr().contains(text).then_some(())
        })
        .await;
    }

    /// Where it listens, once it does. With a public base URL that is what it prints; the log has the address.
    pub async fn address(&self) -> SocketAddr {
        wait::until_found("the program says where it listens", async || {
            after(&self.stdout(), "Open Klant listens on http://")
                .or_else(|| after(&self.stderr(), "the API listens listen="))
        })
        .await
    }

    /// A client of it, whatever it prints and in whatever form it logs.
    pub async fn client(&self, authorization: Option<String>) -> Client {
        let address = wait::until_found("the program says where it listens", async || {
            after(&self.stderr(), "the API listens listen=").or_else(|| {
                let log = self.stderr();
                let line = log.lines().find(|line| line.contains("\"the API listens\""))?;
                let line: serde_json::Value = serde_json::from_str(line).ok()?;
                line["listen"].as_str()?.parse().ok()
            })
        })
        .await;
        Client::new(address, authorization)
    }

    /// Asks it to stop.
    pub fn terminate(&self) {
        self.signal(Signal::TERM);
    }

    /// Ends it without a chance to do anything.
    pub fn kill(&self) {
        self.signal(Signal::KILL);
    }

    /// Stops its time: it does nothing until it is thawed.
    pub fn freeze(&self) {
        self.signal(Signal::STOP);
    }

    /// Lets it go on.
    pub fn thaw(&self) {
        self.signal(Signal::CONT);
    }

    /// What the system says of its memory in KiB: `VmRSS` for what it takes now, `RssAnon` for what of it holds no file,
    /// `VmHWM` for the most it ever took.
    pub fn memory(&self, field: &str) -> u64 {
        let status =
            std::fs::read_to_string(format!("/proc/{}/status", self.id())).expect("the system tells");
        let line = status.lines().find(|line| line.starts_with(&format!("{field}:")));
        let words = line.and_then(|line| line.split_whitespace().nth(1));
        words
            .and_then(|kib| kib.parse().ok())
            .expect("memory is told in kB")
    }

    /// How long it has computed so far, on all cores, to a hundredth of a second.
    pub fn cpu(&self) -> Duration {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.id())).expect("the system tells");
        // The name may hold blanks; what follows is counted from its parenthesis. Linux counts in hundredths.
        let (_, rest) = stat.rsplit_once(')').expect("the name of a process");
        let ticks: u64 = rest
            .split_whitespace()
            .skip(11)
            .take(2)
            .filter_map(|ticks| ticks.parse::<u64>().ok())
            .sum();
        Duration::from_millis(ticks * 10)
    }

    /// Its number.
    pub fn id(&self) -> u32 {
        self.child.id().expect("the process has not been waited for")
    }

    fn signal(&self, signal: Signal) {
        let id = i32::try_from(self.id())
            .ok()
            .and_then(Pid::from_raw)
            .expect("a process id");
        kill_process(id, signal).expect("our own process can be told");
    }

    /// Waits for its end.
    pub async fn end(self) -> Ended {
        self.end_within(PATIENCE).await
    }

    /// Waits for its end, which takes long.
    pub async fn end_within(mut self, patience: Duration) -> Ended {
        let status: ExitStatus = timeout(patience, self.child.wait())
            .await
            .unwrap_or_else(|_| {
                panic!(
                    "the program does not end\n{}\n{}",
                    self.stdout.so_far(),
                    self.stderr.so_far()
                )
            })
            .expect("a process ends");
        Ended {
            code: status.code(),
            stdout: self.stdout.all().await,
            stderr: self.stderr.all().await,
        }
    }
}

/// The address after these words; a line that is not complete has none yet.
fn after(text: &str, words: &str) -> Option<SocketAddr> {
    let (_, rest) = text.split_once(words)?;
    let (line, _) = rest.split_once('\n')?;
    line.split(' ').next()?.parse().ok()
}

impl Ended {
    /// What it printed; fails when it did not end well.
    pub fn well(self) -> String {
        assert_eq!(self.code, Some(0), "{self:?}");
        self.stdout
    }

    /// Fails unless it ended with this code and one line that holds `text`.
    pub fn complains(&self, code: i32, text: &str) {
        assert_eq!(self.code, Some(code), "{self:?}");
        let complaints: Vec<&str> = self
            .stderr
            .lines()
            .filter(|line| line.starts_with("openklant: "))
            .collect();
        assert!(
            matches!(complaints[..], [one] if one.contains(text)),
            "{text:?} in {self:?}"
        );
        let noise = ["panicked", "stack backtrace", "RUST_BACKTRACE", "ERROR"];
        assert!(!noise.iter().any(|word| self.stderr.contains(word)), "{self:?}");
    }
}

impl Printed {
    fn read(mut pipe: impl AsyncRead + Unpin + Send + 'static) -> Self {
        let text = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&text);
        let reader = tokio::spawn(async move {
            let mut buffer = [0; 4096];
            while let Ok(read @ 1..) = pipe.read(&mut buffer).await {
                kept.lock()
                    .expect("nobody panics with it")
                    .extend_from_slice(&buffer[..read]);
            }
        });
        Self { text, reader }
    }

    fn so_far(&self) -> String {
        String::from_utf8_lossy(&self.text.lock().expect("nobody panics with it")).into_owned()
    }

    async fn all(self) -> String {
        let text = Arc::clone(&self.text);
        self.reader.await.expect("reading does not fail");
        String::from_utf8_lossy(&text.lock().expect("nobody panics with it")).into_owned()
    }
}
