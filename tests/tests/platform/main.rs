//! What every API of the server shares: tokens, the order of refusals, media types, methods, paths, headers,
//! conditional requests, addresses, bad input, and what a change leaves behind.
#![expect(clippy::expect_used, reason = "a test fails by panicking")]

mod addresses;
mod adr;
mod autorisaties;
mod bad_bodies;
mod bad_headers;
mod bad_queries;
mod beheer;
mod conditional;
mod documents;
mod headers;
mod health;
mod journal;
mod jwtsecret;
mod laws;
mod limits;
mod log;
mod log_events;
mod media_types;
mod methods;
mod metrics;
mod openapi;
mod order_of_refusals;
mod packaging;
mod page_map;
mod pages;
mod paths;
mod pools;
mod reference;
mod request_log;
mod resources;
mod rights_remembered;
mod scenarios;
mod schema;
mod scopes;
mod security_txt;
mod settings;
mod slow_requests;
mod statements;
mod status;
mod tokens;
mod wrong_types;
