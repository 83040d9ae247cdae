//! Another secret for a client id, and the end of one.

use std::time::Duration;

use anyhow::bail;
use chrono::{DateTime, TimeDelta, Utc};
use openklant_shared::applicaties::{self, Credential, Ends};
use openklant_shared::clock::Clock;
use openklant_shared::settings::Secret;
use openklant_shared::storage::operator_log::By;
use openklant_shared::storage::{Db, StorageError};
use serde_json::json;

use super::SecretCommand;
use super::create::{by, new_secret};
use crate::outbox::filter::moment;
use crate::output::{self, Format};

/// Runs the command.
pub async fn run(db: &Db, command: SecretCommand) -> anyhow::Result<()> {
    match command {
        SecretCommand::Add {
            client,
            secret,
            operator,
            format,
        } => {
            let by = by("applicatie secret add", operator.name());
            add(db, client.client_id, secret.read()?, &by, format.format).await
        }
        SecretCommand::Rotate {
            client,
            secret,
            overlap,
            operator,
            format,
        } => {
            let (new, made) = credential(client.client_id, secret.read()?)?;
            let rotation = Rotation {
                new,
                made,
                until: overlap.map(end_of),
            };
            let by = by("applicatie secret rotate", operator.name());
            rotate(db, rotation, &by, format.format).await
        }
        SecretCommand::Revoke {
            client,
            previous,
            operator,
        } => {
            let by = by("applicatie secret revoke", operator.name());
            let which = if previous { Ends::Previous } else { Ends::Every };
            revoke(db, &client.client_id, which, &by).await
        }
    }
}

/// A client id with the secret that was given or, as the other half says, made here.
fn credential(client_id: String, given: Option<Secret>) -> anyhow::Result<(Credential, bool)> {
    let made = given.is_none();
    let secret = match given {
        Some(given) => given.expose().to_owned(),
        None => new_secret()?,
    };
    Ok((Credential { client_id, secret }, made))
}

async fn add(
    db: &Db,
    client_id: String,
    given: Option<Secret>,
    by: &By,
    format: Format,
) -> anyhow::Result<()> {
    let (new, made) = credential(client_id, given)?;
    let mut tx = db.begin().await?;
    match applicaties::add_secret(&mut tx, &new, by).await {
        Err(StorageError::Unique(_)) => {
            bail!(
                "client id {} has a secret already: see `openklant applicatie secret rotate`",
                new.client_id
            )
        }
        added => added?,
    }
    tx.commit().await?;
    let Credential { client_id, secret } = new;
    match format {
        Format::Json => {
            let mut shown = json!({"clientId": client_id});
            if made {
                shown["secret"] = json!(secret);
            }
            output::json(&shown)
        }
        Format::Text => {
            output::line(format_args!("Client id {client_id} has a secret."))?;
            if made {
                output::line(format_args!("  secret  {secret}  (shown this once)"))?;
            }
            Ok(())
        }
    }
}

struct Rotation {
    new: Credential,
    made: bool,
    until: Option<DateTime<Utc>>,
}

fn end_of(overlap: Duration) -> DateTime<Utc> {
    // At most 90 days, as the argument was read.
    Clock::System.now() + TimeDelta::from_std(overlap).unwrap_or_default()
}

async fn rotate(db: &Db, rotation: Rotation, by: &By, format: Format) -> anyhow::Result<()> {
    let Rotation { new, made, until } = rotation;
    let mut tx = db.begin().await?;
    if !applicaties::rotate_secret(&mut tx, &new, until, by).await? {
        bail!(
            "client id {} has no secret: see `openklant applicatie list`",
            new.client_id
        );
    }
    tx.commit().await?;
    let Credential { client_id, secret } = new;
    let end = until.map_or_else(|| "at once".to_owned(), moment);
    match format {
        Format::Json => {
            let mut shown = json!({"clientId": client_id, "previousValidUntil": until});
            if made {
                shown["secret"] = json!(secret);
            }
            output::json(&shown)
        }
        Format::Text => {
            output::line(format_args!("The secret of {client_id} was replaced."))?;
            if made {
                output::line(format_args!("  new secret  {secret}  (shown this once)"))?;
            }
            output::line(format_args!("  old secret  ends {end}"))
        }
    }
}

async fn revoke(db: &Db, client_id: &str, which: Ends, by: &By) -> anyhow::Result<()> {
    let mut tx = db.begin().await?;
    if !applicaties::revoke_secret(&mut tx, client_id, which, by).await? {
        bail!("client id {client_id} has no such secret: see `openklant applicatie show`");
    }
    tx.commit().await?;
    output::line(format_args!("Ended {} of {client_id}.", which.words()))
}
