//! The life of a message in the outbox.

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
}
