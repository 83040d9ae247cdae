//! Listing accounts.

use openklant_shared::storage::Db;
use openklant_shared::storage::beheer::account;
use serde_json::json;

use crate::outbox::filter::moment;
use crate::output::{self, Format};

/// Runs `list`.
pub async fn list(db: &Db, format: Format) -> anyhow::Result<()> {
    let accounts = account::list(db).await?;
    match format {
        Format::Json => {
            let rows: Vec<_> = accounts
                .iter()
                .map(|account| {
                    json!({
                        "login": account.login,
                        "origin": account.origin,
                        "name": account.name,
                        "roles": account.roles.split(',').filter(|role| !role.is_empty()).collect::<Vec<_>>(),
                        "disabled": account.disabled,
                        "createdAt": account.created_at,
                    })
                })
                .collect();
            output::json(&json!(rows))
        }
        Format::Text => output::table(
            ["LOGIN", "FROM", "NAME", "ROLES", "STATE", "MADE"],
            accounts
                .iter()
                .map(|account| {
                    [
                        account.login.clone(),
                        account.origin.clone(),
                        account.name.clone(),
                        account.roles.clone(),
                        if account.disabled { "disabled" } else { "open" }.to_owned(),
                        moment(account.created_at),
                    ]
                })
                .collect(),
        ),
    }
}
