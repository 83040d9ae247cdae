//! Adding and removing.

use anyhow::{anyhow, bail};
use openklant_shared::clock::Clock;
use openklant_shared::storage::externe_api::{self, ExterneApi};
use openklant_shared::storage::{Constraint, Db, StorageError};

use super::AddArgs;
use super::look::view;
use crate::applicatie::create::by;
use crate::outbox::consent::OperatorArg;
use crate::output::{self, Format};

/// Registers an API.
pub async fn add(db: &Db, args: AddArgs) -> anyhow::Result<()> {
    let added = ExterneApi {
        api_root: args.api.api_root,
        identifier: None,
        api_type: externe_api::ANY_TYPE.to_owned(),
        label: args.label,
        client_id: args.client_id,
        secret: Ok(args.secret.read()?),
        user_id: args.user_id,
        user_representation: args.user_representation,
    };
    let mut tx = db.begin().await?;
    externe_api::insert(&mut tx, &added, Clock::System.now())
        .await
        .map_err(|error| match error {
            StorageError::Unique(Constraint::ExterneApi) => anyhow!(
                "there are credentials for {root} already; to replace them, first give the command \
                 `openklant externe-api remove --api-root {root}`",
                root = added.api_root
            ),
            other => other.into(),
        })?;
    by("externe-api add", args.operator.name())
        .log(&mut tx, &added.api_root)
        .await?;
    tx.commit().await?;
    match args.format.format {
        Format::Json => output::json(&view(&added)),
        Format::Text => {
            output::line(format_args!("Added {}.", added.label))?;
            output::line(format_args!("  api root   {}", added.api_root))?;
            output::line(format_args!("  client id  {}", added.client_id))
        }
    }
}

/// Forgets an API.
pub async fn remove(db: &Db, api_root: &str, operator: &OperatorArg) -> anyhow::Result<()> {
    let mut tx = db.begin().await?;
    if !externe_api::delete(&mut tx, api_root).await? {
        bail!("there are no credentials for {api_root}: see `openklant externe-api list`");
    }
    by("externe-api remove", operator.name())
        .log(&mut tx, api_root)
        .await?;
    tx.commit().await?;
    output::line(format_args!("Removed the credentials for {api_root}."))
}
