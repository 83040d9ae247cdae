//! Applications: who may call the APIs, with which client ids, secrets and rights, and how they use them. What is done here
//! is what `openklant applicatie` does ([`openklant_shared::applicaties`]).

mod choice;
mod create;
mod detail;
mod end;
mod list;
mod rights;
mod rotate;
mod secret;
mod waarom;
mod words;

use chrono::{DateTime, TimeDelta, Utc};
use openklant_shared::domain::applicatie::Applicatie;
use openklant_shared::domain::delivery_hour::hour_of;
use openklant_shared::storage::applicatie_browse::{self, Browsed, Client};
use openklant_shared::storage::operator_log::By;
use openklant_shared::storage::{Tx, applicatie, fetched_applicatie};
use uuid::Uuid;

use super::language::Text;
use super::page::{Frame, Page};
use super::problem::Problem;
use super::rights::{Needs, Right};
use super::visit::Visit;

const MANAGER: Needs = Needs::Right(Right::Applicaties);
const TITLE: Text = Text::new("Applicaties", "Applications");
const ONE: Text = Text::new("Applicatie", "Application");

/// Most client ids of a fetched application, or fetched applications in the list.
const MOST_FETCHED: i64 = 100;

/// How long ago "unused for a year" is.
const LONG_UNUSED: TimeDelta = TimeDelta::days(365);

/// The pages.
pub static PAGES: &[Page] = &[
    Page::get("/applicaties", TITLE, MANAGER, |visit| {
        Box::pin(list::show(visit))
    })
    .in_menu(),
    Page::get("/applicaties/nieuw", create::TITLE, MANAGER, |visit| {
        Box::pin(create::create(visit))
    }),
    Page::post("/applicaties/nieuw", create::TITLE, MANAGER, |visit| {
        Box::pin(create::create(visit))
    }),
    Page::get("/applicaties/{uuid}", ONE, MANAGER, |visit| {
        Box::pin(detail::show(visit))
    }),
    Page::get("/applicaties/{uuid}/geheim", secret::TITLE, MANAGER, |visit| {
        Box::pin(secret::show(visit))
    }),
    Page::get("/applicaties/{uuid}/rechten", rights::TITLE, MANAGER, |visit| {
        Box::pin(rights::edit(visit))
    }),
    Page::post("/applicaties/{uuid}/rechten", rights::TITLE, MANAGER, |visit| {
        Box::pin(rights::edit(visit))
    }),
    Page::get(
        "/applicaties/{uuid}/vernieuwen",
        rotate::TITLE,
        MANAGER,
        |visit| Box::pin(rotate::rotate(visit)),
    ),
    Page::post(
        "/applicaties/{uuid}/vernieuwen",
        rotate::TITLE,
        MANAGER,
        |visit| Box::pin(rotate::rotate(visit)),
    ),
    Page::get("/applicaties/{uuid}/intrekken", end::TITLE, MANAGER, |visit| {
        Box::pin(end::revoke(visit))
    }),
    Page::post("/applicaties/{uuid}/intrekken", end::TITLE, MANAGER, |visit| {
        Box::pin(end::revoke(visit))
    }),
    Page::get("/applicaties/{uuid}/waarom", waarom::TITLE, MANAGER, |visit| {
        Box::pin(waarom::show(visit))
    }),
];

/// An application as its pages show it.
struct Found {
    applicatie: Applicatie,
    clients: Vec<Client>,
    /// When it was added here; `None`: it is kept in an Autorisaties API.
    created_at: Option<DateTime<Utc>>,
    /// When the Autorisaties API was asked.
    fetched_at: Option<DateTime<Utc>>,
}

impl Found {
    fn path(&self) -> String {
        path(self.applicatie.uuid)
    }

    /// The frame of a page about it: the name stands in the crumbs, and not in the title.
    fn frame(&self, visit: &Visit, title: &Text) -> Frame {
        Frame::new(visit, title)
            .crumb("/applicaties", TITLE.in_language(visit.language))
            .crumb(self.path(), self.applicatie.label.clone())
    }

    fn last_used_at(&self) -> Option<DateTime<Utc>> {
        last_used(&self.clients)
    }

    fn requests(&self) -> i64 {
        self.clients.iter().map(|client| client.requests).sum()
    }
}

fn path(uuid: Uuid) -> String {
    format!("/applicaties/{uuid}")
}

fn last_used(clients: &[Client]) -> Option<DateTime<Utc>> {
    clients.iter().filter_map(|client| client.last_used_at).max()
}

/// Since when requests are counted that are shown as those of the last 24 hours: whole hours.
fn a_day_ago(visit: &Visit) -> DateTime<Utc> {
    hour_of(visit.now - TimeDelta::hours(24))
}

/// The application of the address when it is kept here: one that was fetched cannot be changed here.
async fn own(visit: &Visit) -> Result<Found, Problem> {
    let found = find(visit).await?;
    if found.created_at.is_none() {
        return Err(Problem::Conflict(Text::new(
            "Deze applicatie wordt in de Autorisaties API beheerd; wijzig haar daar. Er is niets gedaan.",
            "This application is kept in the Autorisaties API; change it there. Nothing was done.",
        )));
    }
    Ok(found)
}

