//! The program at a terminal, where it asks and shows how far it is. Elsewhere it does neither.

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::process::Command;
use std::thread;
use std::time::Duration;

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};

use crate::program::Program;

/// A terminal of an ordinary size.
const SIZE: Winsize = Winsize {
    ws_row: 25,
    ws_col: 120,
    ws_xpixel: 0,
    ws_ypixel: 0,
};

/// Longest a command may take.
const PATIENCE: Duration = Duration::from_mins(1);

impl Program {
    /// Runs a command to its end at a terminal, where somebody typed this; answers all that was to be seen there.
    pub async fn run_at_a_terminal(&self, line: &str, typed: &str) -> String {
        let (mut terminal, other_end) = terminal();
        terminal
            .write_all(typed.as_bytes())
            .expect("somebody can type at a terminal");
        let mut command: Command = self.command(line);
        let same = || {
            other_end
                .try_clone()
                .expect("a terminal may be open more than once")
        };
        command
            .env("TERM", "xterm")
            .stdin(same())
            .stdout(same())
            .stderr(same());
        let mut child = command.spawn().expect("the program is built");
        // The last to have it open must be the program: reading ends with it.
        drop((command, other_end));
        let reader = thread::spawn(move || {
            let mut seen = Vec::new();
            let mut buffer = [0; 4096];
            while let Ok(read @ 1..) = terminal.read(&mut buffer) {
                seen.extend_from_slice(&buffer[..read]);
            }
            String::from_utf8_lossy(&seen).into_owned()
        });
        let ended = tokio::task::spawn_blocking(move || child.wait());
        let status = tokio::time::timeout(PATIENCE, ended)
            .await
            .expect("the program ends")
            .expect("waiting does not panic")
            .expect("a process ends");
        let seen = reader.join().expect("reading does not panic");
        assert!(status.success(), "{line}: {status}\n{seen}");
        seen
    }
}

/// A new terminal: the end of the person, and that of the program.
fn terminal() -> (File, File) {
    let person = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a terminal");
    grantpt(&person).expect("it is ours");
    unlockpt(&person).expect("it may be used");
    let name = ptsname(&person, Vec::new()).expect("it has a name");
    let path = name.to_str().expect("the name is a path");
    let program = OpenOptions::new()
        .read(true)
        .write(true)
        .open(path)
        .expect("its other end");
    tcsetwinsize(&program, SIZE).expect("it has a size");
    (person.into(), program)
}
