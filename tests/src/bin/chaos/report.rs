//! The account of a storm: what was committed, what was accepted, and why anything came twice.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use chrono::TimeDelta;
use openklant_shared::clock::Clock;
use openklant_tests::Database;
use openklant_tests::account::Account;
use openklant_tests::notificaties::{Delivery, Notificaties};
use openklant_tests::probe::Change;
use openklant_tests::writers::Written;
use serde_json::Value;
use tokio::time::Instant;

use crate::installation::CONCURRENCY;
use crate::storm::Blows;

/// Workers of a storm.
const WORKERS: usize = 2;

/// How many changes of a kind of fault are named.
const NAMED: usize = 5;

/// What a storm came to.
pub struct Report {
    account: Account,
    messages: i64,
    /// Objects of which a message was parked: those after it go first, as promised, and it comes when asked for.
    exempt: BTreeSet<String>,
    repetitions: Repetitions,
    longest_delay: TimeDelta,
    offers: usize,
    broken_promises: Vec<String>,
    written: Written,
    blows: Blows,
}

/// Why messages came twice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Repetitions {
    /// The receiver accepted without getting its answer across: nobody could know.
    unanswered: usize,
    /// The answer was given, and its worker or the database did not live to record it, or lost its lease.
    unrecorded: usize,
}

impl Report {
    /// Compares what the database and the receiver know.
    pub async fn of(
        database: &Database,
        notificaties: &Notificaties,
        written: &Written,
        blows: Blows,
    ) -> Self {
        let probe = database.probe();
        let changes = probe.changes().await;
        let deliveries = notificaties.deliveries();
        let accepted: Vec<&Delivery> = deliveries
            .iter()
            .filter(|delivery| delivery.is_accepted())
            .collect();
        let messages: Vec<Value> = accepted.iter().map(|delivery| delivery.message()).collect();
        Self {
            account: Account::of(&messages, &changes),
            messages: probe.count("outbox").await,
            exempt: once_refused(database).await,
            repetitions: Repetitions::of(&accepted),
            longest_delay: longest_delay(&accepted),
            offers: deliveries.len(),
            broken_promises: written.broken_promises(&changes),
            written: written.clone(),
            blows,
        }
    }

    /// What must not be.
    pub fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        let mut demand = |kept: bool, fault: String| {
            if !kept {
                faults.push(fault);
            }
        };
        let Account { lost, phantom, .. } = &self.account;
        demand(self.account.changes > 0, "nothing was changed".to_owned());
        demand(
            lost.is_empty(),
            format!("lost, among others {:?}", &lost[..lost.len().min(NAMED)]),
        );
        demand(
            phantom.is_empty(),
            format!("phantom, among others {:?}", &phantom[..phantom.len().min(NAMED)]),
        );
        let out_of_order = self.out_of_order();
        demand(
            out_of_order.is_empty(),
            format!(
                "out of order, among others {:?}",
                &out_of_order[..out_of_order.len().min(NAMED)]
            ),
        );
        demand(
            self.account.alike == 0,
            format!("{} changes look alike", self.account.alike),
        );
        demand(
            usize::try_from(self.messages) == Ok(self.account.changes),
            format!("{} messages for {} changes", self.messages, self.account.changes),
        );
        demand(
            self.broken_promises.is_empty(),
            format!(
                "clients were told of changes that are not there: {:?}",
                self.broken_promises
            ),
        );
        demand(
            self.repetitions.unrecorded <= self.allowed(),
            format!(
                "{} repetitions without a lost answer, {} allowed",
                self.repetitions.unrecorded,
                self.allowed()
            ),
        );
        let odd = self.written.surprises_with(|status| status != 503);
        demand(
            odd == 0,
            format!("answers that no client should get: {:?}", self.written.surprises),
        );
        faults
    }

    fn out_of_order(&self) -> Vec<&String> {
        let all = self.account.out_of_order.iter();
        all.filter(|url| !self.exempt.contains(*url)).collect()
    }

    /// Every blow may cost what was in flight where it struck: one worker, or all of them.
    fn allowed(&self) -> usize {
        let at_one = self.blows.worker_kills + self.blows.freezes;
        let at_all = self.blows.database_kills + self.blows.jumps;
        CONCURRENCY * (at_one + WORKERS * at_all)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Blows {
            api_kills,
            worker_kills,
            database_kills,
            freezes,
            jumps,
            vanished,
        } = self.blows;
        let account = &self.account;
        let Written {
            answered,
            unanswered,
            mistakes,
            ..
        } = &self.written;
        let promised: usize = answered.values().sum();
        writeln!(
            f,
            "kills           api {api_kills}, worker {worker_kills}, database {database_kills}"
        )?;
        writeln!(
            f,
            "other blows     {freezes} workers frozen, {jumps} clock jumps, receiver gone {vanished} times"
        )?;
        writeln!(
            f,
            "clients         {promised} changes confirmed, {unanswered} requests without an answer, {} times 503, \
             {mistakes} mistakes refused",
            self.written.surprises_with(|status| status == 503)
        )?;
        writeln!(f, "changes         {}", account.changes)?;
        writeln!(f, "messages        {} ({} offers)", self.messages, self.offers)?;
        writeln!(f, "lost            {}", account.lost.len())?;
        writeln!(f, "phantom         {}", account.phantom.len())?;
        writeln!(
            f,
            "out of order    {} (not judged: {} objects of which a message was parked)",
            self.out_of_order().len(),
            self.exempt.len()
        )?;
        writeln!(
            f,
            "duplicates      {}: {} whose answer the receiver did not get across, {} not recorded in time ({} allowed)",
            account.repeated(),
            self.repetitions.unanswered,
            self.repetitions.unrecorded,
            self.allowed()
        )?;
        let seconds = self.longest_delay.as_seconds_f64();
        writeln!(
            f,
            "longest delay   {seconds:.1} s from change to first acceptance"
        )
    }
}

impl Repetitions {
    /// Looks at what became of the acceptance before.
    fn of(accepted: &[&Delivery]) -> Self {
        let mut told = BTreeMap::new();
        let mut repetitions = Self::default();
        for delivery in accepted {
            match told.insert(Change::of(&delivery.message()), delivery.was_told()) {
                None => {}
                Some(false) => repetitions.unanswered += 1,
                Some(true) => repetitions.unrecorded += 1,
            }
        }
        repetitions
    }
}

async fn once_refused(database: &Database) -> BTreeSet<String> {
    const SQL: &str = "SELECT DISTINCT o.message FROM outbox o JOIN outbox_attempt a ON a.outbox_id = o.id \
        WHERE a.class = 'refused'";
    let texts = database.probe().texts(SQL).await;
    texts
        .iter()
        .map(|text| serde_json::from_str(text).expect("a message is JSON"))
        .map(|message: Value| Change::of(&message).url)
        .collect()
}

fn longest_delay(accepted: &[&Delivery]) -> TimeDelta {
    let (here, now) = (Instant::now().into_std(), Clock::System.now());
    let mut first = BTreeMap::new();
    for delivery in accepted {
        let ago = TimeDelta::from_std(here - delivery.request.at).expect("a run takes less than ages");
        first.entry(Change::of(&delivery.message())).or_insert(now - ago);
    }
    let delays = first.iter().map(|(change, at)| *at - change.at);
    delays.max().unwrap_or_default()
}
