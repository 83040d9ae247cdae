//! Deliveries per hour, and how long messages took: what the counts of a day mean. Times from change to acceptance are
//! kept in buckets, two to each doubling, so a median made of them is at most 19 % off.

use std::time::Duration;

use chrono::{DateTime, DurationRound, TimeDelta, Utc};

use super::delivery::Class;

/// Name among the classes of messages that an operator cancelled.
pub const CANCELLED: &str = "cancelled";

/// The bucket of everything that took no time to speak of: less than a millisecond, or was not accepted.
const FIRST: i64 = 0;

/// The last bucket: three weeks and more.
const LAST: i64 = 62;

/// The bucket of a time from change to acceptance; a clock that went back counts as no time.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "a logarithm of a positive number is small, and milliseconds beyond 2^53 are as good as those below"
)]
pub fn bucket(took: TimeDelta) -> i64 {
    let ms = took.num_milliseconds();
    if ms < 1 {
        return FIRST;
    }
    (1 + ((ms as f64).log2() * 2.0).floor() as i64).min(LAST)
}

/// The time in the middle of a bucket.
#[expect(clippy::cast_precision_loss, reason = "there are few buckets")]
fn middle(bucket: i64) -> Duration {
    if bucket <= FIRST {
        return Duration::ZERO;
    }
    let exponent = (bucket.min(LAST) - 1) as f64 / 2.0 + 0.25;
    Duration::from_secs_f64(exponent.exp2() / 1000.0)
}

/// The hour that a moment lies in.
pub fn hour_of(at: DateTime<Utc>) -> DateTime<Utc> {
    at.duration_trunc(TimeDelta::hours(1)).unwrap_or(at)
}

/// How often something happened in an hour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Count {
    /// Beginning of the hour.
    pub hour: DateTime<Utc>,
    /// Class of the attempts, or [`CANCELLED`].
    pub class: String,
    /// Bucket of the time from change to acceptance.
    pub bucket: i64,
    /// How often.
    pub attempts: i64,
}

/// An hour of deliveries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hour {
    /// When it began.
    pub start: DateTime<Utc>,
    /// Messages that were accepted.
    pub accepted: i64,
    /// Attempts that failed: one message may have many.
    pub failed: i64,
    /// Messages that an operator cancelled.
    pub cancelled: i64,
    /// Median of the time from change to acceptance; `None`: nothing was accepted.
    pub median: Option<Duration>,
}

/// The last `number` hours up to the one of `now`, the oldest first, also those in which nothing happened.
pub fn hours(counts: &[Count], now: DateTime<Utc>, number: i32) -> Vec<Hour> {
    let last = hour_of(now);
    (0..number)
        .rev()
        .map(|back| hour(counts, last - TimeDelta::hours(back.into())))
        .collect()
}

fn hour(counts: &[Count], start: DateTime<Utc>) -> Hour {
    let mut hour = Hour {
        start,
        ..Hour::default()
    };
    let mut accepted = Vec::new();
    for count in counts.iter().filter(|count| count.hour == start) {
        if count.class == Class::Delivered.name() {
            hour.accepted += count.attempts;
            accepted.push((count.bucket, count.attempts));
        } else if count.class == CANCELLED {
            hour.cancelled += count.attempts;
        } else {
            hour.failed += count.attempts;
        }
    }
    hour.median = median(&mut accepted);
    hour
}

fn median(buckets: &mut [(i64, i64)]) -> Option<Duration> {
    buckets.sort_unstable();
    let all: i64 = buckets.iter().map(|(_, count)| count).sum();
    let mut seen = 0;
    buckets
        .iter()
        .find(|(_, count)| {
            seen += count;
            seen * 2 >= all && all > 0
        })
        .map(|(bucket, _)| middle(*bucket))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(hour: &str, class: &str, bucket: i64, attempts: i64) -> Count {
        Count {
            hour: hour.parse().expect("a moment"),
            class: class.to_owned(),
            bucket,
            attempts,
        }
    }

    #[test]
    fn the_middle_of_its_bucket_is_near_every_time() {
        let mut before = 0;
        for ms in [
            1,
            2,
            3,
            5,
            8,
            50,
            999,
            1_000,
            60_000,
            840_000,
            86_400_000,
            604_800_000_i64,
        ] {
            let bucket = bucket(TimeDelta::milliseconds(ms));
            assert!(bucket >= before, "{ms}");
            before = bucket;
            let ratio = middle(bucket).as_secs_f64() * 1000.0 / f64::from(u32::try_from(ms).expect("small"));
            assert!((1.0 / 1.19..=1.19).contains(&ratio), "{ms}: {ratio}");
        }
        assert_eq!(bucket(TimeDelta::milliseconds(-5)), FIRST);
        assert_eq!(bucket(TimeDelta::microseconds(999)), FIRST);
        assert_eq!(bucket(TimeDelta::days(10_000)), LAST);
        assert_eq!(middle(FIRST), Duration::ZERO);
    }

    #[test]
    fn hours_without_anything_are_there_too() {
        let now = "2026-11-25T10:45:12Z".parse().expect("a moment");
        let counts = [
            count("2026-11-25T10:00:00Z", "delivered", 12, 4),
            count("2026-11-25T10:00:00Z", "delivered", 30, 3),
            count("2026-11-25T10:00:00Z", "temporary", 0, 9),
            count("2026-11-25T10:00:00Z", "refused", 0, 1),
            count("2026-11-25T09:00:00Z", "cancelled", 0, 2),
            count("2026-11-24T10:00:00Z", "delivered", 12, 100),
        ];
        let hours = hours(&counts, now, 24);
        assert_eq!(hours.len(), 24);
        assert_eq!(
            hours[0].start,
            "2026-11-24T11:00:00Z".parse::<DateTime<Utc>>().expect("a moment")
        );
        assert_eq!((hours[0].accepted, hours[0].median), (0, None));
        let (nine, ten) = (hours[22], hours[23]);
        assert_eq!((nine.cancelled, nine.accepted, nine.median), (2, 0, None));
        assert_eq!((ten.accepted, ten.failed), (7, 10));
        assert_eq!(ten.median, Some(middle(12)));
    }
}
