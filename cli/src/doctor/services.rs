//! The services of others: whether they answer, know us, and have our time.

use std::time::Duration;

use openklant_shared::clock::Clock;
use openklant_shared::http::{ApiClient, Call, Method};
use openklant_shared::settings::{ApiAccess, Settings};
use openklant_shared::storage::{Db, externe_api};
use openklant_worker::Context;
use openklant_worker::kanalen::{self, KanaalError, Shown};
use tokio::task::JoinSet;
use url::Url;

use super::database::skew;
use super::finding::Finding;

const NOTIFICATIES: &str = "notificaties api";
const EXTERNAL: &str = "external apis";

/// Longest an external API may take to answer: all are asked at the same time.
const ANSWER_WITHIN: Duration = Duration::from_secs(5);

/// The Notificaties API: that it answers, lets us in, has our time, and knows our kanalen with their filters.
pub async fn notificaties(context: &Context) -> anyhow::Result<Vec<Finding>> {
    if context.settings.notificaties.disabled {
        return Ok(Vec::new());
    }
    let before = Clock::System.now();
    let time = match kanalen::time(context).await {
        Err(KanaalError::NotConfigured) => return Ok(Vec::new()),
        Err(error) => return Ok(vec![unreachable(&error)]),
        Ok(time) => time,
    };
    let after = Clock::System.now();
    let mut findings = match time {
        Some(time) => skew(NOTIFICATIES, "the Notificaties API", before, time, after),
        None => Vec::new(),
    };
    match kanalen::show(context).await {
        Ok(shown) => findings.extend(shown.iter().filter_map(kanaal)),
        Err(error) => findings.push(unreachable(&error)),
    }
    Ok(findings)
}

fn unreachable(error: &KanaalError) -> Finding {
    let todo = match error {
        KanaalError::Refused {
            status: 401 | 403, ..
        } => {
            "the client id or the secret is wrong there or here (OPENKLANT_NOTIFICATIES_CLIENT_ID, \
             OPENKLANT_NOTIFICATIES_SECRET), or its autorisaties lack us"
        }
        KanaalError::Refused { .. } => {
            "check OPENKLANT_NOTIFICATIES_API_ROOT: is it the root of a Notificaties API?"
        }
        _ => "check OPENKLANT_NOTIFICATIES_API_ROOT and the network; messages wait meanwhile",
    };
    Finding::fault(NOTIFICATIES, error.to_string(), todo)
}

fn kanaal(shown: &Shown) -> Option<Finding> {
    let what = match &shown.found {
        None => format!("kanaal {} is not registered", shown.naam),
        Some(found) if !shown.is_as_it_should_be() => format!(
            "kanaal {} has the filters {}, and should have {}",
            shown.naam,
            found.filters.join(", "),
            shown.filters.join(", ")
        ),
        Some(_) => return None,
    };
    Some(Finding::warning(
        NOTIFICATIES,
        what,
        "run `openklant kanalen register`",
    ))
}

/// The APIs of others that are called for clients: that something answers at their root, with any status.
pub async fn external(db: &Db, settings: &Settings) -> anyhow::Result<Vec<Finding>> {
    let registered = externe_api::list(db).await?;
    let mut roots: Vec<String> = registered
        .into_iter()
        .filter(externe_api::ExterneApi::is_for_lookups)
        .map(|api| api.api_root)
        .collect();
    let zaken = settings.outgoing.zaken_api.iter();
    roots.extend(zaken.map(|ApiAccess { root, .. }| root.to_string()));
    roots.sort();
    roots.dedup();
    let client = ApiClient::new(ANSWER_WITHIN, ANSWER_WITHIN)?;
    let mut asked = JoinSet::new();
    for root in roots {
        let client = client.clone();
        asked.spawn(async move {
            let outcome = answers(&client, &root).await;
            outcome.err().map(|error| (root, error))
        });
    }
    let mut silent: Vec<(String, String)> = asked.join_all().await.into_iter().flatten().collect();
    silent.sort();
    Ok(silent
        .into_iter()
        .map(|(root, error)| {
            Finding::warning(
                EXTERNAL,
                format!("{root} does not answer: {error}"),
                "check the root (`openklant externe-api list`) and the network; relations to it are refused meanwhile",
            )
        })
        .collect())
}

async fn answers(client: &ApiClient, root: &str) -> Result<(), String> {
    let url = Url::parse(root).map_err(|error| error.to_string())?;
    let call = Call {
        method: Method::GET,
        url,
        // Only whether it is there: no token goes along.
        bearer: None,
        media_type: "application/json",
        json: None,
    };
    client
        .call(call)
        .await
        .map(|_| ())
        .map_err(|error| error.to_string())
}
