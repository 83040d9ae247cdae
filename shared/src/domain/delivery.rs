//! The life of a message in the outbox, and of the way to the Notificaties API: which state follows which, and when
//! the breaker opens and closes. Pure; the tables that keep it are in `storage`.

use std::time::Duration;

use chrono::{DateTime, SubsecRound, Utc};

/// Where a message stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// Waits for its next attempt.
    Pending,
    /// A worker has it, until its lease ends.
    Delivering,
    /// The Notificaties API accepted it.
    Delivered,
    /// A person must look at it; kept until somebody did.
    Parked,
    /// A person decided that it is not to be sent.
    Cancelled,
}

impl State {
    /// All states.
    pub const ALL: [Self; 5] = [
        Self::Pending,
        Self::Delivering,
        Self::Delivered,
        Self::Parked,
        Self::Cancelled,
    ];

    /// The states of a message that its receiver still waits for.
    pub const WAITING: [Self; 2] = [Self::Pending, Self::Delivering];

    /// The name in the database and for operators.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Delivering => "delivering",
            Self::Delivered => "delivered",
            Self::Parked => "parked",
            Self::Cancelled => "cancelled",
        }
    }

    /// The state with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }
}

/// What can happen to a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Event {
    /// A worker takes it.
    Claimed,
    /// The Notificaties API accepted it.
    Accepted,
    /// An attempt failed; it is tried again on its schedule.
    Failed,
    /// An attempt failed while the breaker was open: it says nothing about the message and is not counted.
    Held,
    /// It was refused for good, or tried for long enough.
    GivenUp,
    /// The lease of its worker ran out; the attempt is counted.
    LeaseExpired,
    /// Its worker gives it back unsent; the attempt is not counted.
    GivenBack,
    /// An operator has it tried again, its attempts counted anew.
    Retried,
    /// An operator decides that it is not to be sent.
    Cancelled,
}

/// Every change of state there is: from, what happens, to. Whatever is not in it does not happen.
pub const TRANSITIONS: [(State, Event, State); 12] = [
    (State::Pending, Event::Claimed, State::Delivering),
    (State::Delivering, Event::Accepted, State::Delivered),
    (State::Delivering, Event::Failed, State::Pending),
    (State::Delivering, Event::Held, State::Pending),
    (State::Delivering, Event::GivenUp, State::Parked),
    (State::Delivering, Event::LeaseExpired, State::Pending),
    (State::Delivering, Event::GivenBack, State::Pending),
    (State::Pending, Event::Retried, State::Pending),
    (State::Parked, Event::Retried, State::Pending),
    (State::Cancelled, Event::Retried, State::Pending),
    (State::Pending, Event::Cancelled, State::Cancelled),
    (State::Parked, Event::Cancelled, State::Cancelled),
];

impl Event {
    /// All events.
    pub const ALL: [Self; 9] = [
        Self::Claimed,
        Self::Accepted,
        Self::Failed,
        Self::Held,
        Self::GivenUp,
        Self::LeaseExpired,
        Self::GivenBack,
        Self::Retried,
        Self::Cancelled,
    ];

    /// The name in documents.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Claimed => "claimed",
            Self::Accepted => "accepted",
            Self::Failed => "failed",
            Self::Held => "held",
            Self::GivenUp => "given up",
            Self::LeaseExpired => "lease expired",
            Self::GivenBack => "given back",
            Self::Retried => "retried",
            Self::Cancelled => "cancelled",
        }
    }

    /// The states of messages that it can happen to, in the order of the table.
    pub fn happens_in(self) -> Vec<State> {
        TRANSITIONS
            .into_iter()
            .filter_map(|(from, what, _)| (what == self).then_some(from))
            .collect()
    }
}

impl State {
    /// The states of messages that operators change: those that can still be cancelled.
    pub fn unfinished() -> Vec<Self> {
        Event::Cancelled.happens_in()
    }

    /// The state after an event; `None`: it does not happen to a message in this state.
    pub fn after(self, event: Event) -> Option<Self> {
        TRANSITIONS
            .into_iter()
            .find_map(|(from, what, to)| (from == self && what == event).then_some(to))
    }
}

/// What kind of outcome an attempt had; it decides what becomes of the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Class {
    /// The Notificaties API took it.
    Delivered,
    /// No answer, or one that says "not now".
    Temporary,
    /// Refused only because our clock is ahead of theirs: heals by waiting.
    Clock,
    /// Refused because the kanaal is not registered: heals by registering it.
    Kanaal,
    /// We may not publish: credentials or rights are wrong, or not in place yet.
    Denied,
    /// What answers is not a Notificaties API, or not at this root.
    Endpoint,
    /// The message itself is refused, and will be every time.
    Refused,
}

impl Class {
    /// All classes.
    pub const ALL: [Self; 7] = [
        Self::Delivered,
        Self::Temporary,
        Self::Clock,
        Self::Kanaal,
        Self::Denied,
        Self::Endpoint,
        Self::Refused,
    ];

    /// The name in the database and for operators.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::Temporary => "temporary",
            Self::Clock => "clock",
            Self::Kanaal => "kanaal",
            Self::Denied => "denied",
            Self::Endpoint => "endpoint",
            Self::Refused => "refused",
        }
    }

    /// The class with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.name() == name)
    }

    /// Whether the outcome says that the endpoint as a whole takes nothing, whatever the message.
    pub const fn blames_endpoint(self) -> bool {
        matches!(self, Self::Temporary | Self::Denied | Self::Endpoint)
    }
}

