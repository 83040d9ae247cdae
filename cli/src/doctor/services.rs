//! The services of others: whether they answer, know us, and have our time.

use std::time::Duration;

use openklant_shared::autorisaties::{AskError, AutorisatiesApi};
use openklant_shared::clock::Clock;
use openklant_shared::http::{ApiClient, Call, Method};
use openklant_shared::oidc::Provider;
use openklant_shared::settings::{ApiAccess, Settings};
use openklant_shared::storage::Db;
use openklant_shared::storage::externe_api::{self, ExterneApi};
use openklant_worker::Context;
use openklant_worker::abonnement::{self, AbonnementError, Change, Subscription};
use openklant_worker::kanalen::{self, KanaalError, Shown};
use tokio::task::JoinSet;
use url::{Host, Url};

use super::database::skew;
use super::finding::Finding;

const NOTIFICATIES: &str = "notificaties api";
const AUTORISATIES: &str = "autorisaties api";
const PROVIDER: &str = "provider of logins";
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

/// The Autorisaties API: that it answers, lets us in, and that we hear of its changes.
pub async fn autorisaties(context: &Context) -> anyhow::Result<Vec<Finding>> {
    let Some(api) = AutorisatiesApi::new(&context.settings.autorisaties, &Clock::System)? else {
        return Ok(Vec::new());
    };
    // Whether it knows our own client id does not matter, as long as it says so.
    let asked = api.find(api.own_client_id()).await.err();
    let subscribed = abonnement::subscribe(context, true).await;
    let told = match &subscribed {
        Ok(subscription) => not_subscribed(subscription),
        Err(error) => not_told(error, context),
    };
    Ok(asked.iter().map(no_answer).chain(told).collect())
}

fn no_answer(error: &AskError) -> Finding {
    let todo = match error {
        AskError::Denied { .. } => {
            "correct OPENKLANT_AUTORISATIES_CLIENT_ID and OPENKLANT_AUTORISATIES_SECRET here or there, and give that \
             client the scope autorisaties.lezen there"
        }
        AskError::Unusable { .. } => {
            "check OPENKLANT_AUTORISATIES_API_ROOT: is it the root of an Autorisaties API?"
        }
        AskError::Unreachable(_) | AskError::Token(_) => {
            "check OPENKLANT_AUTORISATIES_API_ROOT and the network; its last answers count meanwhile, as long as they are \
             young enough"
        }
    };
    let what = format!("the Autorisaties API does not say what clients may do: {error}");
    Finding::fault(AUTORISATIES, what, todo)
}

fn not_subscribed(subscription: &Subscription) -> Option<Finding> {
    let url = &subscription.callback_url;
    let (what, todo) = match subscription.change {
        Change::Created => (
            format!("there is no abonnement that tells {url} of changed rights"),
            "run `openklant autorisaties subscribe`",
        ),
        Change::Repaired => (
            format!("the abonnement of {url} has another kanaal, filters or secret than it should"),
            "run `openklant autorisaties subscribe`",
        ),
        Change::Renewed | Change::Unchanged if !subscription.superfluous.is_empty() => (
            format!("there is more than one abonnement of {url}"),
            "remove all but one at the Notificaties API",
        ),
        Change::Renewed | Change::Unchanged => return None,
    };
    Some(Finding::warning(AUTORISATIES, what, todo))
}

/// Nobody can say whether we hear of changes. That the Notificaties API is silent is a finding of its own.
fn not_told(error: &AbonnementError, context: &Context) -> Option<Finding> {
    let fresh_for = context.settings.autorisaties.fresh_for.as_secs();
    let late = format!("rights that change in the Autorisaties API are noticed {fresh_for} s later at most");
    let (what, todo) = match error {
        AbonnementError::Unreachable(_) | AbonnementError::Client(_) => return None,
        AbonnementError::NotConfigured | AbonnementError::NoBaseUrl | AbonnementError::NoCallback => (
            late,
            "for changes at once: set what is missing, and run `openklant autorisaties subscribe`; it says what",
        ),
        error => {
            let todo = "see what the Notificaties API says to `openklant autorisaties subscribe`";
            return Some(Finding::warning(AUTORISATIES, error.to_string(), todo));
        }
    };
    Some(Finding::note(AUTORISATIES, what, todo))
}

/// The provider through which people log in to the management site: that it tells of itself and its keys.
pub async fn oidc(settings: &Settings) -> anyhow::Result<Vec<Finding>> {
    let Some(oidc) = settings.beheer.oidc.as_ref().filter(|_| settings.beheer.enabled) else {
        return Ok(Vec::new());
    };
    let mut findings = Vec::new();
    if let Err(error) = Provider::new(oidc, settings.tokens.leeway)?.look().await {
        findings.push(Finding::fault(
            PROVIDER,
            format!("nobody logs in through {}: {error}", oidc.issuer),
            "check OPENKLANT_BEHEER_OIDC_ISSUER, which is the issuer as the provider's document names it, and the network;              local accounts log in meanwhile",
        ));
    }
    let is_here = Url::parse(&oidc.issuer).is_ok_and(|url| match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    });
    if oidc.issuer.starts_with("http://") && !is_here {
        findings.push(Finding::warning(
            PROVIDER,
            format!(
                "{} is asked without TLS: who stands between can log in as anybody",
                oidc.issuer
            ),
            "set OPENKLANT_BEHEER_OIDC_ISSUER to an address with https",
        ));
    }
    Ok(findings)
}

/// The APIs of others that are called for clients: that something answers at their root, with any status.
pub async fn external(db: &Db, settings: &Settings) -> anyhow::Result<Vec<Finding>> {
    let registered = externe_api::list(db).await?;
    let mut roots: Vec<String> = registered
        .into_iter()
        .filter(ExterneApi::is_for_lookups)
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