/// The application of the address: one of our own, or one that was fetched.
async fn find(visit: &Visit) -> Result<Found, Problem> {
    let (db, uuid) = (&visit.state.db, visit.uuid()?);
    if let Some(browsed) = applicatie_browse::find(db, uuid, a_day_ago(visit)).await? {
        let Browsed {
            applicatie,
            mut clients,
            created_at,
            ..
        } = browsed;
        for client in &mut clients {
            client.previous_until = client.previous_until.filter(|until| *until > visit.now);
        }
        return Ok(Found {
            applicatie,
            clients,
            created_at: Some(created_at),
            fetched_at: None,
        });
    }
    let Some(api) = &visit.state.settings.autorisaties.api else {
        return Err(Problem::NotFound);
    };
    let shown = fetched_applicatie::list_of(db, api.root.as_str(), uuid, MOST_FETCHED).await?;
    let clients = shown
        .iter()
        .map(|shown| Client {
            client_id: shown.applicatie.client_ids.concat(),
            has_secret: true,
            secret_at: None,
            previous_until: None,
            last_used_at: shown.last_used_at,
            requests: 0,
        })
        .collect();
    let fetched_at = shown.iter().map(|shown| shown.fetched_at).max();
    let applicatie = shown.into_iter().next().ok_or(Problem::NotFound)?.applicatie;
    Ok(Found {
        applicatie,
        clients,
        created_at: None,
        fetched_at,
    })
}

/// Who does something to an application, with the command that does the same.
fn by(visit: &Visit, command: &'static str) -> Result<By, Problem> {
    Ok(By::new(command, &visit.person()?.session.name, visit.now))
}

/// Writes to the log what was done to which application.
fn tell(visit: &Visit, command: &'static str, uuid: Uuid) -> Result<(), Problem> {
    let account = visit.person()?.session.account;
    tracing::info!(%account, command, applicatie = %uuid, "beheer: an application was changed");
    Ok(())
}

/// The secrets of these client ids as they were seen: when each was given. Another text says that one was replaced,
/// ended or given since.
fn version<'a>(secrets: impl IntoIterator<Item = (&'a str, Option<Option<DateTime<Utc>>>)>) -> String {
    let seen: Vec<String> = secrets
        .into_iter()
        .map(|(client_id, secret)| match secret {
            None => format!("{client_id}:-"),
            Some(None) => format!("{client_id}:?"),
            Some(Some(at)) => format!("{client_id}:{}", at.timestamp_micros()),
        })
        .collect();
    seen.join(" ")
}

/// The same of what a page shows.
fn version_shown(clients: &[Client]) -> String {
    version(clients.iter().map(|client| {
        let secret = client.has_secret.then_some(client.secret_at);
        (client.client_id.as_str(), secret)
    }))
}

/// Holds the secrets of an application until the end of the change, when they are still those of `seen`.
///
/// # Errors
/// 409 when they are not.
async fn hold_secrets(tx: &mut Tx, uuid: Uuid, seen: &str) -> Result<Applicatie, Problem> {
    let held = applicatie::hold(tx, uuid).await?.ok_or(Problem::NotFound)?;
    let mut secrets = Vec::new();
    for client_id in &held.client_ids {
        let secret = applicatie::hold_credential(tx, client_id).await?;
        secrets.push((client_id.as_str(), secret));
    }
    if version(secrets) == seen {
        Ok(held)
    } else {
        Err(changed_meanwhile())
    }
}

fn changed_meanwhile() -> Problem {
    Problem::Conflict(Text::new(
        "Iemand anders heeft deze applicatie intussen gewijzigd. Er is niets gedaan.",
        "Somebody else has changed this application meanwhile. Nothing was done.",
    ))
}

/// How an application is doing, in a word: kind of the badge and text.
fn status(visit: &Visit, applicatie: &Applicatie, clients: &[Client]) -> (&'static str, Text) {
    let may_nothing = !applicatie.heeft_alle_autorisaties
        && applicatie
            .autorisaties
            .iter()
            .all(|right| right.scopes.is_empty());
    if clients.iter().all(|client| !client.has_secret) {
        ("error", Text::new("ingetrokken", "revoked"))
    } else if may_nothing {
        ("warn", Text::new("geen rechten", "no rights"))
    } else if clients
        .iter()
        .any(|client| client.previous_until.is_some_and(|until| until > visit.now))
    {
        ("info", Text::new("twee geheimen geldig", "two secrets valid"))
    } else {
        ("ok", Text::new("actief", "active"))
    }
}

/// Whether it is certain that an application was not used for a year: it is there that long, and so is the counting.
fn is_long_unused(
    visit: &Visit,
    created_at: DateTime<Utc>,
    counted_since: Option<DateTime<Utc>>,
    last_used_at: Option<DateTime<Utc>>,
) -> bool {
    let since = last_used_at.or_else(|| counted_since.map(|since| since.max(created_at)));
    since.is_some_and(|since| visit.now - since > LONG_UNUSED)
}
