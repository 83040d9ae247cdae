//! Writes what there is as a setup file, without secrets. Read back where it came from, it changes nothing: a secret
//! that a file does not give stays as it is.

use openklant_shared::domain::applicatie::Applicatie;
use openklant_shared::storage::externe_api::{self, ExterneApi};
use openklant_shared::storage::{Db, applicatie, stored_setting};
use serde_json::{Map, Value, json};

use crate::output;

const HEAD: &str = "\
# What this installation holds, as `openklant setup --export` wrote it. Secrets are left out: a secret that is not given
# stays as it is. For another installation, add one to each credential and service, and a client_secret to oidc:
#   secret: {value_from: {env: NAME}}
";

/// Prints the file.
pub async fn run(db: &Db) -> anyhow::Result<()> {
    let mut tx = db.snapshot().await?;
    let credentials = applicatie::list_credentials(&mut tx).await?;
    let applicaties = applicatie::list_in(&mut tx).await?;
    let services = externe_api::list_in(&mut tx).await?;
    let settings = stored_setting::list_in(&mut tx).await?;
    tx.rollback().await?;

    let mut file = Map::new();
    if !credentials.is_empty() {
        let items: Vec<Value> = credentials
            .iter()
            .map(|(client_id, _)| json!({"identifier": client_id}))
            .collect();
        file.insert("vng_api_common_credentials_config_enable".to_owned(), json!(true));
        file.insert("vng_api_common_credentials".to_owned(), json!({"items": items}));
    }
    if !applicaties.is_empty() {
        let items: Vec<Value> = applicaties.iter().map(application).collect();
        file.insert("vng_api_common_applicaties_config_enable".to_owned(), json!(true));
        file.insert("vng_api_common_applicaties".to_owned(), json!({"items": items}));
    }
    if !services.is_empty() {
        let items: Vec<Value> = services.iter().map(service).collect();
        file.insert("zgw_consumers_config_enable".to_owned(), json!(true));
        file.insert("zgw_consumers".to_owned(), json!({"services": items}));
    }
    if !settings.is_empty() {
        let mut sections = Map::new();
        for (key, value) in &settings {
            let (section, name) = key.split_once('.').unwrap_or((key, ""));
            let section = sections.entry(section).or_insert_with(|| json!({}));
            section[name] = json!(value);
        }
        file.insert("openklant_config_enable".to_owned(), json!(true));
        file.insert("openklant_config".to_owned(), Value::Object(sections));
    }
    let body = if file.is_empty() {
        String::new()
    } else {
        serde_yaml_ng::to_string(&file)?
    };
    output::line(format_args!("{HEAD}{}", body.trim_end()))
}

fn application(applicatie: &Applicatie) -> Value {
    let mut shown = json!({
        "uuid": applicatie.uuid,
        "client_ids": applicatie.client_ids,
        "label": applicatie.label,
        "heeft_alle_autorisaties": applicatie.heeft_alle_autorisaties,
    });
    if !applicatie.heeft_alle_autorisaties {
        let rights: Vec<Value> = applicatie
            .autorisaties
            .iter()
            .map(|right| json!({"component": right.component.name(), "scopes": right.scopes}))
            .collect();
        shown["autorisaties"] = json!(rights);
    }
    shown
}

fn service(api: &ExterneApi) -> Value {
    let mut shown = Map::new();
    let mut put = |key: &str, value: &str| {
        if !value.is_empty() {
            shown.insert(key.to_owned(), json!(value));
        }
    };
    put("identifier", api.identifier.as_deref().unwrap_or_default());
    put("label", &api.label);
    put("api_root", &api.api_root);
    put("api_type", &api.api_type);
    put("auth_type", "zgw");
    put("client_id", &api.client_id);
    put("user_id", &api.user_id);
    put("user_representation", &api.user_representation);
    Value::Object(shown)
}
