//! How the Notificaties API as a whole is doing, kept in memory. While it takes nothing, one message now and then
//! tries whether that has changed; the others wait without attempts. A restart simply starts trying.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use openklant_shared::domain::delivery::Class;

use crate::backoff::Schedule;

/// Failures in a row after which the whole endpoint is taken to be down.
const PROBE_AFTER: i64 = 5;

/// Longest pause between two tries of an endpoint that is down: how long after an outage it may stay unnoticed.
const MAX_PAUSE: Duration = Duration::from_secs(30);

/// What may be taken from the outbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Gate {
    /// As much as there is room for.
    Open,
    /// One message, to try.
    Probe,
    /// Nothing before this time.
    Closed(DateTime<Utc>),
}

/// The state of the endpoint.
#[derive(Debug)]
pub(crate) struct Endpoint {
    schedule: Schedule,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    failures: i64,
    closed_until: Option<DateTime<Utc>>,
}

impl Endpoint {
    pub(crate) fn new(schedule: Schedule) -> Self {
        Self {
            schedule,
            state: Mutex::default(),
        }
    }

    /// What may be taken at `now`.
    pub(crate) fn gate(&self, now: DateTime<Utc>) -> Gate {
        match self.state().closed_until {
            None => Gate::Open,
            Some(until) if now < until => Gate::Closed(until),
            Some(_) => Gate::Probe,
        }
    }

    /// Notes the outcome of an attempt.
    pub(crate) fn note(&self, class: Class, now: DateTime<Utc>) {
        let mut state = self.state();
        match class {
            // A refusal shows that it is at work, too.
            Class::Delivered | Class::Refused | Class::Clock | Class::Kanaal => {
                if state.closed_until.is_some() {
                    tracing::info!("the Notificaties API takes messages again");
                }
                *state = State::default();
                return;
            }
            Class::Temporary => state.failures += 1,
            // Goes for every message alike: no use in trying others first.
            Class::Denied | Class::Endpoint => state.failures = PROBE_AFTER.max(state.failures + 1),
        }
        if state.failures >= PROBE_AFTER {
            if state.closed_until.is_none() {
                tracing::warn!(
                    "the Notificaties API takes no messages; one now and then tries whether it does"
                );
            }
            let pause = self.schedule.delay(class, state.failures - PROBE_AFTER + 1);
            state.closed_until = Some(now + pause.min(MAX_PAUSE));
        }
    }

    // A panic while the lock is held leaves nothing half done.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backoff::tests::SCHEDULE;

    fn moment(seconds: u64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + Duration::from_secs(seconds)
    }

    #[test]
    fn closes_after_failures_in_a_row() {
        let endpoint = Endpoint::new(SCHEDULE);
        for _ in 0..4 {
            endpoint.note(Class::Temporary, moment(0));
            assert_eq!(endpoint.gate(moment(0)), Gate::Open);
        }
        endpoint.note(Class::Delivered, moment(0));
        for _ in 0..4 {
            endpoint.note(Class::Temporary, moment(0));
        }
        assert_eq!(endpoint.gate(moment(0)), Gate::Open);
        endpoint.note(Class::Temporary, moment(0));
        assert!(matches!(endpoint.gate(moment(0)), Gate::Closed(until) if until < moment(2)));
        assert_eq!(endpoint.gate(moment(2)), Gate::Probe);
        endpoint.note(Class::Refused, moment(2));
        assert_eq!(endpoint.gate(moment(2)), Gate::Open);
    }

    #[test]
    fn closes_at_once_when_nothing_can_pass() {
        for class in [Class::Denied, Class::Endpoint] {
            let endpoint = Endpoint::new(SCHEDULE);
            endpoint.note(class, moment(0));
            assert!(matches!(endpoint.gate(moment(29)), Gate::Closed(_)));
            assert_eq!(endpoint.gate(moment(30)), Gate::Probe);
        }
    }

    #[test]
    fn never_pauses_longer_than_half_a_minute() {
        let endpoint = Endpoint::new(SCHEDULE);
        for _ in 0..100 {
            endpoint.note(Class::Temporary, moment(0));
        }
        assert_eq!(endpoint.gate(moment(30)), Gate::Probe);
        assert!(matches!(endpoint.gate(moment(29)), Gate::Closed(_)));
    }
}
