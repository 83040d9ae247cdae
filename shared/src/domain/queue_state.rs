//! What keeps messages from their receiver, or will: in the order in which a person should look at it. Pure.

use chrono::{DateTime, TimeDelta, Utc};

use super::delivery::{Breaker, Class};

/// Attempts of so many minutes make the rate. They are counted: at most a minute of them, whatever the speed.
pub const RATE_MINUTES: i64 = 1;

/// What the settings say about delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Configured {
    /// Messages are made and sent.
    On,
    /// Changes make no messages.
    Disabled,
    /// Messages are made, and wait: there is nothing to send them to.
    WithoutApi,
}

/// How things stand.
#[derive(Clone, Copy, Debug)]
pub struct Facts {
    /// What the settings say.
    pub configured: Configured,
    /// The breaker.
    pub breaker: Breaker,
    /// Class of the last failure of the endpoint.
    pub last_class: Option<Class>,
    /// Whether an operator paused delivery.
    pub is_paused: bool,
    /// Whether a worker was heard of lately.
    pub has_worker: bool,
    /// Messages that are parked.
    pub parked: i64,
    /// When the oldest message was made that waits.
    pub waiting_since: Option<DateTime<Utc>>,
    /// From which age on that is too long.
    pub limit: TimeDelta,
    /// Now.
    pub now: DateTime<Utc>,
}

/// Something that a person should look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Concern {
    /// The receiver refuses us: secret or rights are wrong.
    Denied,
    /// What answers is no receiver of messages.
    WrongAddress,
    /// The receiver does not answer, or says "not now".
    NoAnswer,
    /// An operator paused delivery.
    Paused,
    /// No worker is alive.
    NoWorker,
    /// Messages are parked.
    Parked,
    /// A message waits for longer than the limit.
    Late,
    /// Changes make no messages.
    Disabled,
    /// There is nothing to send messages to.
    WithoutApi,
}

impl Facts {
    /// What there is to look at, the most urgent first.
    pub fn concerns(&self) -> Vec<Concern> {
        let is_on = self.configured == Configured::On;
        let endpoint = match self.last_class {
            Some(Class::Denied) => Concern::Denied,
            Some(Class::Endpoint) => Concern::WrongAddress,
            _ => Concern::NoAnswer,
        };
        let is_late = self
            .waiting_since
            .is_some_and(|since| self.now - since > self.limit);
        [
            (is_on && self.breaker.is_open(), endpoint),
            (is_on && self.is_paused, Concern::Paused),
            (is_on && !self.has_worker, Concern::NoWorker),
            (self.parked > 0, Concern::Parked),
            (is_late, Concern::Late),
            (self.configured == Configured::Disabled, Concern::Disabled),
            (self.configured == Configured::WithoutApi, Concern::WithoutApi),
        ]
        .into_iter()
        .filter_map(|(is_so, concern)| is_so.then_some(concern))
        .collect()
    }
}

/// How long it takes until nothing waits, when as many are delivered as in the last [`RATE_MINUTES`]; `None` when none
/// was.
pub fn drain_time(waiting: i64, delivered_lately: i64) -> Option<TimeDelta> {
    match (waiting, delivered_lately) {
        (0, _) => Some(TimeDelta::zero()),
        (_, 0) => None,
        (waiting, delivered) => TimeDelta::try_seconds(waiting.saturating_mul(RATE_MINUTES * 60) / delivered),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calm() -> Facts {
        Facts {
            configured: Configured::On,
            breaker: Breaker::default(),
            last_class: None,
            is_paused: false,
            has_worker: true,
            parked: 0,
            waiting_since: None,
            limit: TimeDelta::minutes(10),
            now: DateTime::UNIX_EPOCH + TimeDelta::days(1),
        }
    }

    #[test]
    fn the_most_urgent_is_first() {
        assert_eq!(calm().concerns(), []);
        let everything = Facts {
            breaker: Breaker {
                failures: 5,
                opened_at: Some(DateTime::UNIX_EPOCH),
                next_probe_at: None,
            },
            last_class: Some(Class::Denied),
            is_paused: true,
            has_worker: false,
            parked: 3,
            waiting_since: Some(DateTime::UNIX_EPOCH),
            ..calm()
        };
        assert_eq!(
            everything.concerns(),
            [
                Concern::Denied,
                Concern::Paused,
                Concern::NoWorker,
                Concern::Parked,
                Concern::Late
            ]
        );
        for (class, expected) in [
            (Class::Endpoint, Concern::WrongAddress),
            (Class::Temporary, Concern::NoAnswer),
        ] {
            let facts = Facts {
                last_class: Some(class),
                ..everything
            };
            assert_eq!(facts.concerns()[0], expected);
        }
        let off = Facts {
            configured: Configured::Disabled,
            waiting_since: None,
            ..everything
        };
        assert_eq!(off.concerns(), [Concern::Parked, Concern::Disabled]);
        let nothing_there = Facts {
            configured: Configured::WithoutApi,
            ..calm()
        };
        assert_eq!(nothing_there.concerns(), [Concern::WithoutApi]);
    }

    #[test]
    fn a_message_is_late_after_the_limit() {
        let made = |minutes| Facts {
            waiting_since: Some(calm().now - TimeDelta::minutes(minutes)),
            ..calm()
        };
        assert_eq!(made(10).concerns(), []);
        assert_eq!(made(11).concerns(), [Concern::Late]);
    }

    #[test]
    fn what_waits_takes_as_long_as_it_did_lately() {
        assert_eq!(drain_time(0, 0), Some(TimeDelta::zero()));
        assert_eq!(drain_time(5, 0), None);
        assert_eq!(drain_time(600, 300), Some(TimeDelta::minutes(2 * RATE_MINUTES)));
        assert_eq!(drain_time(i64::MAX, 1), None, "longer than anybody waits");
    }
}
