//! Showing applications; secrets are never among what is shown.

use anyhow::Context;
use openklant_shared::domain::applicatie::Applicatie;
use openklant_shared::storage::{Db, applicatie};
use serde_json::{Value, json};

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
    let found = find(db, client_id).await?;
    match format {
        Format::Json => output::json(&view(&found)),
        Format::Text => {
            output::line(format_args!("label      {}", found.label))?;
            output::line(format_args!("uuid       {}", found.uuid))?;
            output::line(format_args!("client id  {}", found.client_ids.join(", ")))?;
            output::line(format_args!("may do     {}", rights(&found)))
        }
    }
}

/// The application with this client id.
pub async fn find(db: &Db, client_id: &str) -> anyhow::Result<Applicatie> {
    applicatie::find_by_client(db, client_id).await?.with_context(|| {
        format!("there is no application with client id {client_id}: see `openklant applicatie list`")
    })
}

/// What an application may do, as `applicatie add` takes it.
pub fn rights(applicatie: &Applicatie) -> String {
    if applicatie.heeft_alle_autorisaties {
        return "everything".to_owned();
    }
    let rights: Vec<String> = applicatie
        .autorisaties
        .iter()
        .flat_map(|right| {
            right
                .scopes
                .iter()
                .map(|scope| format!("{}:{scope}", right.component.name()))
        })
        .collect();
    rights.join(" ")
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
