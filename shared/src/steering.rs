//! What operators do to many messages: from a command and from the management site by the same rules. It is done in short
//! transactions, oldest first, and each brings the row in the operators' log up to date: what is cut off leaves a row that
//! says how far it came, and somebody else can see it move and stop it.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::clock::{Clock, Ids};
use crate::domain::audittrail::Actie;
use crate::domain::notificatie::Kanaal;
use crate::journal::{Announcement, Journal};
use crate::storage::operator_log::{self, Entry, Progress};
use crate::storage::outbox::Origin;
use crate::storage::outbox_filter::{MessageFilter, MessageRef, whole_second};
use crate::storage::outbox_reemit::{self, SubjectFilter};
use crate::storage::outbox_steer::{self, Batch, Stretch};
use crate::storage::{Db, StorageError, Tx, outbox_monitor};

/// Messages in one transaction: a worker and the API wait no longer than that for their turn.
pub const BATCH: i64 = 200;

/// How something ended.
const DONE: &str = "done";
const STOPPED: &str = "stopped";

/// What an operator does to messages.
#[derive(Clone, Debug)]
pub enum Action {
    /// Tries them again.
    Retry(MessageFilter),
    /// Decides that they are not to be sent.
    Cancel(MessageFilter),
    /// Sends accepted ones once more.
    Replay(MessageFilter),
    /// Makes messages of objects as they are stored.
    Reemit(Reemit),
}

/// Messages to be made of objects as they are stored.
#[derive(Clone, Debug)]
pub struct Reemit {
    /// On which kanaal.
    pub kanaal: &'static Kanaal,
    /// Of which objects.
    pub filter: SubjectFilter,
    /// Where the APIs are found: the beginning of the URLs in the messages.
    pub base: String,
    /// What makes messages.
    pub journal: Journal,
}

impl Action {
    /// The command that does it, as the operators' log names it.
    pub const fn command(&self) -> &'static str {
        match self {
            Self::Retry(_) => "outbox retry",
            Self::Cancel(_) => "outbox cancel",
            Self::Replay(_) => "outbox replay",
            Self::Reemit(_) => "outbox reemit",
        }
    }

    /// To what, as the operators' log says it.
    pub fn words(&self) -> String {
        match self {
            Self::Retry(filter) | Self::Cancel(filter) | Self::Replay(filter) => filter.words(),
            Self::Reemit(Reemit { kanaal, filter, .. }) => {
                let mut words = vec![format!("kanaal={}", kanaal.naam)];
                words.extend(filter.object.iter().map(|object| format!("object={object}")));
                words.extend(
                    filter
                        .since
                        .iter()
                        .map(|since| format!("since={}", whole_second(*since))),
                );
                words.join(" ")
            }
        }
    }

    /// How many it is about now, and the number of the newest of them.
    ///
    /// # Errors
    /// A database that fails.
    pub async fn count(&self, db: &Db) -> Result<(i64, Option<i64>), StorageError> {
        let mut tx = match self {
            Self::Retry(filter) | Self::Cancel(filter) => return outbox_monitor::count(db, filter).await,
            Self::Replay(_) | Self::Reemit(_) => db.snapshot().await?,
        };
        let counted = match self {
            Self::Reemit(reemit) => outbox_reemit::count(&mut tx, reemit.kanaal, reemit.filter).await?,
            Self::Retry(filter) | Self::Cancel(filter) | Self::Replay(filter) => {
                outbox_steer::count_replayable(&mut tx, filter).await?
            }
        };
        tx.rollback().await?;
        Ok(counted)
    }

    /// Does it to one stretch.
    async fn step(
        &self,
        tx: &mut Tx,
        stretch: Stretch,
        now: DateTime<Utc>,
        ids: &Ids,
    ) -> Result<Batch, StorageError> {
        match self {
            Self::Retry(filter) => outbox_steer::retry(tx, filter, stretch, now).await,
            Self::Cancel(filter) => outbox_steer::cancel(tx, filter, stretch, now).await,
            Self::Replay(filter) => outbox_steer::replay(tx, filter, stretch, now, ids).await,
            Self::Reemit(reemit) => reemit.step(tx, stretch).await,
        }
    }

    /// The one message that is meant by its number, if it is one.
    fn message(&self) -> Option<i64> {
        match self {
            Self::Retry(filter) | Self::Cancel(filter) | Self::Replay(filter) => match filter.messages[..] {
                [MessageRef::Number(id)] => Some(id),
                _ => None,
            },
            Self::Reemit(_) => None,
        }
    }
}

