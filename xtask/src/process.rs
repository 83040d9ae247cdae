//! Running other programs so that nothing outlives the task: each in its own process group, which is ended when the
//! task is interrupted. Knows nothing of what the programs do.

use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Arc, LazyLock};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process_group};
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};

static INTERRUPTED: LazyLock<Arc<AtomicBool>> = LazyLock::new(Arc::default);

/// How often a running program and the interrupt flag are looked at.
const TICK: Duration = Duration::from_millis(50);
/// How long an interrupted program gets to end by itself before it is killed.
const GRACE: Duration = Duration::from_secs(10);
/// How long output is still read after a program ended: a process it left behind may hold the pipe open.
const DRAIN: Duration = Duration::from_secs(5);

/// Turns ctrl-c and the polite signals into a flag, so that guards are dropped before the task ends.
pub fn watch_signals() -> Result<()> {
    for signal in [SIGINT, SIGTERM, SIGHUP, SIGQUIT] {
        signal_hook::flag::register(signal, Arc::clone(&INTERRUPTED)).context("cannot listen to signals")?;
    }
    Ok(())
}

/// Whether the task was asked to stop.
pub fn interrupted() -> bool {
    INTERRUPTED.load(Ordering::SeqCst)
}

/// Waits until the task is asked to stop.
pub fn wait_for_interrupt() {
    while !interrupted() {
        thread::sleep(TICK);
    }
}

/// Runs a program whose output goes straight to the terminal; an error when it fails.
pub fn run(command: &mut Command) -> Result<()> {
    let mut child = spawn(command)?;
    let status = wait(&mut child)?;
    succeed(command, status)
}

/// Whether a program exists and ends well; its output is not shown.
pub fn succeeds(command: &mut Command) -> bool {
    let silent = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    silent.status().is_ok_and(|status| status.success())
}

/// Runs a program and returns what it wrote to standard output; an error when it fails, with what it wrote to standard
/// error. For short programs: it is not ended by an interrupt, but gets the terminal's own.
pub fn capture(command: &mut Command) -> Result<String> {
    let name = display(command);
    let output = prepare(command)
        .output()
        .with_context(|| format!("cannot run `{name}`"))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("`{name}` failed ({}): {}", output.status, said.trim());
    }
    String::from_utf8(output.stdout).with_context(|| format!("`{name}` printed something else than text"))
}

/// Runs a program, shows each line of its output as it comes and hands it to `on_line`. A failure of the program is
/// part of the result, not an error.
pub fn follow(command: &mut Command, mut on_line: impl FnMut(&str)) -> Result<ExitStatus> {
    let (reader, writer) = std::io::pipe().context("cannot make a pipe")?;
    command
        .stdout(writer.try_clone().context("cannot share a pipe")?)
        .stderr(writer);
    let mut child = spawn(command)?;
    // The command itself holds the writing end: without this the pipe never ends.
    command.stdout(Stdio::null()).stderr(Stdio::null());

    let (sender, lines) = channel();
    thread::spawn(move || {
        for line in BufReader::new(reader).split(b'\n').map_while(Result::ok) {
            if sender.send(String::from_utf8_lossy(&line).into_owned()).is_err() {
                return;
            }
        }
    });
    let mut ended: Option<(ExitStatus, Instant)> = None;
    loop {
        match lines.recv_timeout(TICK) {
            Ok(line) => {
                println!("{line}");
                on_line(&line);
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return wait(&mut child),
        }
        match ended {
            Some((status, since)) if since.elapsed() > DRAIN => return Ok(status),
            Some(_) => {}
            None if interrupted() => return Err(end(&mut child)),
            None => {
                let status = child.try_wait().context("lost sight of a program")?;
                ended = status.map(|status| (status, Instant::now()));
            }
        }
    }
}

/// The command line as a person would type it.
pub fn display(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words
        .map(|word| word.to_string_lossy())
        .collect::<Vec<_>>()
        .join(" ")
}

/// No input, and nothing of the variables with which cargo started this task: build scripts of dependencies watch some
/// of them, and would build again at every change between `cargo xtask` and plain cargo.
fn prepare(command: &mut Command) -> &mut Command {
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&name);
        }
    }
    command.stdin(Stdio::null())
}

fn spawn(command: &mut Command) -> Result<Child> {
    let name = display(command);
    prepare(command)
        .process_group(0)
        .spawn()
        .with_context(|| format!("cannot run `{name}`"))
}

fn wait(child: &mut Child) -> Result<ExitStatus> {
    loop {
        if let Some(status) = child.try_wait().context("lost sight of a program")? {
            return Ok(status);
        }
        if interrupted() {
            return Err(end(child));
        }
        thread::sleep(TICK);
    }
}

fn succeed(command: &Command, status: ExitStatus) -> Result<()> {
    if !status.success() {
        bail!("`{}` failed ({status})", display(command));
    }
    Ok(())
}

/// Ends a program with everything it started: asks first, then kills.
fn end(child: &mut Child) -> anyhow::Error {
    let group = Pid::from_child(child);
    let asked = Instant::now();
    // An error here only says that the group is gone already, which is what we want.
    let _ = kill_process_group(group, Signal::TERM);
    while asked.elapsed() < GRACE && matches!(child.try_wait(), Ok(None)) {
        thread::sleep(TICK);
    }
    let _ = kill_process_group(group, Signal::KILL);
    let _ = child.wait();
    anyhow::anyhow!("interrupted")
}
