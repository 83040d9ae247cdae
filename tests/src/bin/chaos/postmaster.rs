//! The PostgreSQL server of the run: killed without warning, and started again on the same data and port.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tokio::process::Command;
use tokio::time::{Instant, sleep};

/// Longest that the server may need to be there again: its own processes must notice the end of their parent first.
const PATIENCE: Duration = Duration::from_mins(1);

/// The server.
pub struct Postmaster {
    pid_file: PathBuf,
    restart: Vec<String>,
}

impl Postmaster {
    /// The server whose process id stands in the first line of a file, and the words of the command that starts it.
    pub fn new(pid_file: PathBuf, restart: Vec<String>) -> Self {
        Self { pid_file, restart }
    }

    /// `kill -9` of its first process.
    pub fn kill(&self) {
        let text = std::fs::read_to_string(&self.pid_file).expect("the server has written its process id");
        let pid = text.lines().next().and_then(|line| line.trim().parse().ok());
        let pid = pid.and_then(Pid::from_raw).expect("a process id");
        kill_process(pid, Signal::KILL).expect("the server is ours to kill");
    }

    /// Starts it again, and waits until it takes connections.
    pub async fn start(&self) {
        let end = Instant::now() + PATIENCE;
        loop {
            let started = Command::new(&self.restart[0])
                .args(&self.restart[1..])
                .current_dir("/")
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status()
                .await
                .expect("the command that starts the server can be run");
            if started.success() {
                return;
            }
            assert!(Instant::now() < end, "PostgreSQL does not start again");
            sleep(Duration::from_millis(200)).await;
        }
    }
}
