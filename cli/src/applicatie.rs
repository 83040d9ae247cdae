//! `openklant applicatie`: who may call the APIs, with which secret and which rights.

mod change;
pub mod create;
mod look;
pub mod text;

use openklant_shared::settings::{Secret, Source};

use self::text::{Right, client_id, label};
use crate::output::FormatArg;
use crate::secret::SecretParser;
use crate::start::{self, Schema};

/// Shown with the help of `openklant applicatie`.
pub const EXAMPLE: &str =
    "Example:\n  openklant applicatie add --label Loket --client-id loket --alle-autorisaties";

/// What can be done.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Add an application
    Add(AddArgs),
    /// List the applications
    #[command(after_help = "Example:\n  openklant applicatie list --format json")]
    List {
        #[command(flatten)]
        format: FormatArg,
    },
    /// Show an application and its rights
    #[command(after_help = "Example:\n  openklant applicatie show --client-id loket")]
    Show {
        #[command(flatten)]
        client: Client,
        #[command(flatten)]
        format: FormatArg,
    },
    /// Give a client id another secret; the old one stops working
    #[command(after_help = "Example:\n  openklant applicatie rotate-secret --client-id loket")]
    RotateSecret {
        #[command(flatten)]
        client: Client,
        #[command(flatten)]
        secret: SecretArg,
        #[command(flatten)]
        format: FormatArg,
    },
    /// Remove an application, its secrets and its rights
    #[command(after_help = "Example:\n  openklant applicatie remove --client-id loket")]
    Remove {
        #[command(flatten)]
        client: Client,
    },
}

/// Arguments of `add`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  openklant applicatie add --label Loket --client-id loket --alle-autorisaties\n  \
                  openklant applicatie add --label Website --client-id website \\\n    \
                  --scope kc:klanten.lezen --scope kc:klanten.aanmaken"
)]
pub struct AddArgs {
    /// Name of the application, as audit rows show it
    #[arg(long, value_name = "NAME", value_parser = label)]
    label: String,
    #[command(flatten)]
    client: Client,
    #[command(flatten)]
    secret: SecretArg,
    /// It may do everything
    #[arg(long, required_unless_present = "scope", conflicts_with = "scope")]
    alle_autorisaties: bool,
    /// It may do this, as COMPONENT:SCOPE; may be given more than once
    #[arg(long, value_name = "COMPONENT:SCOPE")]
    scope: Vec<Right>,
    #[command(flatten)]
    format: FormatArg,
}

/// Which application.
#[derive(Debug, clap::Args)]
pub struct Client {
    /// Client id its tokens name
    #[arg(long, value_name = "ID", value_parser = client_id)]
    client_id: String,
}

/// The secret tokens are signed with.
#[derive(Debug, clap::Args)]
pub struct SecretArg {
    /// The secret; without it one is made and shown once
    #[arg(long, value_name = "SECRET", value_parser = SecretParser)]
    secret: Option<Secret>,
}

impl SecretArg {
    fn given(self) -> Option<String> {
        self.secret.map(|secret| secret.expose().to_owned())
    }
}

/// Runs the command.
pub async fn run(command: Command, source: &Source) -> anyhow::Result<()> {
    let db = start::database(source, Schema::Require).await?;
    match command {
        Command::Add(args) => change::add(&db, args).await,
        Command::List { format } => look::list(&db, format.format).await,
        Command::Show { client, format } => look::show(&db, &client.client_id, format.format).await,
        Command::RotateSecret {
            client,
            secret,
            format,
        } => change::rotate_secret(&db, &client.client_id, secret.given(), format.format).await,
        Command::Remove { client } => change::remove(&db, &client.client_id).await,
    }
}
