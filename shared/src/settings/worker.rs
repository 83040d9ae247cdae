//! Settings of the worker as a process; what it delivers and how is in `notificaties.rs`.

use std::net::SocketAddr;

use super::address::listen;
use super::names;
use super::reader::Reader;

/// The worker as a process.
#[derive(Debug, Clone)]
pub struct Worker {
    /// Where it shows its metrics; `None`: nowhere.
    pub metrics_listen: Option<SocketAddr>,
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "a section that is read answers an option, for the faults of others"
)]
pub(super) fn read(reader: &mut Reader<'_>) -> Option<Worker> {
    Some(Worker {
        metrics_listen: reader.get(&names::WORKER_METRICS_LISTEN, listen),
    })
}
