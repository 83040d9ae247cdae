//! `openklant up`: API and worker in one process, the embedded default.

use openklant_shared::settings::Source;
use openklant_shared::storage::{Constraint, Db, StorageError, applicatie};

use crate::applicatie::create::{Credential, Rights, by, create, new_secret};
use crate::output;
use crate::serve::Process;
use crate::setup;
use crate::start::{self, Schema};
use crate::stop::Stop;

/// The application that a new database gets.
const FIRST_LABEL: &str = "Eerste applicatie";
const FIRST_CLIENT_ID: &str = "eerste-applicatie";

/// Arguments.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  OPENKLANT_DATABASE_URL=sqlite://data/openklant.db openklant up\n\nMakes and migrates the \
                  database, and applies the file of\nOPENKLANT_SETUP_FILE. Without such a file a database without applications gets one that may do\neverything; its \
                  secret is shown this once."
)]
pub struct Args {}

/// Runs the command.
pub async fn run(source: &Source) -> anyhow::Result<()> {
    let early = start::early(source)?;
    let db = start::opened(&early, Schema::Migrate).await?;
    if let Some(file) = &early.setup.file {
        setup::at_start(&db, source, file).await?;
    }
    let settings = start::settings(source, &db).await?;
    let process = Process::new(settings, db.clone(), Stop::on_signals()?).await?;
    let server = process.bind()?;
    // A setup file says who may do what: nobody gets rights beside it.
    let first = match early.setup.file {
        Some(_) => None,
        None => first_application(&db).await?,
    };
    if let Some(first) = first {
        output::line("The database is new. Its first application may do everything:")?;
        output::line(format_args!("  client id  {}", first.client_id))?;
        output::line(format_args!("  secret     {}  (shown this once)", first.secret))?;
        output::line(format_args!(
            "  a token    openklant token --client-id {}",
            first.client_id
        ))?;
    }
    output::line(format_args!("Open Klant listens on {}", process.address(&server)))?;
    let parts = [process.run_api(server), process.run_worker()];
    process.finish(parts).await
}

/// Adds the first application when there is none.
async fn first_application(db: &Db) -> anyhow::Result<Option<Credential>> {
    if !applicatie::list(db).await?.is_empty() {
        return Ok(None);
    }
    let credential = Credential {
        client_id: FIRST_CLIENT_ID.to_owned(),
        secret: new_secret()?,
    };
    let by = by("up", "openklant".to_owned());
    match create(
        db,
        FIRST_LABEL,
        std::slice::from_ref(&credential),
        Rights::All,
        &by,
    )
    .await
    {
        Ok(_) => Ok(Some(credential)),
        // Another process had the same idea at the same moment, and shows the secret.
        Err(StorageError::Unique(Constraint::ApplicatieClient)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
