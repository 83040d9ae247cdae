//! `openklant applicatie`: who may call the APIs, with which secrets and which rights.

mod change;
pub mod create;
pub mod look;
mod secrets;
pub mod text;

use std::time::Duration;

use openklant_shared::settings::Source;

use self::text::{Right, client_id, label, overlap};
use crate::outbox::consent::OperatorArg;
use crate::output::FormatArg;
use crate::secret::SecretArgs;
use crate::start::{self, Schema};

/// Shown with the help of `openklant applicatie`.
pub const EXAMPLE: &str =
    "Example:\n  openklant applicatie add --label Loket --client-id loket --alle-autorisaties";

/// What can be done.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Add an application
    Add(AddArgs),
    /// Change the name, the client ids or the rights of an application
    Change(ChangeArgs),
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
    /// The secrets that the tokens of a client id are signed with
    #[command(after_help = "Example:\n  openklant applicatie secret rotate --client-id loket --overlap 24h")]
    Secret {
        /// What to do.
        #[command(subcommand)]
        command: SecretCommand,
    },
    /// Remove an application, its secrets and its rights
    #[command(after_help = "Example:\n  openklant applicatie remove --client-id loket")]
    Remove {
        #[command(flatten)]
        client: Client,
        #[command(flatten)]
        operator: OperatorArg,
    },
}

/// What can be done to secrets.
#[derive(Debug, clap::Subcommand)]
pub enum SecretCommand {
    /// Give a client id its first secret; its rights are kept in an Autorisaties API, or come later
    #[command(
        after_help = "Examples:\n  openklant applicatie secret add --client-id loket\n  \
                      pass loket | openklant applicatie secret add --client-id loket --secret-stdin"
    )]
    Add {
        #[command(flatten)]
        client: Client,
        #[command(flatten)]
        secret: SecretArgs,
        #[command(flatten)]
        operator: OperatorArg,
        #[command(flatten)]
        format: FormatArg,
    },
    /// Give a client id another secret
    #[command(
        after_help = "Examples:\n  openklant applicatie secret rotate --client-id loket --overlap 24h\n  \
                      openklant applicatie secret rotate --client-id loket"
    )]
    Rotate {
        #[command(flatten)]
        client: Client,
        #[command(flatten)]
        secret: SecretArgs,
        /// How long the present secret stays valid beside the new one, at most 90d; without it, it ends at once. A
        /// secret that was still valid from a rotation before ends either way
        #[arg(long, value_name = "TIME", value_parser = overlap)]
        overlap: Option<Duration>,
        #[command(flatten)]
        operator: OperatorArg,
        #[command(flatten)]
        format: FormatArg,
    },
    /// End the secrets of a client id at once
    #[command(
        after_help = "Examples:\n  openklant applicatie secret revoke --client-id loket --previous\n  \
                            openklant applicatie secret revoke --client-id loket"
    )]
    Revoke {
        #[command(flatten)]
        client: Client,
        /// Only the one that was replaced and is still valid
        #[arg(long)]
        previous: bool,
        #[command(flatten)]
        operator: OperatorArg,
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
    /// Client id its tokens name; may be given more than once, and each gets a secret of its own
    #[arg(long, value_name = "ID", value_parser = client_id, required = true)]
    client_id: Vec<String>,
    #[command(flatten)]
    secret: SecretArgs,
    /// It may do everything
    #[arg(long, required_unless_present = "scope", conflicts_with = "scope")]
    alle_autorisaties: bool,
    /// It may do this, as COMPONENT:SCOPE; may be given more than once
    #[arg(long, value_name = "COMPONENT:SCOPE")]
    scope: Vec<Right>,
    #[command(flatten)]
    operator: OperatorArg,
    #[command(flatten)]
    format: FormatArg,
}

/// Arguments of `change`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  openklant applicatie change --client-id website --add-scope kc:klanten.bijwerken\n  \
                  openklant applicatie change --client-id website --add-client-id website-acc\n  \
                  openklant applicatie change --client-id loket --scope kc:klanten.lezen"
)]
#[group(id = "changes", required = true, multiple = true, args = [
    "label", "add_client_id", "remove_client_id", "alle_autorisaties", "scope", "add_scope", "remove_scope",
])]
pub struct ChangeArgs {
    #[command(flatten)]
    client: Client,
    /// Another name
    #[arg(long, value_name = "NAME", value_parser = label)]
    label: Option<String>,
    /// One more client id, with a secret of its own
    #[arg(long, value_name = "ID", value_parser = client_id)]
    add_client_id: Vec<String>,
    /// One client id less; its secrets go too
    #[arg(long, value_name = "ID", value_parser = client_id)]
    remove_client_id: Vec<String>,
    /// From now on it may do everything
    #[arg(long, conflicts_with_all = ["scope", "add_scope", "remove_scope"])]
    alle_autorisaties: bool,
    /// From now on it may do this and nothing else, as COMPONENT:SCOPE
    #[arg(long, value_name = "COMPONENT:SCOPE", conflicts_with_all = ["add_scope", "remove_scope"])]
    scope: Vec<Right>,
    /// One right more
    #[arg(long, value_name = "COMPONENT:SCOPE")]
    add_scope: Vec<Right>,
    /// One right less
    #[arg(long, value_name = "COMPONENT:SCOPE")]
    remove_scope: Vec<Right>,
    #[command(flatten)]
    operator: OperatorArg,
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

/// Runs the command.
pub async fn run(command: Command, source: &Source) -> anyhow::Result<()> {
    let db = start::database(source, Schema::Require).await?;
    match command {
        Command::Add(args) => change::add(&db, args).await,
        Command::Change(args) => change::change(&db, args).await,
        Command::List { format } => look::list(&db, format.format).await,
        Command::Show { client, format } => look::show(&db, &client.client_id, format.format).await,
        Command::Secret { command } => secrets::run(&db, command).await,
        Command::Remove { client, operator } => change::remove(&db, &client.client_id, &operator).await,
    }
}
