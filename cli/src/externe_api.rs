//! `openklant externe-api`: our credentials at the APIs of others.

mod change;
mod look;
pub mod text;

use openklant_shared::settings::Source;

use self::text::{api_root, claim, client_id};
use crate::applicatie::text::label;
use crate::outbox::consent::OperatorArg;
use crate::output::FormatArg;
use crate::secret::RequiredSecret;
use crate::start::{self, Schema};

/// Shown with the help of `openklant externe-api`.
pub const EXAMPLE: &str = "\
Example:
  openklant externe-api add --label 'Zaken API' --client-id openklant \\
    --api-root https://zaken.example.nl/zaken/api/v1/ --secret-file zaken.secret

A URL that a client sends (`object`, `klant`, `subject`) is looked up with the credentials of
the API whose root it starts with; when more than one fits, the longest root wins. Such an API
may be at a private address. Running servers follow at once. The API of the settings
OPENKLANT_ZAKEN_API_... counts like one of these; it is not listed here.";

/// What can be done.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Register an API and our credentials there
    Add(AddArgs),
    /// List the APIs, without the secrets
    #[command(after_help = "Example:\n  openklant externe-api list --format json")]
    List {
        #[command(flatten)]
        format: FormatArg,
    },
    /// Forget an API and our credentials there
    #[command(
        after_help = "Example:\n  openklant externe-api remove --api-root https://zaken.example.nl/zaken/api/v1/"
    )]
    Remove {
        #[command(flatten)]
        api: Api,
        #[command(flatten)]
        operator: OperatorArg,
    },
}

/// Arguments of `add`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  openklant externe-api add --label 'Zaken API' --client-id openklant \\\n    \
                  --api-root https://zaken.example.nl/zaken/api/v1/ --secret-file zaken.secret\n  \
                  pass zaken | openklant externe-api add --label 'Zaken API' --client-id openklant \\\n    \
                  --api-root https://zaken.example.nl/zaken/api/v1/ --secret-stdin"
)]
pub struct AddArgs {
    /// Name of the API, for people
    #[arg(long, value_name = "NAME", value_parser = label)]
    label: String,
    #[command(flatten)]
    api: Api,
    /// Our client id there
    #[arg(long, value_name = "ID", value_parser = client_id)]
    client_id: String,
    #[command(flatten)]
    secret: RequiredSecret,
    /// The user that our tokens name
    #[arg(long, value_name = "ID", value_parser = claim, default_value = "", hide_default_value = true)]
    user_id: String,
    /// The name of that user
    #[arg(long, value_name = "NAME", value_parser = claim, default_value = "", hide_default_value = true)]
    user_representation: String,
    #[command(flatten)]
    operator: OperatorArg,
    #[command(flatten)]
    format: FormatArg,
}

/// Which API.
#[derive(Debug, clap::Args)]
pub struct Api {
    /// What every URL of the API starts with; of several that fit a URL, the longest counts
    #[arg(long, value_name = "URL", value_parser = api_root)]
    api_root: String,
}

/// Runs the command.
pub async fn run(command: Command, source: &Source) -> anyhow::Result<()> {
    let db = start::database(source, Schema::Require).await?;
    match command {
        Command::Add(args) => change::add(&db, args).await,
        Command::List { format } => look::list(&db, format.format).await,
        Command::Remove { api, operator } => change::remove(&db, &api.api_root, &operator).await,
    }
}
