//! Showing the APIs; secrets are never among what is shown.

use openklant_shared::storage::Db;
use openklant_shared::storage::externe_api::{self, ExterneApi};
use serde_json::{Value, json};

use crate::output::{self, Format};

/// Lists the APIs, by root.
pub async fn list(db: &Db, format: Format) -> anyhow::Result<()> {
    let apis = externe_api::list(db).await?;
    match format {
        Format::Json => output::json(&apis.iter().map(view).collect::<Vec<_>>()),
        Format::Text => output::table(
            ["API ROOT", "LABEL", "CLIENT ID", "USER"],
            apis.into_iter()
                .map(|api| [api.api_root, api.label, api.client_id, api.user_id])
                .collect(),
        ),
    }
}

/// An API as scripts read it.
pub fn view(api: &ExterneApi) -> Value {
    json!({
        "apiRoot": api.api_root,
        "label": api.label,
        "clientId": api.client_id,
        "userId": api.user_id,
        "userRepresentation": api.user_representation,
    })
}
