//! Adding, changing and removing.

use anyhow::{Context, anyhow, bail, ensure};
use openklant_shared::applicaties;
use openklant_shared::domain::applicatie::Applicatie;
use openklant_shared::storage::{Constraint, Db, StorageError, applicatie};
use serde_json::json;

use super::create::{Credential, Rights, by, create, new_secret};
use super::look::{no_application, view};
use super::text::{grouped, with, without};
use super::{AddArgs, ChangeArgs};
use crate::exit::CannotStart;
use crate::outbox::consent::OperatorArg;
use crate::output::{self, Format};

/// Adds an application. A secret that was made here is shown, this once.
pub async fn add(db: &Db, args: AddArgs) -> anyhow::Result<()> {
    let given = args.secret.read()?;
    if given.is_some() && args.client_id.len() > 1 {
        return Err(CannotStart("a secret that is given goes with one --client-id".to_owned()).into());
    }
    let made = given.is_none();
    let mut credentials = Vec::new();
    for client_id in args.client_id {
        let secret = match &given {
            Some(given) => given.expose().to_owned(),
            None => new_secret()?,
        };
        credentials.push(Credential { client_id, secret });
    }
    let allowed = if args.alle_autorisaties {
        Rights::All
    } else {
        Rights::Some(grouped(&args.scope))
    };
    let by = by("applicatie add", args.operator.name());
    let added = create(db, &args.label, &credentials, allowed, &by)
        .await
        .map_err(taken)?;
    let shown = if made { credentials } else { Vec::new() };
    tell("Added", &added, &shown, args.format.format)
}

/// Changes an application.
pub async fn change(db: &Db, args: ChangeArgs) -> anyhow::Result<()> {
    let by = by("applicatie change", args.operator.name());
    let mut tx = db.begin().await?;
    let client_id = &args.client.client_id;
    let mut changed = applicatie::find_by_client_in(&mut tx, client_id)
        .await?
        .with_context(|| no_application(client_id))?;
    if let Some(label) = args.label {
        changed.label = label;
    }
    if args.alle_autorisaties {
        changed.heeft_alle_autorisaties = true;
        changed.autorisaties = Vec::new();
    } else if !args.scope.is_empty() {
        changed.heeft_alle_autorisaties = false;
        changed.autorisaties = grouped(&args.scope);
    } else if !args.add_scope.is_empty() || !args.remove_scope.is_empty() {
        ensure!(
            !changed.heeft_alle_autorisaties,
            "{} may do everything: say with --scope what it may do from now on",
            changed.label
        );
        changed.autorisaties = with(changed.autorisaties, &args.add_scope);
        changed.autorisaties = without(changed.autorisaties, &args.remove_scope);
    }
    for gone in &args.remove_client_id {
        ensure!(
            changed.client_ids.contains(gone),
            "client id {gone} does not belong to {}",
            changed.label
        );
        changed.client_ids.retain(|known| known != gone);
    }
    changed.client_ids.extend(args.add_client_id.iter().cloned());
    if changed.client_ids.is_empty() {
        bail!(
            "it would have no client id left: to remove it, give the command `openklant applicatie remove`"
        );
    }
    changed.client_ids.sort_unstable();
    changed.client_ids.dedup();
    let mut credentials = Vec::new();
    for client_id in args.add_client_id {
        credentials.push(Credential {
            client_id,
            secret: new_secret()?,
        });
    }
    applicaties::change(&mut tx, &changed, &args.remove_client_id, &credentials, &by)
        .await
        .map_err(taken)?;
    tx.commit().await?;
    tell("Changed", &changed, &credentials, args.format.format)
}

/// Removes an application with everything that belongs to it.
pub async fn remove(db: &Db, client_id: &str, operator: &OperatorArg) -> anyhow::Result<()> {
    let mut tx = db.begin().await?;
    let found = applicatie::find_by_client_in(&mut tx, client_id)
        .await?
        .with_context(|| no_application(client_id))?;
    let by = by("applicatie remove", operator.name());
    applicaties::remove(&mut tx, &found, &by).await?;
    tx.commit().await?;
    output::line(format_args!("Removed {}.", found.label))
}

fn taken(error: StorageError) -> anyhow::Error {
    match error {
        StorageError::Unique(Constraint::ApplicatieClient) => {
            anyhow!("a client id belongs to an application already: see `openklant applicatie list`")
        }
        other => other.into(),
    }
}

/// Tells what the application is now, with the secrets that were made.
fn tell(done: &str, applicatie: &Applicatie, made: &[Credential], format: Format) -> anyhow::Result<()> {
    match format {
        Format::Json => {
            let mut shown = view(applicatie);
            match made {
                [] => {}
                [one] => shown["secret"] = json!(one.secret),
                several => {
                    for one in several {
                        shown["secrets"][&one.client_id] = json!(one.secret);
                    }
                }
            }
            output::json(&shown)
        }
        Format::Text => {
            output::line(format_args!("{done} {}.", applicatie.label))?;
            for client_id in &applicatie.client_ids {
                output::line(format_args!("  client id  {client_id}"))?;
                if let Some(one) = made.iter().find(|one| one.client_id == *client_id) {
                    output::line(format_args!("  secret     {}  (shown this once)", one.secret))?;
                }
            }
            output::line(format_args!("  may do     {}", applicaties::rights(applicatie)))
        }
    }
}
