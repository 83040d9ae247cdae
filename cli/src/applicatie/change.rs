//! Adding, removing and giving another secret.

use anyhow::{anyhow, bail};
use openklant_shared::storage::{Constraint, Db, StorageError, applicatie};
use serde_json::json;

use super::AddArgs;
use super::create::{Credential, Rights, create, new_secret};
use super::look::{find, rights, view};
use super::text::grouped;
use crate::output::{self, Format};

/// Adds an application. A secret that was made here is shown, this once.
pub async fn add(db: &Db, args: AddArgs) -> anyhow::Result<()> {
    let given = args.secret.given();
    let made = given.is_none();
    let credential = Credential {
        client_id: args.client.client_id,
        secret: given.unwrap_or_else(new_secret),
    };
    let allowed = if args.alle_autorisaties {
        Rights::All
    } else {
        Rights::Some(grouped(&args.scope))
    };
    let added = create(db, &args.label, &credential, allowed)
        .await
        .map_err(|error| match error {
            StorageError::Unique(Constraint::ApplicatieClient) => {
                anyhow!(
                    "client id {} belongs to an application already",
                    credential.client_id
                )
            }
            other => other.into(),
        })?;
    match args.format.format {
        Format::Json => {
            let mut shown = view(&added);
            if made {
                shown["secret"] = json!(credential.secret);
            }
            output::json(&shown)
        }
        Format::Text => {
            output::line(format_args!("Added {}.", added.label))?;
            output::line(format_args!("  client id  {}", credential.client_id))?;
            if made {
                output::line(format_args!(
                    "  secret     {}  (shown this once)",
                    credential.secret
                ))?;
            }
            output::line(format_args!("  may do     {}", rights(&added)))
        }
    }
}

/// Replaces a secret, at once.
pub async fn rotate_secret(
    db: &Db,
    client_id: &str,
    secret: Option<String>,
    format: Format,
) -> anyhow::Result<()> {
    let made = secret.is_none();
    let secret = secret.unwrap_or_else(new_secret);
    let mut tx = db.begin().await?;
    if !applicatie::update_credential(&mut tx, client_id, &secret).await? {
        bail!("client id {client_id} is not known: see `openklant applicatie list`");
    }
    tx.commit().await?;
    match (format, made) {
        (Format::Json, true) => output::json(&json!({"clientId": client_id, "secret": secret})),
        (Format::Json, false) => output::json(&json!({"clientId": client_id})),
        (Format::Text, true) => {
            output::line(format_args!("The secret of {client_id} was replaced."))?;
            output::line(format_args!("  secret     {secret}  (shown this once)"))
        }
        (Format::Text, false) => output::line(format_args!("The secret of {client_id} was replaced.")),
    }
}

/// Removes an application with everything that belongs to it.
pub async fn remove(db: &Db, client_id: &str) -> anyhow::Result<()> {
    let found = find(db, client_id).await?;
    let mut tx = db.begin().await?;
    applicatie::delete(&mut tx, found.uuid).await?;
    for client_id in &found.client_ids {
        applicatie::delete_credential(&mut tx, client_id).await?;
    }
    tx.commit().await?;
    output::line(format_args!("Removed {}.", found.label))
}
