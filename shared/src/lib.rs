//! What the API and the worker of Open Klant both need: settings, the domain, the database, the journal and the
//! ways out to other systems. It knows nothing of HTTP routing.

pub mod applicaties;
pub mod autorisaties;
pub mod beheer;
pub mod clock;
pub mod domain;
pub mod http;
pub mod jobs;
pub mod journal;
pub mod jwt;
pub mod keyed_hash;
pub mod metrics;
pub mod oidc;
pub mod otlp;
pub mod settings;
pub mod spreadsheet;
pub mod steering;
pub mod storage;
pub mod telemetry;
pub mod trace;
pub mod vault;