impl Reemit {
    async fn step(&self, tx: &mut Tx, stretch: Stretch) -> Result<Batch, StorageError> {
        let subjects = outbox_reemit::subjects(tx, self.kanaal, self.filter, stretch).await?;
        let ids: Vec<i64> = subjects.iter().map(|subject| subject.id).collect();
        // After the rows are held: what a message says of "when" is not before what it is about.
        let now = self.journal.clock.now();
        for subject in subjects {
            let announcement = Announcement {
                actie: Actie::Update,
                kanaal: self.kanaal,
                object: subject.uuid,
                url: &self.url(subject.uuid),
                kenmerken: subject.kenmerken,
                origin: Origin::Reemit,
                audit: None,
            };
            self.journal.announce(tx, announcement, now).await?;
        }
        Ok(Batch::of(&ids))
    }

    fn url(&self, object: Uuid) -> String {
        format!("{}{}/{object}", self.base, self.kanaal.collection)
    }
}

/// An action that is being done.
#[derive(Debug)]
pub struct Run {
    action: Action,
    operator: String,
    matched: i64,
    begun_at: DateTime<Utc>,
    stretch: Stretch,
    logged: Option<i64>,
    done: u64,
    why: Option<String>,
}

/// What came of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// So many were done, and there may be more.
    Did(u64),
    /// Nothing is left.
    Ended,
    /// Somebody stopped it.
    Stopped,
}

impl Run {
    /// An action to do to what matches up to the number `up_to`: what comes later is not meant. `matched` is how many
    /// that was when it was counted.
    pub const fn new(
        action: Action,
        operator: String,
        (matched, up_to): (i64, i64),
        now: DateTime<Utc>,
    ) -> Self {
        Self {
            action,
            operator,
            matched,
            begun_at: now,
            stretch: Stretch {
                after: 0,
                up_to,
                limit: BATCH,
            },
            logged: None,
            done: 0,
            why: None,
        }
    }

    /// With a reason, for the operators' log.
    #[must_use]
    pub fn because(mut self, why: String) -> Self {
        self.why = Some(why);
        self
    }

    /// How many are done.
    pub const fn done(&self) -> u64 {
        self.done
    }

    /// Does a batch, with its row in the log.
    ///
    /// # Errors
    /// A database that fails; then the batch was not done.
    pub async fn batch(&mut self, db: &Db, clock: &Clock, ids: &Ids) -> Result<Turn, StorageError> {
        let mut tx = db.begin().await?;
        let batch = self
            .action
            .step(&mut tx, self.stretch, self.begun_at, ids)
            .await?;
        let Some(last) = batch.last else {
            if let Some(row) = self.logged {
                operator_log::end(&mut tx, row, DONE).await?;
            }
            tx.commit().await?;
            return Ok(Turn::Ended);
        };
        let done = self.done + batch.changed;
        let detail = because(&format!("{}: {done}", self.action.words()), self.why.as_deref());
        let now = clock.now();
        let row = match self.logged {
            Some(row) => row,
            None => self.log(&mut tx, &detail, now).await?,
        };
        if self.matched > BATCH {
            let progress = Progress {
                detail: &detail,
                matched: self.matched,
                done: done.try_into().unwrap_or(i64::MAX),
                at: now,
            };
            if !operator_log::set_progress(&mut tx, row, progress).await? {
                tx.rollback().await?;
                return Ok(Turn::Stopped);
            }
        } else {
            // Over before anybody could look.
            operator_log::set_detail(&mut tx, row, &detail).await?;
        }
        tx.commit().await?;
        self.logged = Some(row);
        self.done = done;
        self.stretch.after = last;
        Ok(Turn::Did(batch.changed))
    }

