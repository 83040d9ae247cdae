//! `cargo xtask pg` and the server the tests are lent: a private cluster, or the one that the environment names.

mod cluster;
mod programs;

use anyhow::{Context, Result, bail};
use clap::{Args, ValueEnum};

pub use self::cluster::Cluster;
use crate::process;
use crate::workspace::Workspace;

/// Names the server of the tests: the URL of a maintenance database, of a role that may create databases. Set by a
/// person it takes the place of the private cluster.
pub const TEST_URL: &str = "OPENKLANT_TEST_POSTGRES_URL";

/// Arguments of `cargo xtask pg`.
#[derive(Args)]
pub struct PgArguments {
    /// Print the URL of the cluster that runs in the background for this checkout, started when there is none;
    /// `cargo xtask pg stop` ends it
    #[arg(long, conflicts_with = "action")]
    print_url: bool,
    /// What to do with the cluster
    #[arg(value_enum, default_value_t = Action::Start)]
    action: Action,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Action {
    /// Start a cluster, print its URL, and throw it away at ctrl-c
    Start,
    /// Throw away the cluster in the background, and what earlier runs left behind in this checkout
    Stop,
}

/// The server of a run of the tests; a private one is thrown away when this is dropped.
pub enum Server {
    /// Named by the environment.
    External(String),
    /// Made for this run.
    Private(Cluster),
}

impl Server {
    /// The URL of the maintenance database.
    pub fn url(&self) -> &str {
        match self {
            Self::External(url) => url,
            Self::Private(cluster) => cluster.url(),
        }
    }
}

/// The server for one run of the tests.
pub fn for_tests(workspace: &Workspace) -> Result<Server> {
    if let Some(url) = named_server()? {
        println!("using the PostgreSQL server that {TEST_URL} names");
        return Ok(Server::External(url));
    }
    cluster::remove_abandoned(workspace)?;
    let cluster = Cluster::start(workspace)?;
    println!("private PostgreSQL cluster at {}", cluster.url());
    Ok(Server::Private(cluster))
}

/// A private cluster that may be killed: it keeps what it committed.
pub fn to_be_killed(workspace: &Workspace) -> Result<Cluster> {
    cluster::remove_abandoned(workspace)?;
    Cluster::start_durable(workspace)
}

/// Runs the sub-command.
pub fn run(workspace: &Workspace, arguments: &PgArguments) -> Result<()> {
    match arguments {
        PgArguments { print_url: true, .. } => print_url(workspace),
        PgArguments {
            action: Action::Start,
            ..
        } => start(workspace),
        PgArguments {
            action: Action::Stop, ..
        } => stop(workspace),
    }
}

fn print_url(workspace: &Workspace) -> Result<()> {
    let url = match (named_server()?, cluster::in_background(workspace)?) {
        (Some(url), _) | (None, Some(url)) => url,
        (None, None) => Cluster::start(workspace)?.leave_running()?,
    };
    println!("{url}");
    Ok(())
}

fn start(workspace: &Workspace) -> Result<()> {
    cluster::remove_abandoned(workspace)?;
    let cluster = Cluster::start(workspace)?;
    println!("{}", cluster.url());
    eprintln!(
        "for the tests: export {TEST_URL}={}\nctrl-c throws the cluster away",
        cluster.url()
    );
    process::wait_for_interrupt();
    drop(cluster);
    eprintln!("thrown away");
    Ok(())
}

fn stop(workspace: &Workspace) -> Result<()> {
    let background = cluster::remove_background(workspace)?;
    let abandoned = cluster::remove_abandoned(workspace)?;
    println!("{} thrown away", background + abandoned);
    Ok(())
}

#[expect(
    clippy::disallowed_methods,
    reason = "a task is not the product, whose settings are read in one place"
)]
fn named_server() -> Result<Option<String>> {
    match std::env::var(TEST_URL) {
        Ok(url) if url.is_empty() => bail!("{TEST_URL} is empty: unset it, or name a server"),
        Ok(url) => Ok(Some(url)),
        Err(std::env::VarError::NotPresent) => Ok(None),
        Err(fault) => Err(fault).with_context(|| format!("{TEST_URL} cannot be read")),
    }
}
