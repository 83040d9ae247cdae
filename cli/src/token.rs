//! `openklant token`: a token of a registered client, for trying things out.

use anyhow::bail;
use openklant_shared::clock::Clock;
use openklant_shared::jwt;
use openklant_shared::settings::Source;
use openklant_shared::storage::applicatie::find_credential;

use crate::applicatie::text::client_id;
use crate::output;
use crate::start::{self, Schema};

/// Arguments.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  curl -H \"Authorization: Bearer $(openklant token --client-id loket)\" \\\n    http://127.0.0.1:8000/klanten/api/v1/klanten"
)]
pub struct Args {
    /// Client id of the application
    #[arg(long, value_name = "ID", value_parser = client_id)]
    client_id: String,
    /// The user that audit rows name
    #[arg(long, value_name = "ID", default_value = "", hide_default_value = true)]
    user_id: String,
    /// The name of that user
    #[arg(long, value_name = "NAME", default_value = "", hide_default_value = true)]
    user_representation: String,
}

/// Runs the command.
pub async fn run(args: Args, source: &Source) -> anyhow::Result<()> {
    let db = start::database(source, Schema::Require).await?;
    let secret = find_credential(&db, &args.client_id)
        .await?
        .map(|credential| credential.secret)
        .filter(|secret| !secret.expose().is_empty());
    let Some(secret) = secret else {
        bail!(
            "there is no application with client id {}: see `openklant applicatie list`",
            args.client_id
        );
    };
    output::line(jwt::sign(
        &args.client_id,
        secret.expose(),
        &args.user_id,
        &args.user_representation,
        Clock::System.now(),
    )?)
}