    async fn log(&self, tx: &mut Tx, detail: &str, now: DateTime<Utc>) -> Result<i64, StorageError> {
        let entry = Entry {
            at: now,
            operator: &self.operator,
            command: self.action.command(),
            detail,
        };
        let row = operator_log::insert(tx, &entry).await?;
        if let Some(message) = self.action.message() {
            operator_log::set_message(tx, row, message).await?;
        }
        Ok(row)
    }

    /// Does the rest, telling `did` of each batch.
    ///
    /// # Errors
    /// A database that fails; what was done stays done.
    pub async fn finish(
        &mut self,
        db: &Db,
        clock: &Clock,
        ids: &Ids,
        mut did: impl FnMut(u64),
    ) -> Result<Turn, StorageError> {
        loop {
            match self.batch(db, clock, ids).await? {
                Turn::Did(number) => did(number),
                turn => return Ok(turn),
            }
        }
    }
}

/// Stops what is under way, between two of its batches; `false` when it had ended.
///
/// # Errors
/// A database that fails.
pub async fn stop(db: &Db, id: i64, operator: &str, now: DateTime<Utc>) -> Result<bool, StorageError> {
    let mut tx = db.begin().await?;
    if !operator_log::end(&mut tx, id, STOPPED).await? {
        tx.rollback().await?;
        return Ok(false);
    }
    let detail = format!("row {id} of this log");
    log(&mut tx, operator, "outbox stop", &detail, now).await?;
    tx.commit().await?;
    Ok(true)
}

async fn log(
    tx: &mut Tx,
    operator: &str,
    command: &str,
    detail: &str,
    at: DateTime<Utc>,
) -> Result<i64, StorageError> {
    let entry = Entry {
        at,
        operator,
        command,
        detail,
    };
    operator_log::insert(tx, &entry).await
}

/// Keeps all workers from taking messages; `false` when delivery was paused already, and nothing is done.
///
/// # Errors
/// A database that fails.
pub async fn pause(
    db: &Db,
    operator: &str,
    why: Option<&str>,
    now: DateTime<Utc>,
) -> Result<bool, StorageError> {
    let mut tx = db.begin().await?;
    if !outbox_steer::pause(&mut tx, operator, why, now).await? {
        tx.rollback().await?;
        return Ok(false);
    }
    let detail = because("delivery paused", why);
    log(&mut tx, operator, "outbox pause", &detail, now).await?;
    tx.commit().await?;
    Ok(true)
}

/// Lets them take messages again; `false` when delivery was not paused, and nothing is done.
///
/// # Errors
/// A database that fails.
pub async fn resume(
    db: &Db,
    operator: &str,
    why: Option<&str>,
    now: DateTime<Utc>,
) -> Result<bool, StorageError> {
    let mut tx = db.begin().await?;
    if !outbox_steer::resume(&mut tx).await? {
        tx.rollback().await?;
        return Ok(false);
    }
    let detail = because("delivery resumed", why);
    log(&mut tx, operator, "outbox resume", &detail, now).await?;
    tx.commit().await?;
    Ok(true)
}

fn because(what: &str, why: Option<&str>) -> String {
    match why {
        Some(why) => format!("{what}: {why}"),
        None => what.to_owned(),
    }
}

/// Writes a note about a message into the operators' log.
///
/// # Errors
/// A database that fails.
pub async fn note(
    db: &Db,
    operator: &str,
    message: i64,
    text: &str,
    now: DateTime<Utc>,
) -> Result<(), StorageError> {
    let mut tx = db.begin().await?;
    let row = log(&mut tx, operator, "outbox note", text, now).await?;
    operator_log::set_message(&mut tx, row, message).await?;
    tx.commit().await
}
