//! When somebody is told that messages do not arrive, and when that it is over. Each is told once: what counts is what
//! the receiver was last told.

use chrono::{DateTime, TimeDelta, Utc};

/// Something that a person should know of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alert {
    /// A message waits for longer than the limit.
    OldestPending,
    /// A message is parked.
    Parked,
}

/// What is told of an alert.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// It is so.
    Firing,
    /// It is over.
    Resolved,
}

/// What of the queue decides about alerts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Queue {
    /// When the oldest message was made that is not finished: one that is being sent still waits.
    pub waiting_since: Option<DateTime<Utc>>,
    /// When the message was parked that is parked the longest.
    pub parked_since: Option<DateTime<Utc>>,
}

/// What the receiver does not know yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct News {
    /// Whether it is so, or over.
    pub status: Status,
    /// Since when it is, or was, so.
    pub since: DateTime<Utc>,
}

impl Alert {
    /// Every alert.
    pub const ALL: [Self; 2] = [Self::OldestPending, Self::Parked];

    /// The name in the database and for others.
    pub const fn name(self) -> &'static str {
        match self {
            Self::OldestPending => "oldest-pending",
            Self::Parked => "parked",
        }
    }

    /// Since when what the alert is about is so; `None`: it is not.
    fn since(self, queue: &Queue, limit: TimeDelta, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        match self {
            Self::OldestPending => queue
                .waiting_since
                .and_then(|made| made.checked_add_signed(limit))
                .filter(|at| *at < now),
            Self::Parked => queue.parked_since,
        }
    }

    /// What is to be told to a receiver that last heard that the alert fires since `told`, or nothing or that it is
    /// over. What came and went in between is not told.
    pub fn news(
        self,
        told: Option<DateTime<Utc>>,
        queue: &Queue,
        limit: TimeDelta,
        now: DateTime<Utc>,
    ) -> Option<News> {
        let (status, since) = match (told, self.since(queue, limit, now)) {
            (None, Some(since)) => (Status::Firing, since),
            (Some(since), None) => (Status::Resolved, since),
            (None, None) | (Some(_), Some(_)) => return None,
        };
        Some(News { status, since })
    }
}

impl Status {
    /// The word for others.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Firing => "firing",
            Self::Resolved => "resolved",
        }
    }
}

impl News {
    /// What the receiver knows once it was told.
    pub fn told(self) -> Option<DateTime<Utc>> {
        match self.status {
            Status::Firing => Some(self.since),
            Status::Resolved => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::minutes(minute)
    }

    /// The moment is minute 60 and the limit 15 minutes: alert, told since, the oldest that waits, parked since, news.
    type Row = (
        Alert,
        Option<i64>,
        Option<i64>,
        Option<i64>,
        Option<(Status, i64)>,
    );
    const TABLE: &[Row] = &[
        (Alert::OldestPending, None, None, None, None),
        // Just as old as the limit is not older; from the future, by a clock that went back, neither.
        (Alert::OldestPending, None, Some(45), None, None),
        (Alert::OldestPending, None, Some(99), None, None),
        (
            Alert::OldestPending,
            None,
            Some(44),
            None,
            Some((Status::Firing, 59)),
        ),
        (
            Alert::OldestPending,
            None,
            Some(0),
            Some(1),
            Some((Status::Firing, 15)),
        ),
        // Told already, also when another message is the oldest by now.
        (Alert::OldestPending, Some(59), Some(44), None, None),
        (Alert::OldestPending, Some(15), Some(44), None, None),
        (
            Alert::OldestPending,
            Some(15),
            Some(45),
            None,
            Some((Status::Resolved, 15)),
        ),
        (
            Alert::OldestPending,
            Some(15),
            None,
            Some(1),
            Some((Status::Resolved, 15)),
        ),
        (Alert::Parked, None, None, None, None),
        (Alert::Parked, None, Some(0), None, None),
        (Alert::Parked, None, None, Some(60), Some((Status::Firing, 60))),
        (Alert::Parked, Some(7), None, Some(60), None),
        (Alert::Parked, Some(7), Some(0), None, Some((Status::Resolved, 7))),
    ];

    #[test]
    fn each_change_is_told_once() {
        for (alert, told, waiting, parked, expected) in TABLE {
            let queue = Queue {
                waiting_since: waiting.map(at),
                parked_since: parked.map(at),
            };
            let limit = TimeDelta::minutes(15);
            let news = alert.news(told.map(at), &queue, limit, at(60));
            let expected = expected.map(|(status, since)| News {
                status,
                since: at(since),
            });
            assert_eq!(news, expected, "{alert:?} {told:?} {queue:?}");
            // Once told, there is no more to tell.
            if let Some(news) = news {
                assert_eq!(alert.news(news.told(), &queue, limit, at(60)), None);
            }
        }
    }
}
