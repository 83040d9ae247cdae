//! What was changed, held against what a receiver was told: pure, so that its own rules can be tested.
//!
//! A repetition is known by object, actie and moment, so changes of one kind to one object must not be made at the
//! same one.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::probe::Change;

/// The changes of each object, in order.
pub type ByObject = BTreeMap<String, Vec<Change>>;

/// Sorts changes by object; their order stays.
pub fn by_object(changes: impl IntoIterator<Item = Change>) -> ByObject {
    let mut objects = ByObject::new();
    for change in changes {
        objects.entry(change.url.clone()).or_default().push(change);
    }
    objects
}

/// The account of one run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Account {
    /// Changes that were committed.
    pub changes: usize,
    /// Messages that were accepted, repetitions among them.
    pub accepted: usize,
    /// Changes that nobody was told of.
    pub lost: Vec<Change>,
    /// Changes that were told and never made.
    pub phantom: Vec<Change>,
    /// Objects whose changes were told in another order than they were made; the first telling of each counts.
    pub out_of_order: Vec<String>,
    /// Changes that look like another one: nothing can be said of them.
    pub alike: usize,
}

impl Account {
    /// Compares the messages that were accepted, in the order of acceptance, with the changes, in the order in which
    /// they were made.
    pub fn of(messages: &[Value], changes: &[Change]) -> Self {
        let told: Vec<Change> = first_receptions(messages);
        let told_set: BTreeSet<&Change> = told.iter().collect();
        let made_set: BTreeSet<&Change> = changes.iter().collect();
        // What is lost or invented is no fault of the order as well.
        let common = |list: &[Change], other: &BTreeSet<&Change>| {
            by_object(list.iter().filter(|change| other.contains(change)).cloned())
        };
        let made_order = common(changes, &told_set);
        let told_order = common(&told, &made_set);
        Self {
            changes: changes.len(),
            accepted: messages.len(),
            lost: made_set.difference(&told_set).copied().cloned().collect(),
            phantom: told_set.difference(&made_set).copied().cloned().collect(),
            out_of_order: made_order
                .into_iter()
                .filter(|(url, made)| told_order.get(url) != Some(made))
                .map(|(url, _)| url)
                .collect(),
            alike: changes.len() - made_set.len(),
        }
    }

    /// How many messages repeat one that was accepted before.
    pub fn repeated(&self) -> usize {
        (self.accepted + self.lost.len()).saturating_sub(self.changes + self.phantom.len())
    }
}

/// The changes that messages tell of, each where it came first.
fn first_receptions(messages: &[Value]) -> Vec<Change> {
    let mut seen = BTreeSet::new();
    messages
        .iter()
        .map(Change::of)
        .filter(|change| seen.insert(change.clone()))
        .collect()
}

/// Demands that the messages tell of exactly these changes, of each object in the order in which they were made.
#[track_caller]
pub fn assert_tells_all(messages: &[Value], changes: &[Change]) {
    let account = Account::of(messages, changes);
    assert_eq!(account.alike, 0, "changes that cannot be told apart");
    assert!(
        account.lost.is_empty(),
        "changes nobody was told of: {:#?}",
        account.lost
    );
    assert!(
        account.phantom.is_empty(),
        "messages of changes that were not made: {:#?}",
        account.phantom
    );
    assert!(
        account.out_of_order.is_empty(),
        "order of {:#?}",
        account.out_of_order
    );
}

#[cfg(test)]
mod tests {
    use std::panic::catch_unwind;

    use serde_json::json;

    use super::*;

    fn messages(told: &[(&str, u32)]) -> Vec<Value> {
        told.iter()
            .map(|(url, second)| {
                json!({"hoofdObject": url, "actie": "update", "aanmaakdatum": format!("2026-01-05T09:30:{second:02}Z")})
            })
            .collect()
    }

    fn changes(made: &[(&str, u32)]) -> Vec<Change> {
        messages(made).iter().map(Change::of).collect()
    }

    /// Which objects were told of, each with the moment of its change.
    type Told = &'static [(&'static str, u32)];

    #[test]
    fn each_fault_is_counted_as_what_it_is() {
        const MADE: [(&str, u32); 3] = [("a", 1), ("b", 1), ("a", 2)];
        // What was told; lost, phantom, out of order, repeated.
        let table: [(Told, [usize; 4]); 8] = [
            (&[("a", 1), ("a", 2), ("b", 1)], [0, 0, 0, 0]),
            (&[("b", 1), ("a", 1), ("a", 1), ("a", 2), ("a", 1)], [0, 0, 0, 2]),
            (&[("a", 2), ("a", 1), ("b", 1)], [0, 0, 1, 0]),
            (&[("a", 1), ("a", 2)], [1, 0, 0, 0]),
            (&[("a", 2), ("b", 1)], [1, 0, 0, 0]),
            (&[("a", 1), ("a", 2), ("b", 1), ("b", 2)], [0, 1, 0, 0]),
            (&[("a", 1), ("a", 3), ("a", 3), ("a", 2)], [1, 1, 0, 1]),
            (&[], [3, 0, 0, 0]),
        ];
        for (told, [lost, phantom, out_of_order, repeated]) in table {
            let told = messages(told);
            let account = Account::of(&told, &changes(&MADE));
            assert_eq!(account.lost.len(), lost, "{account:?}");
            assert_eq!(account.phantom.len(), phantom, "{account:?}");
            assert_eq!(account.out_of_order.len(), out_of_order, "{account:?}");
            assert_eq!(account.repeated(), repeated, "{account:?}");
            let passes = catch_unwind(|| assert_tells_all(&told, &changes(&MADE))).is_ok();
            assert_eq!(passes, lost + phantom + out_of_order == 0, "{account:?}");
        }
    }

    #[test]
    fn changes_that_look_alike_are_not_passed_over() {
        let made = changes(&[("a", 1), ("a", 1)]);
        assert_eq!(Account::of(&messages(&[("a", 1)]), &made).alike, 1);
    }
}
