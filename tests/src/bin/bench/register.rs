//! The register that is measured: made by `openklant generate`, or one that was made before.

use std::path::Path;
use std::time::Duration;

use openklant_tests::probe::Probe;
use openklant_tests::program::Program;
use openklant_tests::{Database, Kind};
use url::Url;

/// Longest that making one may take.
const PATIENCE: Duration = Duration::from_hours(3);

/// A filled database.
pub struct Register {
    program: Program,
    probe: Probe,
    /// Made for this run, and removed after it.
    own: Option<Database>,
}

impl Register {
    /// One that is there.
    pub fn at(url: &str) -> Self {
        let probe = match url.strip_prefix("sqlite://") {
            Some(file) => Probe::sqlite(Path::new(file)),
            None => Probe::postgres(&Url::parse(url).expect("the URL of a database")),
        };
        Self {
            program: Program::new().with([("OPENKLANT_DATABASE_URL", url)]),
            probe,
            own: None,
        }
    }

    /// A new one with so much in it.
    pub async fn make(kind: Kind, klanten: u64, contactmomenten: u64) -> Self {
        let database = Database::create(kind).await;
        let program = Program::on(&database);
        let line = format!("generate --klanten {klanten} --contactmomenten {contactmomenten} --seed 7");
        let told = program.start(&line).end_within(PATIENCE).await.well();
        println!("{}", told.trim());
        Self {
            program,
            probe: database.probe().clone(),
            own: Some(database),
        }
    }

    /// The program on it.
    pub fn program(&self) -> &Program {
        &self.program
    }

    /// What a statement answers with one text.
    pub async fn text(&self, sql: &str) -> String {
        self.probe.texts(sql).await.pop().unwrap_or_default()
    }

    /// Removes one that was made for the run.
    pub async fn remove(self) {
        if let Some(database) = self.own {
            database.remove().await;
        }
    }
}