/// Failures of the endpoint in a row after which the breaker opens.
const OPEN_AFTER: i64 = 5;

/// The breaker of the Notificaties API, shared by all workers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Breaker {
    /// Failures of the endpoint in a row.
    pub failures: i64,
    /// Since when it is open; `None`: closed.
    pub opened_at: Option<DateTime<Utc>>,
    /// When, while it is open, the next message may probe.
    pub next_probe_at: Option<DateTime<Utc>>,
}

/// A change of the breaker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BreakerChange {
    /// Nothing but probes passes from now on.
    Opened,
    /// Everything passes again.
    Closed,
}

impl Breaker {
    /// Whether only probes pass.
    pub const fn is_open(&self) -> bool {
        self.opened_at.is_some()
    }

    /// The breaker after an attempt that ended at `now`. `pause` says how long the probe with this number (1 is the
    /// first) is waited for.
    #[must_use]
    pub fn after(
        self,
        class: Class,
        now: DateTime<Utc>,
        pause: impl FnOnce(Class, i64) -> Duration,
    ) -> (Self, Option<BreakerChange>) {
        if !class.blames_endpoint() {
            // A refusal shows that it is at work, too.
            return (Self::default(), self.is_open().then_some(BreakerChange::Closed));
        }
        let failures = match class {
            Class::Temporary => self.failures + 1,
            // Goes for every message alike: no use in trying others first.
            _ => OPEN_AFTER.max(self.failures + 1),
        };
        if failures < OPEN_AFTER && !self.is_open() {
            return (Self { failures, ..self }, None);
        }
        let pause = pause(class, (failures - OPEN_AFTER + 1).max(1));
        let after = Self {
            failures,
            opened_at: self.opened_at.or(Some(now)),
            next_probe_at: Some((now + pause).trunc_subsecs(6)),
        };
        (after, (!self.is_open()).then_some(BreakerChange::Opened))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_after_every_event() {
        use Event as E;
        use State as S;
        for from in S::ALL {
            for event in E::ALL {
                let expected = match (from, event) {
                    (S::Pending, E::Claimed) => Some(S::Delivering),
                    (S::Delivering, E::Accepted) => Some(S::Delivered),
                    (S::Delivering, E::GivenUp) => Some(S::Parked),
                    (S::Delivering, E::Failed | E::Held | E::LeaseExpired | E::GivenBack)
                    | (S::Pending | S::Parked | S::Cancelled, E::Retried) => Some(S::Pending),
                    (S::Pending | S::Parked, E::Cancelled) => Some(S::Cancelled),
                    _ => None,
                };
                assert_eq!(from.after(event), expected, "{from:?} {event:?}");
                assert_eq!(
                    event.happens_in().contains(&from),
                    expected.is_some(),
                    "{from:?} {event:?}"
                );
            }
        }
    }

    #[test]
    fn the_table_of_the_document_is_this_table() {
        let document = include_str!("../../../docs/delivery.md");
        let rows: Vec<Vec<&str>> = document
            .lines()
            .skip_while(|line| !line.starts_with("| From | Event | To |"))
            .skip(2)
            .take_while(|line| line.starts_with('|'))
            .map(|line| {
                line.split('|')
                    .skip(1)
                    .take(3)
                    .map(|cell| cell.trim().trim_matches('`'))
                    .collect()
            })
            .collect();
        let expected: Vec<Vec<&str>> = TRANSITIONS
            .iter()
            .map(|(from, event, to)| vec![from.name(), event.name(), to.name()])
            .collect();
        assert_eq!(rows, expected);
    }

    fn moment(seconds: u64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + Duration::from_secs(seconds)
    }

    fn pause(_: Class, nr: i64) -> Duration {
        Duration::from_secs(u64::try_from(nr).expect("a number of a probe") * 10)
    }

    #[test]
    fn the_breaker_opens_after_failures_in_a_row_and_closes_on_any_answer_about_a_message() {
        let mut breaker = Breaker::default();
        for failures in 1..OPEN_AFTER {
            let change;
            (breaker, change) = breaker.after(Class::Temporary, moment(0), pause);
            assert_eq!(
                (breaker.failures, breaker.is_open(), change),
                (failures, false, None)
            );
        }
        let (reset, change) = breaker.after(Class::Delivered, moment(0), pause);
        assert_eq!((reset, change), (Breaker::default(), None));

        let (open, change) = breaker.after(Class::Temporary, moment(1), pause);
        assert_eq!(change, Some(BreakerChange::Opened));
        assert_eq!(
            (open.opened_at, open.next_probe_at),
            (Some(moment(1)), Some(moment(11)))
        );
        let (open, change) = open.after(Class::Temporary, moment(11), pause);
        assert_eq!(change, None);
        assert_eq!(
            (open.opened_at, open.next_probe_at),
            (Some(moment(1)), Some(moment(31)))
        );
        for class in [Class::Delivered, Class::Refused, Class::Clock, Class::Kanaal] {
            let closed = (Breaker::default(), Some(BreakerChange::Closed));
            assert_eq!(open.after(class, moment(31), pause), closed, "{class:?}");
        }
    }

    #[test]
    fn the_breaker_opens_at_once_when_nothing_can_pass() {
        for class in [Class::Denied, Class::Endpoint] {
            let (breaker, change) = Breaker::default().after(class, moment(0), pause);
            assert_eq!(change, Some(BreakerChange::Opened), "{class:?}");
            assert_eq!(breaker.next_probe_at, Some(moment(10)), "{class:?}");
        }
    }
}
