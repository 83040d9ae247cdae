//! Stopping: the first signal asks everything to finish what it is doing, the second ends the process at once.

use std::future::Future;
use std::io;
use std::process;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;
use tracing::{info, warn};

/// What a process ends with that was told to stop twice.
const STOPPED_AT_ONCE: i32 = 130;

/// The wish to stop, shared by the parts of a process.
#[derive(Clone, Debug)]
pub struct Stop(watch::Sender<bool>);

impl Stop {
    /// A wish that SIGTERM and ctrl-c express.
    pub fn on_signals() -> io::Result<Self> {
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        let stop = Self(watch::Sender::new(false));
        let wish = stop.clone();
        tokio::spawn(async move {
            either(&mut terminate, &mut interrupt).await;
            info!("stopping; a second signal stops at once");
            wish.ask();
            either(&mut terminate, &mut interrupt).await;
            warn!("stopping at once");
            process::exit(STOPPED_AT_ONCE);
        });
        Ok(stop)
    }

    /// Asks every part to stop.
    pub fn ask(&self) {
        self.0.send_replace(true);
    }

    /// Ready once somebody asked.
    pub fn asked(&self) -> impl Future<Output = ()> + Send + 'static {
        let mut wish = self.0.subscribe();
        async move {
            // An error means that nobody can ask any more: then there is nothing left to wait for either.
            let _ = wish.wait_for(|asked| *asked).await;
        }
    }
}

async fn either(one: &mut Signal, other: &mut Signal) {
    tokio::select! {
        _ = one.recv() => {}
        _ = other.recv() => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn asking_reaches_every_part_before_and_after() {
        let stop = Stop(watch::Sender::new(false));
        let before = stop.asked();
        stop.ask();
        before.await;
        stop.asked().await;
    }
}
