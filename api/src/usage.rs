//! How client ids use the APIs, for the pages about applications: counted in memory, and added to the database once a
//! minute and at the end. No answer waits for it, and a process that is killed loses at most a minute of it.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use openklant_shared::domain::delivery_hour::hour_of;
use openklant_shared::storage::Db;
use openklant_shared::storage::client_use::{self, Refused, Used};

/// How often it is added to the database.
const EVERY: Duration = Duration::from_mins(1);

/// Longest that adding may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// Most hours of client ids that are remembered: only a database that is away for long makes it that many.
const MOST_USED: usize = 10_000;

/// Most kinds of refusal that are remembered, of client ids that have a secret here.
const MOST_REFUSED: usize = 5_000;

/// The same of client ids that have none: strangers name what they like, and get no more room than this.
const MOST_STRANGERS: usize = 200;

/// What a request was asked with and refused for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Kind {
    /// The code that was answered.
    pub code: &'static str,
    /// The method, by a name of ours.
    pub method: &'static str,
    /// The declared path.
    pub route: String,
}

/// How a client id is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Its token was verified.
    Verified,
    /// It has a secret here, and the token was not good.
    Claimed,
    /// It has no secret here.
    Stranger,
}

type RefusedKey = (String, DateTime<Utc>, Kind);
type Number = (i64, DateTime<Utc>);

#[derive(Debug, Default)]
struct Counted {
    used: HashMap<(String, DateTime<Utc>), Number>,
    refused: HashMap<RefusedKey, Number>,
    strangers: HashMap<RefusedKey, Number>,
}

/// What was counted since it was last added to the database.
#[derive(Debug, Default)]
pub struct Usage {
    counted: Mutex<Counted>,
}

impl Usage {
    /// Counts a request of `client_id` at `at`; `refused`: it was refused, and why.
    pub fn count(&self, client_id: &str, standing: Standing, refused: Option<Kind>, at: DateTime<Utc>) {
        let hour = hour_of(at);
        let mut counted = self.lock();
        if standing == Standing::Verified {
            add(
                &mut counted.used,
                (client_id.to_owned(), hour),
                (1, at),
                MOST_USED,
            );
        }
        if let Some(kind) = refused {
            let key = (client_id.to_owned(), hour, kind);
            match standing {
                Standing::Stranger => add(&mut counted.strangers, key, (1, at), MOST_STRANGERS),
                _ => add(&mut counted.refused, key, (1, at), MOST_REFUSED),
            }
        }
    }

    /// Adds what was counted to the database, once a minute. Never ends.
    pub async fn keep(&self, db: &Db) {
        loop {
            tokio::time::sleep(EVERY).await;
            self.flush(db).await;
        }
    }

    /// Adds what was counted to the database. What it does not take is kept for the next time.
    pub async fn flush(&self, db: &Db) {
        let counted = std::mem::take(&mut *self.lock());
        if counted.used.is_empty() && counted.refused.is_empty() && counted.strangers.is_empty() {
            return;
        }
        let (used, refused) = counted.rows();
        let added = tokio::time::timeout(PATIENCE, client_use::add(db, &used, &refused)).await;
        let error = match added {
            Ok(Ok(())) => return,
            Ok(Err(error)) => error.to_string(),
            Err(_) => "it took too long".to_owned(),
        };
        tracing::warn!(
            error,
            "the use of the APIs was not added to the database; it is tried again"
        );
        let mut now = self.lock();
        for (key, number) in counted.used {
            add(&mut now.used, key, number, MOST_USED);
        }
        for (key, number) in counted.refused {
            add(&mut now.refused, key, number, MOST_REFUSED);
        }
        for (key, number) in counted.strangers {
            add(&mut now.strangers, key, number, MOST_STRANGERS);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Counted> {
        self.counted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Counted {
    /// As the storage takes them, sorted.
    fn rows(&self) -> (Vec<Used>, Vec<Refused>) {
        let mut used: Vec<Used> = self
            .used
            .iter()
            .map(|((client_id, hour), (requests, last_at))| Used {
                client_id: client_id.clone(),
                hour: *hour,
                requests: *requests,
                last_at: *last_at,
            })
            .collect();
        let mut refused: Vec<Refused> = self
            .refused
            .iter()
            .chain(&self.strangers)
            .map(|((client_id, hour, kind), (refusals, last_at))| Refused {
                client_id: client_id.clone(),
                hour: *hour,
                code: kind.code.to_owned(),
                method: kind.method.to_owned(),
                route: kind.route.clone(),
                refusals: *refusals,
                last_at: *last_at,
            })
            .collect();
        used.sort_by(|a, b| (&a.client_id, a.hour).cmp(&(&b.client_id, b.hour)));
        refused.sort_by(|a, b| {
            (&a.client_id, a.hour, &a.code, &a.method, &a.route).cmp(&(
                &b.client_id,
                b.hour,
                &b.code,
                &b.method,
                &b.route,
            ))
        });
        (used, refused)
    }
}

/// Adds to a number; a new one only when there is room.
fn add<K: std::hash::Hash + Eq>(numbers: &mut HashMap<K, Number>, key: K, new: Number, most: usize) {
    let room = numbers.len() < most;
    match numbers.entry(key) {
        Entry::Occupied(mut known) => {
            let (number, at) = known.get_mut();
            *number += new.0;
            *at = (*at).max(new.1);
        }
        Entry::Vacant(place) if room => {
            place.insert(new);
        }
        Entry::Vacant(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(code: &'static str) -> Kind {
        Kind {
            code,
            method: "GET",
            route: "/klanten/api/v1/klanten".to_owned(),
        }
    }

    #[test]
    fn requests_and_refusals_are_counted_by_hour() {
        let usage = Usage::default();
        let at = DateTime::UNIX_EPOCH;
        let later = at + chrono::TimeDelta::minutes(61);
        usage.count("loket", Standing::Verified, None, at);
        usage.count("loket", Standing::Verified, Some(kind("permission_denied")), at);
        usage.count("loket", Standing::Claimed, Some(kind("jwt-expired")), later);
        usage.count("loket", Standing::Verified, None, later);
        let (used, refused) = usage.lock().rows();
        assert_eq!(used.iter().map(|used| used.requests).collect::<Vec<_>>(), [2, 1]);
        assert_eq!(used[1].last_at, later);
        assert_eq!(refused.len(), 2, "{refused:?}");
    }

    #[test]
    fn strangers_take_no_room_of_others() {
        let usage = Usage::default();
        let at = DateTime::UNIX_EPOCH;
        for number in 0..100_000 {
            let client_id = format!("wie-{number}");
            usage.count(
                &client_id,
                Standing::Stranger,
                Some(kind("invalid-client-identifier")),
                at,
            );
        }
        usage.count("loket", Standing::Claimed, Some(kind("jwt-expired")), at);
        let counted = usage.lock();
        assert_eq!(counted.strangers.len(), MOST_STRANGERS);
        assert_eq!((counted.refused.len(), counted.used.len()), (1, 0));
    }
}
