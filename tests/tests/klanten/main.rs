//! The Klanten API: its operations, what they store, show and tell others.
#![expect(clippy::expect_used, reason = "a test fails by panicking")]

mod audittrail;
mod create;
mod delete;
mod field_formats;
mod filters;
mod identification;
mod interleavings;
mod lengths;
mod list;
mod merge_law;
mod messages;
mod replace;
mod representation;
mod scenarios;
mod search;
mod subject_lookup;
mod unique_number;
mod update;
mod zoek;
