//! Another secret for a client id, and the end of one.

use std::time::Duration;

use anyhow::bail;
use chrono::{DateTime, TimeDelta, Utc};
use openklant_shared::clock::Clock;
use openklant_shared::settings::Secret;
use openklant_shared::storage::{Db, StorageError, applicatie};
use serde_json::json;

use super::SecretCommand;
use super::create::{By, new_secret};
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
            let by = By::new("applicatie secret add", operator.name());
            add(db, &client.client_id, secret.read()?, &by, format.format).await
        }
        SecretCommand::Rotate {
            client,
            secret,
            overlap,
            operator,
            format,
        } => {
            let given = secret.read()?;
            let rotation = Rotation {
                client_id: &client.client_id,
                made: given.is_none(),
                secret: given.map_or_else(new_secret, |secret| secret.expose().to_owned()),
                until: overlap.map(end_of),
            };
            let by = By::new("applicatie secret rotate", operator.name());
            rotate(db, rotation, &by, format.format).await
        }
        SecretCommand::Revoke {
            client,
            previous,
            operator,
        } => {
            let by = By::new("applicatie secret revoke", operator.name());
            revoke(db, &client.client_id, previous, &by).await
        }
    }
}

async fn add(db: &Db, client_id: &str, given: Option<Secret>, by: &By, format: Format) -> anyhow::Result<()> {
    let made = given.is_none();
    let secret = given.map_or_else(new_secret, |secret| secret.expose().to_owned());
    let mut tx = db.begin().await?;
    match applicatie::insert_credential(&mut tx, client_id, &secret, Clock::System.now()).await {
        Err(StorageError::Unique(_)) => {
            bail!("client id {client_id} has a secret already: see `openklant applicatie secret rotate`")
        }
        added => added?,
    }
    by.log(&mut tx, &format!("client id {client_id}")).await?;
    tx.commit().await?;
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

struct Rotation<'a> {
    client_id: &'a str,
    secret: String,
    made: bool,
    until: Option<DateTime<Utc>>,
}

fn end_of(overlap: Duration) -> DateTime<Utc> {
    // At most 90 days, as the argument was read.
    Clock::System.now() + TimeDelta::from_std(overlap).unwrap_or_default()
}

async fn rotate(db: &Db, rotation: Rotation<'_>, by: &By, format: Format) -> anyhow::Result<()> {
    let Rotation {
        client_id,
        secret,
        made,
        until,
    } = rotation;
    let mut tx = db.begin().await?;
    let known = match until {
        Some(until) => applicatie::rotate_credential(&mut tx, client_id, &secret, until).await?,
        None => applicatie::update_credential(&mut tx, client_id, &secret).await?,
    };
    if !known {
        bail!("client id {client_id} has no secret: see `openklant applicatie list`");
    }
    let end = until.map_or_else(|| "at once".to_owned(), moment);
    by.log(
        &mut tx,
        &format!("client id {client_id}, the old secret ends {end}"),
    )
    .await?;
    tx.commit().await?;
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

async fn revoke(db: &Db, client_id: &str, previous: bool, by: &By) -> anyhow::Result<()> {
    let mut tx = db.begin().await?;
    let (ended, what) = if previous {
        let now = Clock::System.now();
        let ended = applicatie::end_previous_secret(&mut tx, client_id, now).await?;
        (ended, "the previous secret")
    } else {
        let ended = applicatie::delete_credential(&mut tx, client_id).await?;
        (ended, "every secret")
    };
    if !ended {
        bail!("client id {client_id} has no such secret: see `openklant applicatie show`");
    }
    by.log(&mut tx, &format!("client id {client_id}, {what}")).await?;
    tx.commit().await?;
    output::line(format_args!("Ended {what} of {client_id}."))
}
