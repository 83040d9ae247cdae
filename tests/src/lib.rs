//! The harness of the black-box tests: a real server on a free port, a real database of either kind, stand-ins for
//! the systems around it, and the words to say what is expected.
//!
//! It knows the product only through HTTP, its database and its settings. It fails by panicking, with a sentence that
//! says what was expected and what came.
#![expect(
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "the harness fails a test by panicking"
)]

pub mod account;
pub mod app;
pub mod autorisaties;
pub mod beheer;
pub mod both;
pub mod client;
pub mod collector;
pub mod database;
pub mod earlier;
pub mod fixtures;
pub mod http;
pub mod laws;
pub mod lengths;
pub mod listener;
pub mod logged;
pub mod metrics;
pub mod notificaties;
pub mod outbox;
mod postgres;
pub mod probe;
pub mod program;
pub mod provider;
pub mod remote;
pub mod response;
pub mod scenario;
pub mod subset;
pub mod tap;
pub mod terminal;
pub mod tokens;
pub mod wait;
pub mod writers;
pub mod zaken;

pub use app::App;
pub use beheer::Browser;
pub use client::Client;
pub use database::{Database, Kind};
pub use response::Response;
