//! When a message is tried again, and when it has been tried for long enough. Pure but for the jitter.
//!
//! The curve comes from the `backoff` crate, rebuilt from the stored count of attempts each time: the crate keeps its
//! place in memory only, and a restart must not begin anew.

use std::time::Duration;

use ::backoff::ExponentialBackoffBuilder;
use ::backoff::backoff::Backoff;
use chrono::{DateTime, SubsecRound, Utc};
use openklant_shared::domain::delivery::Class;
use openklant_shared::settings::Notificaties;
use openklant_shared::storage::outbox::Next;

/// Delay after the first attempt that failed for a reason that usually passes soon.
const FIRST: Duration = Duration::from_secs(1);

/// The same for a reason that a person must take away.
const FIRST_SLOW: Duration = Duration::from_mins(1);

/// Growth per attempt, and how far a delay is moved at random (a fifth, either way).
const FACTOR: u32 = 2;
const JITTER: f64 = 0.2;

/// Longest that the other side may ask us to wait with one message, and with every message.
const RETRY_AFTER_MAX: Duration = Duration::from_hours(1);
const PROBE_AFTER_MAX: Duration = Duration::from_mins(5);

/// The longest lease that the settings allow.
const LEASE_MAX: Duration = Duration::from_hours(1);

/// Attempts that a message gets however old it is: it may have waited for days for an API to be configured.
const MIN_ATTEMPTS: i64 = 10;

/// The schedule of attempts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Schedule {
    window: Duration,
    max_delay: Duration,
    max_probe_pause: Duration,
}

impl Schedule {
    pub(crate) fn new(settings: &Notificaties) -> Self {
        Self {
            window: settings.retry_window,
            max_delay: settings.retry_max_delay,
            max_probe_pause: settings.probe_max_pause,
        }
    }

    /// The longest that any moment of delivery lies ahead of the clock that set it: a retry, a lease, a probe.
    pub(crate) fn longest(self) -> Duration {
        self.max_delay.max(RETRY_AFTER_MAX).max(LEASE_MAX)
    }

    /// How long, while the breaker is open, the probe with this number (1 is the first) is waited for.
    pub(crate) fn probe_pause(self, class: Class, nr: i64, retry_after: Option<Duration>) -> Duration {
        let asked = retry_after.unwrap_or_default().min(PROBE_AFTER_MAX);
        delay(class, nr, self.max_probe_pause).max(asked)
    }

    /// What becomes of a message after an attempt that ended at `now`. `attempts` counts it; `retry_after` is what
    /// the other side asked for.
    pub(crate) fn next(
        self,
        class: Class,
        attempts: i64,
        created_at: DateTime<Utc>,
        now: DateTime<Utc>,
        retry_after: Option<Duration>,
    ) -> Next {
        match class {
            Class::Delivered => Next::Delivered,
            Class::Refused => Next::Parked,
            Class::Temporary | Class::Clock | Class::Kanaal | Class::Denied | Class::Endpoint => {
                if attempts >= MIN_ATTEMPTS && now >= created_at + self.window {
                    return Next::Parked;
                }
                let asked = retry_after.unwrap_or_default().min(RETRY_AFTER_MAX);
                let delay = self.delay(class, attempts).max(asked);
                Next::RetryAt((now + delay).trunc_subsecs(6))
            }
        }
    }

    /// The delay after so many attempts, never more than the longest the settings allow.
    pub(crate) fn delay(self, class: Class, attempts: i64) -> Duration {
        delay(class, attempts, self.max_delay)
    }
}

