//! `openklant health`: asks a running process on this machine how it is, for the health check of a container that has
//! neither shell nor curl.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use anyhow::{Context, bail};
use openklant_shared::http::{ApiClient, Call, Method};
use openklant_shared::settings::{self, Early, Source};
use url::Url;

use crate::exit::CannotStart;
use crate::output;

/// Longest an answer may take: more than the server itself waits for its database.
const ANSWER_WITHIN: Duration = Duration::from_secs(3);

/// Arguments.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  openklant health --worker\n\nLooks for the process at the address that the settings name. \
                  Exit code 0: healthy; 1: not, or nobody there."
)]
pub struct Args {
    /// Whether the process runs, whatever the state of its database
    #[arg(long, conflicts_with = "worker")]
    live: bool,
    /// Ask a worker, at the address where it shows its metrics
    #[arg(long)]
    worker: bool,
}

/// Runs the command.
pub async fn run(args: &Args, source: &Source) -> anyhow::Result<()> {
    let settings = settings::load_early(source)?;
    let url = url(args, &settings)?;
    let answer = ApiClient::new(ANSWER_WITHIN, ANSWER_WITHIN)?
        .call(Call {
            method: Method::GET,
            url: url.clone(),
            bearer: None,
            media_type: "*/*",
            json: None,
        })
        .await
        .with_context(|| format!("{url} does not answer"))?;
    if answer.status != 200 {
        bail!("{url} answers {}", answer.status);
    }
    output::line("healthy")
}

fn url(args: &Args, settings: &Early) -> anyhow::Result<Url> {
    let (address, path) = if args.worker {
        let address = settings.worker.metrics_listen.ok_or_else(|| {
            CannotStart("set OPENKLANT_WORKER_METRICS_LISTEN: a worker answers nowhere else".to_owned())
        })?;
        (address, "/metrics")
    } else if args.live {
        (settings.server.listen, "/health/live")
    } else {
        (settings.server.listen, "/health/ready")
    };
    Ok(Url::parse(&format!("http://{}{path}", from_here(address)))?)
}

/// The address at which this machine reaches what listens on `address`: nobody can call "all interfaces".
fn from_here(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        ip if !ip.is_unspecified() => ip,
        IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
    };
    SocketAddr::new(ip, address.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_interfaces_are_reached_by_loopback() {
        for (listens, called) in [
            ("0.0.0.0:8000", "127.0.0.1:8000"),
            ("[::]:8000", "[::1]:8000"),
            ("192.0.2.7:81", "192.0.2.7:81"),
        ] {
            assert_eq!(from_here(listens.parse().unwrap()).to_string(), called);
        }
    }
}
