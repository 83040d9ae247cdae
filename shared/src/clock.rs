//! Time, ids and randomness come from here and nowhere else (`clippy.toml` bans the direct calls), so that a test
//! can say what time it is.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use uuid::Uuid;

/// Where "now" comes from. Cheap to clone; clones of a fixed clock move together.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The machine's clock.
    System,
    /// A clock that stands still until it is moved: microseconds since 1970.
    Fixed(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that stands at `at`.
    pub fn fixed(at: DateTime<Utc>) -> Self {
        Self::Fixed(Arc::new(AtomicI64::new(at.timestamp_micros())))
    }

    /// The time, cut to microseconds: PostgreSQL keeps no more, and a value must read back as it was written.
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that reads the machine's clock"
    )]
    pub fn now(&self) -> DateTime<Utc> {
        match self {
            Self::System => Utc::now().trunc_subsecs(6),
            Self::Fixed(micros) => {
                DateTime::from_timestamp_micros(micros.load(Ordering::SeqCst)).unwrap_or_default()
            }
        }
    }

    /// Moves a fixed clock; the machine's clock stays what it is.
    pub fn advance(&self, by: TimeDelta) {
        if let Self::Fixed(micros) = self {
            micros.fetch_add(by.num_microseconds().unwrap_or(i64::MAX), Ordering::SeqCst);
        }
    }
}

/// Where new ids come from.
#[derive(Clone, Debug)]
pub enum Ids {
    /// Random UUIDs (version 4).
    Random,
    /// 1, 2, 3, …: reproducible.
    Counting(Arc<AtomicI64>),
}

impl Ids {
    /// Ids that count from 1.
    pub fn counting() -> Self {
        Self::Counting(Arc::new(AtomicI64::new(0)))
    }

    /// A new id.
    #[expect(clippy::disallowed_methods, reason = "the one place that makes random ids")]
    pub fn next(&self) -> Uuid {
        match self {
            Self::Random => Uuid::new_v4(),
            Self::Counting(last) => {
                Uuid::from_u128(u128::from(last.fetch_add(1, Ordering::SeqCst).unsigned_abs() + 1))
            }
        }
    }
}
