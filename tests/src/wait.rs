//! Waiting for something that another task does: by looking again until a deadline, never by sleeping and hoping.

use std::time::Duration;

use tokio::time::{Instant, sleep};

/// Longest a test waits for something that should happen soon.
pub const DEADLINE: Duration = Duration::from_secs(30);

/// How long between two looks.
const PAUSE: Duration = Duration::from_millis(10);

/// Looks until there is an answer; fails with `what` when the deadline passes.
pub async fn until<T>(what: &str, look: impl AsyncFnMut() -> Option<T>) -> T {
    until_within(DEADLINE, what, look).await
}

/// The same with a deadline of its own.
pub async fn until_within<T>(limit: Duration, what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let end = Instant::now() + limit;
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(Instant::now() < end, "waited {limit:?} in vain: {what}");
        sleep(PAUSE).await;
    }
}

/// The same for a look that changes nothing: its future may move between threads, as a test on both databases asks.
pub async fn until_found<T, F: Future<Output = Option<T>>>(what: &str, mut look: impl FnMut() -> F) -> T {
    let end = Instant::now() + DEADLINE;
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(Instant::now() < end, "waited {DEADLINE:?} in vain: {what}");
        sleep(PAUSE).await;
    }
}
