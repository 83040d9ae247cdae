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