fn delay(class: Class, attempts: i64, max: Duration) -> Duration {
    let first = match class {
        Class::Denied | Class::Endpoint => FIRST_SLOW,
        _ => FIRST,
    };
    let doublings = u32::try_from(attempts.clamp(1, 31) - 1).unwrap_or_default();
    // What the jitter may add must fit below the maximum too.
    let longest = max.div_f64(1.0 + JITTER);
    let interval = first
        .saturating_mul(FACTOR.saturating_pow(doublings))
        .min(longest);
    let mut curve = ExponentialBackoffBuilder::new()
        .with_initial_interval(interval)
        .with_max_interval(longest)
        .with_randomization_factor(JITTER)
        .with_max_elapsed_time(None)
        .build();
    curve.next_backoff().unwrap_or(interval).min(max)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: u64 = 24 * 60 * 60;

    const SCHEDULE: Schedule = Schedule {
        window: Duration::from_secs(7 * DAY),
        max_delay: Duration::from_mins(10),
        max_probe_pause: Duration::from_secs(30),
    };

    fn moment(seconds: u64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + Duration::from_secs(seconds)
    }

    #[test]
    fn delays_grow_to_the_maximum() {
        let table = [
            (Class::Temporary, 0, 0.8, 1.2),
            (Class::Temporary, 1, 0.8, 1.2),
            (Class::Temporary, 2, 1.6, 2.4),
            (Class::Clock, 3, 3.2, 4.8),
            (Class::Kanaal, 5, 12.8, 19.2),
            (Class::Temporary, 9, 204.8, 307.2),
            (Class::Temporary, 10, 400.0, 600.0),
            (Class::Temporary, i64::MAX, 400.0, 600.0),
            (Class::Temporary, i64::MIN, 0.8, 1.2),
            (Class::Denied, 1, 48.0, 72.0),
            (Class::Endpoint, 2, 96.0, 144.0),
            (Class::Denied, 20, 400.0, 600.0),
        ];
        for (class, attempts, least, most) in table {
            for _ in 0..50 {
                let delay = SCHEDULE.delay(class, attempts).as_secs_f64();
                assert!(
                    (least - 0.001..=most + 0.001).contains(&delay),
                    "{class:?} {attempts}: {delay}"
                );
            }
        }
    }

    #[test]
    fn probes_wait_within_reason() {
        let table = [
            (Class::Temporary, 1, 0, 0.8, 1.2),
            (Class::Temporary, 3, 0, 3.2, 4.8),
            (Class::Temporary, i64::MAX, 0, 20.0, 30.0),
            (Class::Denied, 1, 0, 20.0, 30.0),
            (Class::Temporary, 1, 100, 100.0, 100.0),
            (Class::Temporary, 1, 86_400, 300.0, 300.0),
        ];
        for (class, nr, asked, least, most) in table {
            let pause = SCHEDULE.probe_pause(class, nr, Some(Duration::from_secs(asked)));
            let pause = pause.as_secs_f64();
            assert!(
                (least - 0.001..=most + 0.001).contains(&pause),
                "{class:?} {nr}: {pause}"
            );
        }
    }

    #[test]
    fn delays_differ() {
        let delays: std::collections::BTreeSet<_> =
            (0..20).map(|_| SCHEDULE.delay(Class::Temporary, 8)).collect();
        assert!(delays.len() > 1);
    }

    #[test]
    fn parks_when_the_window_has_passed() {
        let retries = |class, attempts, age| {
            matches!(
                SCHEDULE.next(class, attempts, moment(0), moment(age), None),
                Next::RetryAt(at) if at > moment(age)
            )
        };
        let table = [
            (Class::Temporary, 1, 0, true),
            (Class::Temporary, 5000, 7 * DAY - 1, true),
            (Class::Temporary, 5000, 7 * DAY, false),
            (Class::Denied, 1000, 6 * DAY, true),
            (Class::Denied, 1000, 8 * DAY, false),
            (Class::Endpoint, 10, 8 * DAY, false),
            // It waited long for its first attempts.
            (Class::Temporary, 1, 30 * DAY, true),
            (Class::Temporary, 9, 30 * DAY, true),
            (Class::Temporary, 10, 30 * DAY, false),
            (Class::Refused, 1, 0, false),
        ];
        for (class, attempts, age, expected) in table {
            assert_eq!(
                retries(class, attempts, age),
                expected,
                "{class:?} {attempts} {age}"
            );
        }
        let next = |class| SCHEDULE.next(class, 1, moment(0), moment(0), None);
        assert_eq!(next(Class::Refused), Next::Parked);
        assert_eq!(next(Class::Delivered), Next::Delivered);
    }

    #[test]
    fn waits_as_long_as_asked_within_reason() {
        let table = [(0, 1, 2), (30, 30, 30), (3600, 3600, 3600), (86_400, 3600, 3600)];
        for (asked, least, most) in table {
            let next = SCHEDULE.next(
                Class::Temporary,
                1,
                moment(0),
                moment(100),
                Some(Duration::from_secs(asked)),
            );
            let Next::RetryAt(at) = next else {
                panic!("{asked}: {next:?}")
            };
            let waited = at - moment(100);
            assert!(
                waited.num_milliseconds() >= least * 1000 - 200 && waited.num_milliseconds() <= most * 1000,
                "{asked}: {waited}"
            );
        }
    }
}
