//! `openklant autorisaties`: rights that are kept in an Autorisaties API, such as that of Open Zaak.

use anyhow::{Context, bail};
use openklant_shared::applicaties::rights;
use openklant_shared::autorisaties::AutorisatiesApi;
use openklant_shared::clock::Clock;
use openklant_shared::domain::applicatie::Applicatie;
use openklant_shared::settings::{Settings, Source};
use openklant_shared::storage::fetched_applicatie::{self, Fetched};
use openklant_shared::storage::operator_log::{self, Entry};
use openklant_shared::storage::{Db, applicatie};
use openklant_worker::abonnement::{self, Change, Subscription};
use serde_json::{Value, json};

use crate::applicatie::look;
use crate::applicatie::text::client_id;
use crate::outbox::consent::OperatorArg;
use crate::outbox::filter::moment;
use crate::output::{self, Format, FormatArg};
use crate::serve::worker_context;
use crate::start::{self, Schema};

/// Shown with the help of `openklant autorisaties`.
pub const EXAMPLE: &str = "\
Examples:
  openklant autorisaties check loket
  openklant autorisaties subscribe --dry-run

A client that has a secret here (`openklant applicatie secret add`) and no application is looked
up in the Autorisaties API of the settings OPENKLANT_AUTORISATIES_...";

/// What can be done.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Show where the rights of a client come from, and ask the Autorisaties API now
    #[command(
        after_help = "Example:\n  openklant autorisaties check loket\n\nExit code 1: the client may do \
                            nothing, or the Autorisaties API gives no answer."
    )]
    Check {
        /// Client id of the application
        #[arg(value_name = "CLIENT_ID", value_parser = client_id)]
        client_id: String,
        #[command(flatten)]
        format: FormatArg,
    },
    /// Have the Notificaties API tell when rights change; again it only brings that up to date
    #[command(
        after_help = "Example:\n  openklant autorisaties subscribe\n\nThe API must run already, with \
                            OPENKLANT_AUTORISATIES_CALLBACK_SECRET: the Notificaties API tries its address first."
    )]
    Subscribe {
        /// Only show what would be done
        #[arg(long)]
        dry_run: bool,
        #[command(flatten)]
        operator: OperatorArg,
        #[command(flatten)]
        format: FormatArg,
    },
}

/// Runs the command.
pub async fn run(command: Command, source: &Source) -> anyhow::Result<()> {
    let (settings, db) = start::ready(source, Schema::Require).await?;
    match command {
        Command::Check { client_id, format } => {
            let found = look(&db, &settings, &client_id).await?;
            match format.format {
                Format::Json => output::json(&found.view())?,
                Format::Text => found.print()?,
            }
            found.outcome()
        }
        Command::Subscribe {
            dry_run,
            operator,
            format,
        } => {
            let context = worker_context(&settings, &db);
            let subscription = abonnement::subscribe(&context, dry_run).await?;
            if !dry_run && subscription.change != Change::Unchanged {
                record(&db, &operator, subscription.change).await?;
            }
            match format.format {
                Format::Json => output::json(&json!({
                    "callbackUrl": subscription.callback_url,
                    "change": change(subscription.change),
                    "dryRun": dry_run,
                    "superfluous": subscription.superfluous,
                })),
                Format::Text => print(&subscription, dry_run),
            }
        }
    }
}

/// Writes to the operators' log what was changed at the Notificaties API.
async fn record(db: &Db, operator: &OperatorArg, made: Change) -> anyhow::Result<()> {
    let entry = Entry {
        at: Clock::System.now(),
        operator: &operator.name(),
        command: "autorisaties subscribe",
        detail: change(made),
    };
    Ok(operator_log::record(db, &entry).await?)
}

fn change(change: Change) -> &'static str {
    match change {
        Change::Created => "created",
        Change::Repaired => "repaired",
        Change::Renewed => "renewed",
        Change::Unchanged => "unchanged",
    }
}

fn print(subscription: &Subscription, dry_run: bool) -> anyhow::Result<()> {
    let url = &subscription.callback_url;
    let text = match (subscription.change, dry_run) {
        (Change::Created, false) => format!("Subscribed: changes of rights are told to {url}."),
        (Change::Created, true) => format!("Would subscribe {url}: nothing is told there yet."),
        (Change::Repaired, false) => format!("The abonnement of {url} was repaired."),
        (Change::Repaired, true) => format!("Would repair the abonnement of {url}."),
        (Change::Renewed, false) => {
            format!("The abonnement of {url} is there; its secret, which is not shown, was given again.")
        }
        (Change::Renewed, true) => {
            format!("The abonnement of {url} is there; would give its secret, which is not shown, again.")
        }
        (Change::Unchanged, _) => format!("The abonnement of {url} is there as it should be."),
    };
    output::line(text)?;
    for other in &subscription.superfluous {
        output::line(format_args!(
            "Superfluous, it brings every message once more; remove it at the Notificaties API: {other}"
        ))?;
    }
    Ok(())
}

