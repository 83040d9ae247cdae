//! Waiting for what a worker does to the outbox, and comparing what was received with what was changed.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::probe::{Attempt, Change, Probe, Queued};
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

/// The changes of each object, in order.
pub type ByObject = BTreeMap<String, Vec<Change>>;

/// Sorts changes by object; their order stays.
pub fn by_object(changes: impl IntoIterator<Item = Change>) -> ByObject {
    let mut objects = ByObject::new();
    for change in changes {
        objects.entry(change.url.clone()).or_default().push(change);
    }
    objects
}

/// The changes that messages tell of, each where it came first.
pub fn first_receptions(messages: &[Value]) -> Vec<Change> {
    let mut seen = BTreeSet::new();
    messages
        .iter()
        .map(Change::of)
        .filter(|change| seen.insert(change.clone()))
        .collect()
}

/// Demands that the messages tell of exactly these changes, of each object in the order in which they were made.
/// A repetition is known by its moment, so changes of one kind must not be made at the same one.
#[track_caller]
pub fn assert_tells_all(messages: &[Value], changes: &[Change]) {
    let received = by_object(first_receptions(messages));
    let made = by_object(changes.iter().cloned());
    let told: BTreeSet<&Change> = received.values().flatten().collect();
    let known: BTreeSet<&Change> = made.values().flatten().collect();
    assert_eq!(known.len(), changes.len(), "changes that cannot be told apart");
    let lost: Vec<_> = known.difference(&told).collect();
    assert!(lost.is_empty(), "changes nobody was told of: {lost:#?}");
    let invented: Vec<_> = told.difference(&known).collect();
    assert!(
        invented.is_empty(),
        "messages of changes that were not made: {invented:#?}"
    );
    for (url, changes) in &made {
        assert_eq!(received.get(url), Some(changes), "order of {url}");
    }
}

#[cfg(test)]
mod tests {
    use std::panic::catch_unwind;

    use serde_json::json;

    use super::*;

    fn message(url: &str, second: u32) -> Value {
        json!({"hoofdObject": url, "actie": "update", "aanmaakdatum": format!("2026-01-05T09:30:{second:02}Z")})
    }

    #[test]
    fn repetitions_are_fine_and_faults_are_found() {
        let changes = [("a", 1), ("b", 1), ("a", 2)].map(|(url, second)| Change::of(&message(url, second)));
        let table = [
            (vec![("a", 1), ("a", 2), ("b", 1)], true),
            (vec![("b", 1), ("a", 1), ("a", 1), ("a", 2), ("a", 1)], true),
            (vec![("a", 2), ("a", 1), ("b", 1)], false),
            (vec![("a", 1), ("a", 2)], false),
            (vec![("a", 1), ("a", 2), ("b", 1), ("b", 2)], false),
        ];
        for (received, expected) in table {
            let messages: Vec<Value> = received
                .iter()
                .map(|(url, second)| message(url, *second))
                .collect();
            let found = catch_unwind(|| assert_tells_all(&messages, &changes)).is_ok();
            assert_eq!(found, expected, "{received:?}");
        }
    }
}
