//! The program `openklant` as operators and their scripts know it: what commands print, and how they end.
#![expect(clippy::expect_used, reason = "a test fails by panicking")]

mod applicatie;
mod autorisaties;
mod backup;
mod config;
mod delivery;
mod demo;
mod doctor;
mod externe_api;
mod faults;
mod generate;
mod health;
mod jobs;
mod log;
mod migrate;
mod openapi;
mod outbox;
mod read_log;
mod recovery;
mod replica;
mod secrets;
mod serve;
mod setup;
mod status;
mod token;
mod upgrade;
