//! Waiting for what a worker does to the outbox.

use crate::probe::{Attempt, Probe, Queued};
use crate::{App, wait};

impl App {
    /// Waits until the outbox is like this.
    pub async fn outbox_when(&self, what: &str, fits: impl Fn(&[Queued]) -> bool) -> Vec<Queued> {
        self.probe().outbox_when(what, fits).await
    }

    /// Waits until every message is delivered.
    pub async fn all_delivered(&self) -> Vec<Queued> {
        self.outbox_when("every message is delivered", |rows| {
            rows.iter().all(|row| row.state == "delivered")
        })
        .await
    }

    /// Waits until so many attempts of a message are recorded and no worker has it any more.
    pub async fn attempted(&self, message: i64, times: usize) -> (Queued, Vec<Attempt>) {
        wait::until_found(
            &format!("{times} attempts of message {message} are recorded"),
            async || {
                let attempts = self.probe().attempts(message).await;
                let rows = self.outbox().await;
                let row = rows.into_iter().find(|row| row.id == message)?;
                (attempts.len() == times && row.state != "delivering").then_some((row, attempts))
            },
        )
        .await
    }

    /// Moves the clock to the moment at which a message is due.
    pub fn advance_to(&self, message: &Queued) {
        self.clock().advance(message.next_attempt_at - self.clock().now());
    }
}

impl Probe {
    /// Waits until the outbox is like this.
    pub async fn outbox_when(&self, what: &str, fits: impl Fn(&[Queued]) -> bool) -> Vec<Queued> {
        let fits = &fits;
        wait::until_found(what, async || {
            let rows = self.outbox().await;
            fits(&rows).then_some(rows)
        })
        .await
    }
}
