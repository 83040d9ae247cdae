//! Showing applications; secrets are never among what is shown.

use anyhow::Context;
use openklant_shared::applicaties::rights;
use openklant_shared::clock::Clock;
use openklant_shared::domain::applicatie::Applicatie;
use openklant_shared::storage::{Db, applicatie};
use serde_json::{Value, json};

use crate::outbox::filter::moment;
use crate::output::{self, Format};

/// Lists the applications, oldest first.
pub async fn list(db: &Db, format: Format) -> anyhow::Result<()> {
    let applicaties = applicatie::list(db).await?;
    match format {
        Format::Json => output::json(&applicaties.iter().map(view).collect::<Vec<_>>()),
        Format::Text => output::table(
            ["CLIENT ID", "LABEL", "MAY DO"],
            applicaties
                .iter()
                .map(|one| [one.client_ids.join(", "), one.label.clone(), rights(one)])
                .collect(),
        ),
    }
}

/// Shows one application.
pub async fn show(db: &Db, client_id: &str, format: Format) -> anyhow::Result<()> {
    let found = applicatie::find_by_client(db, client_id)
        .await?
        .with_context(|| no_application(client_id))?;
    match format {
        Format::Json => output::json(&view(&found)),
        Format::Text => {
            output::line(format_args!("label      {}", found.label))?;
            output::line(format_args!("uuid       {}", found.uuid))?;
            for client_id in &found.client_ids {
                let secrets = secrets(db, client_id).await?;
                output::line(format_args!("client id  {client_id}  ({secrets})"))?;
            }
            output::line(format_args!("may do     {}", rights(&found)))
        }
    }
}

/// Which secrets a client id has, without what they are.
async fn secrets(db: &Db, client_id: &str) -> anyhow::Result<String> {
    let now = Clock::System.now();
    Ok(match applicatie::secret_ends(db, client_id).await? {
        None => "no secret".to_owned(),
        Some(Some(until)) if until > now => {
            format!("two secrets, the older one ends {}", moment(until))
        }
        Some(_) => "one secret".to_owned(),
    })
}

/// What is said when no application has this client id.
pub fn no_application(client_id: &str) -> String {
    format!("there is no application with client id {client_id}: see `openklant applicatie list`")
}

/// An application as the standard writes it.
pub fn view(applicatie: &Applicatie) -> Value {
    let autorisaties: Vec<Value> = applicatie
        .autorisaties
        .iter()
        .map(|right| json!({"component": right.component.name(), "scopes": right.scopes}))
        .collect();
    json!({
        "uuid": applicatie.uuid,
        "label": applicatie.label,
        "clientIds": applicatie.client_ids,
        "heeftAlleAutorisaties": applicatie.heeft_alle_autorisaties,
        "autorisaties": autorisaties,
    })
}