/// What there is to say of a client id.
struct Found {
    client_id: String,
    has_secret: bool,
    own: Option<Applicatie>,
    asked: Option<Asked>,
}

/// The Autorisaties API, and what it says.
struct Asked {
    root: String,
    answer: Result<Option<Applicatie>, String>,
    last: Option<Fetched>,
}

async fn look(db: &Db, settings: &Settings, client_id: &str) -> anyhow::Result<Found> {
    let api = AutorisatiesApi::new(&settings.autorisaties, &Clock::System)?;
    let asked = match api {
        None => None,
        Some(api) => Some(Asked {
            root: api.root().to_string(),
            answer: api.find(client_id).await.map_err(|error| error.to_string()),
            last: fetched_applicatie::find(db, client_id, api.root().as_str())
                .await
                .context("the last answer of the Autorisaties API")?,
        }),
    };
    Ok(Found {
        client_id: client_id.to_owned(),
        has_secret: applicatie::secret_ends(db, client_id).await?.is_some(),
        own: applicatie::find_by_client(db, client_id).await?,
        asked,
    })
}

impl Found {
    fn view(&self) -> Value {
        let asked = self.asked.as_ref().map(|asked| {
            json!({
                "root": asked.root,
                "answer": asked.answer.as_ref().ok().map(|answer| answer.as_ref().map(look::view)),
                "error": asked.answer.as_ref().err(),
                "lastAnswer": asked.last.as_ref().map(|last| json!({
                    "at": last.fetched_at,
                    "applicatie": last.applicatie.as_ref().map(look::view),
                })),
            })
        });
        json!({
            "clientId": self.client_id,
            "hasSecret": self.has_secret,
            "ownApplicatie": self.own.as_ref().map(look::view),
            "autorisatiesApi": asked,
        })
    }

    fn print(&self) -> anyhow::Result<()> {
        let secret = if self.has_secret {
            "yes"
        } else {
            "no, so its tokens are refused: see `openklant applicatie secret add`"
        };
        output::line(format_args!("secret here       {secret}"))?;
        let own = match &self.own {
            Some(own) => format!("{}, which wins; it may do {}", named(own), rights(own)),
            None => "none".to_owned(),
        };
        output::line(format_args!("application here  {own}"))?;
        let Some(asked) = &self.asked else {
            return output::line("Autorisaties API  none is configured");
        };
        output::line(format_args!("Autorisaties API  {}", asked.root))?;
        let answer = match &asked.answer {
            Ok(Some(applicatie)) => told(Some(applicatie)),
            Ok(None) => told(None),
            Err(error) => format!("none: {error}"),
        };
        output::line(format_args!("  its answer      {answer}"))?;
        if let Some(last) = &asked.last {
            let at = moment(last.fetched_at);
            let last = told(last.applicatie.as_ref());
            output::line(format_args!("  kept of {at}  {last}"))?;
        }
        Ok(())
    }

    /// Fails when the client can do nothing.
    fn outcome(&self) -> anyhow::Result<()> {
        let client_id = &self.client_id;
        if !self.has_secret {
            bail!("client id {client_id} has no secret here");
        }
        if self.own.is_some() {
            return Ok(());
        }
        match self.asked.as_ref().map(|asked| &asked.answer) {
            None => bail!("client id {client_id} has no application, and no Autorisaties API is configured"),
            Some(Err(_)) => bail!("the Autorisaties API does not say what client id {client_id} may do"),
            Some(Ok(None)) => bail!("client id {client_id} is unknown to the Autorisaties API"),
            Some(Ok(Some(_))) => Ok(()),
        }
    }
}

fn named(applicatie: &Applicatie) -> String {
    format!("{} ({})", applicatie.label, applicatie.uuid)
}

fn told(applicatie: Option<&Applicatie>) -> String {
    let Some(applicatie) = applicatie else {
        return "it is unknown there".to_owned();
    };
    let rights = rights(applicatie);
    let rights = if rights.is_empty() {
        "nothing here"
    } else {
        &rights
    };
    format!("{}, which may do {rights}", named(applicatie))
}
