//! Exit codes: what a script learns from a command that failed.

use openklant_api::ServerError;
use openklant_shared::settings::SettingsError;
use openklant_shared::storage::migrate::SchemaError;
use openklant_shared::storage::{ConnectError, StorageError};
use openklant_shared::telemetry::TelemetryError;
use openklant_worker::WorkerError;
use openklant_worker::kanalen::KanaalError;

use crate::setup::Mistakes;

/// The command failed.
pub const FAILED: u8 = 1;
/// The command could not start. Also what the reader of the arguments ends with.
pub const CANNOT_START: u8 = 2;

/// A command that cannot begin for want of something only the person who gave it can add.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct CannotStart(pub String);

/// The exit code of an error. A statement that the database refuses counts as a fault of the database; what a
/// person can do about (a client id that exists) has been made a plain sentence by its command.
pub fn code(error: &anyhow::Error) -> u8 {
    let cannot_start = error.chain().any(|cause| {
        cause.is::<CannotStart>()
            || cause.is::<Mistakes>()
            || cause.is::<SettingsError>()
            || cause.is::<TelemetryError>()
            || cause.is::<ConnectError>()
            || cause.is::<SchemaError>()
            || cause.is::<StorageError>()
            || matches!(cause.downcast_ref(), Some(ServerError::Bind { .. }))
            || matches!(cause.downcast_ref(), Some(WorkerError::Storage(_)))
            || matches!(cause.downcast_ref(), Some(KanaalError::NotConfigured))
    });
    if cannot_start { CANNOT_START } else { FAILED }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use anyhow::{Context, anyhow};
    use openklant_shared::settings::{Source, load};

    use super::*;

    #[test]
    fn tells_start_up_faults_apart() {
        let wrong = load(&Source::from_pairs([("OPENKLANT_LISTEN", "nowhere")])).unwrap_err();
        let cases = [
            (anyhow!("no such client"), FAILED),
            (wrong.into(), CANNOT_START),
            (
                ConnectError::NoAnswer(Duration::from_secs(5)).into(),
                CANNOT_START,
            ),
            (CannotStart("say which".to_owned()).into(), CANNOT_START),
            (SchemaError::Newer(99).into(), CANNOT_START),
            (
                Err::<(), _>(SchemaError::Behind(2))
                    .context("while starting")
                    .unwrap_err(),
                CANNOT_START,
            ),
            (
                StorageError::Corrupt {
                    table: "outbox",
                    reason: String::new(),
                }
                .into(),
                CANNOT_START,
            ),
        ];
        for (error, expected) in cases {
            assert_eq!(code(&error), expected, "{error:#}");
        }
    }
}
