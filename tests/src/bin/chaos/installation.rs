//! What is killed: an API and two workers as processes of their own, on one database. The second worker lives by a clock
//! that can be set.

use std::fs;
use std::path::{Path, PathBuf};

use openklant_tests::Database;
use openklant_tests::notificaties::Notificaties;
use openklant_tests::program::{Process, Program};

/// Messages that one worker has in flight at most.
pub const CONCURRENCY: usize = 4;

/// Times as short as the settings allow, so that much happens in a short run.
const SHORT: [(&str, &str); 6] = [
    ("OPENKLANT_NOTIFICATIES_REQUEST_TIMEOUT", "2s"),
    ("OPENKLANT_NOTIFICATIES_LEASE", "8s"),
    ("OPENKLANT_NOTIFICATIES_POLL_INTERVAL", "500ms"),
    ("OPENKLANT_NOTIFICATIES_RETRY_MAX_DELAY", "10s"),
    ("OPENKLANT_NOTIFICATIES_PROBE_MAX_PAUSE", "2s"),
    ("OPENKLANT_NOTIFICATIES_CONCURRENCY", "4"),
];

/// The program on a database, with a receiver and settings of its own for time.
pub fn program(database: &Database, notificaties: &Notificaties) -> Program {
    Program::on(database).with(notificaties.settings())
}

/// Registers an application with every right, and answers a token of it.
pub async fn token(program: &Program) -> String {
    let add = "applicatie add --label Chaos --client-id chaos --alle-autorisaties";
    program.run(add).await.well();
    program
        .run("token --client-id chaos")
        .await
        .well()
        .trim()
        .to_owned()
}

/// A process that is killed and started again.
pub struct Victim {
    program: Program,
    command: &'static str,
    process: Process,
}

impl Victim {
    /// Starts one.
    pub fn start(program: Program, command: &'static str) -> Self {
        Self {
            process: program.start(command),
            program,
            command,
        }
    }

    /// The process that runs now.
    pub fn process(&self) -> &Process {
        &self.process
    }

    /// `kill -9`, and another in its place. An error when it had ended by itself, with the last it said.
    pub async fn kill_and_restart(&mut self) -> Result<(), String> {
        let next = self.program.start(self.command);
        let last = std::mem::replace(&mut self.process, next);
        last.kill();
        let ended = last.end().await;
        match ended.code {
            None => Ok(()),
            Some(code) => Err(format!(
                "the {} had ended by itself with code {code}: {}",
                self.command,
                last_lines(&ended.stderr)
            )),
        }
    }

    /// Asks it to stop, and demands that it ends well.
    pub async fn end(self) -> Result<(), String> {
        self.process.terminate();
        let ended = self.process.end().await;
        if ended.code == Some(0) {
            return Ok(());
        }
        Err(format!(
            "the {} ended with {:?}: {}",
            self.command,
            ended.code,
            last_lines(&ended.stderr)
        ))
    }
}

fn last_lines(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(5)..].join(" | ")
}

/// Everything that runs.
pub struct Installation {
    /// The API.
    pub api: Victim,
    /// The workers; the last one has the clock that jumps.
    pub workers: [Victim; 2],
    /// Commands of an operator.
    pub operator: Program,
    /// The clock of the last worker, when it can be set.
    pub clock: Option<WorkerClock>,
    /// A token with every right.
    pub token: String,
}

impl Installation {
    /// Starts everything.
    pub async fn start(database: &Database, notificaties: &Notificaties, faketime: Option<&Path>) -> Self {
        let program = || program(database, notificaties).with(SHORT);
        let operator = program();
        let token = token(&operator).await;
        let deceived = program();
        let clock = faketime.map(|_| WorkerClock::in_folder(deceived.folder()));
        let deceived = match (faketime, &clock) {
            (Some(library), Some(clock)) => deceived.with(clock.settings(library)),
            _ => deceived,
        };
        Self {
            api: Victim::start(program(), "api"),
            workers: [
                Victim::start(program(), "worker"),
                Victim::start(deceived, "worker"),
            ],
            operator,
            clock,
            token,
        }
    }

    /// Asks everything to stop; what did not end well is told.
    pub async fn end(self) -> Vec<String> {
        let [first, second] = self.workers;
        let mut faults = Vec::new();
        for victim in [self.api, first, second] {
            faults.extend(victim.end().await.err());
        }
        faults
    }
}

/// The clock of a worker: its wall clock only, time that passes stays what it is.
pub struct WorkerClock(PathBuf);

impl WorkerClock {
    fn in_folder(folder: &Path) -> Self {
        let clock = Self(folder.join("clock"));
        clock.set(0);
        clock
    }

    /// Moves it so many seconds from the right time.
    pub fn set(&self, seconds: i64) {
        // Renamed into place: a worker that reads half a file would have no clock.
        let next = self.0.with_extension("next");
        fs::write(&next, format!("{seconds:+}\n")).expect("the folder of the worker can be written to");
        fs::rename(&next, &self.0).expect("the folder of the worker can be written to");
    }

    fn settings(&self, library: &Path) -> [(&'static str, String); 5] {
        [
            ("LD_PRELOAD", library.display().to_string()),
            ("FAKETIME_TIMESTAMP_FILE", self.0.display().to_string()),
            ("FAKETIME_NO_CACHE", "1".to_owned()),
            ("FAKETIME_DONT_FAKE_MONOTONIC", "1".to_owned()),
            ("DONT_FAKE_MONOTONIC", "1".to_owned()),
        ]
    }
}
