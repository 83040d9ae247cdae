//! The database of one test: a file of its own on SQLite, a copy of the migrated template on PostgreSQL.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use openklant_shared::storage::Db;
use tempfile::TempDir;
use url::Url;

use crate::postgres;
use crate::probe::Probe;

/// Which of the two databases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The embedded one.
    Sqlite,
    /// The one on a server.
    Postgres,
}

/// A migrated, empty database. Clones are the same database.
#[derive(Clone, Debug)]
pub struct Database {
    place: Arc<Place>,
    probe: Probe,
}

#[derive(Debug)]
enum Place {
    Sqlite { _folder: TempDir, file: PathBuf },
    Postgres(Url),
}

impl Database {
    /// Makes a database of this kind.
    pub async fn create(kind: Kind) -> Self {
        match kind {
            Kind::Sqlite => {
                let folder = TempDir::with_prefix("openklant-test-").expect("a folder for the database");
                let file = folder.path().join("openklant.db");
                let db = Db::open_sqlite(&file, 1, Duration::from_secs(30))
                    .await
                    .expect("the database file can be made");
                db.migrate().await.expect("the migrations run on SQLite");
                db.close().await;
                Self {
                    probe: Probe::sqlite(&file),
                    place: Arc::new(Place::Sqlite {
                        _folder: folder,
                        file,
                    }),
                }
            }
            Kind::Postgres => {
                let url = postgres::create().await;
                Self {
                    probe: Probe::postgres(&url),
                    place: Arc::new(Place::Postgres(url)),
                }
            }
        }
    }

    /// A database that was made in a folder of the test, by a backup for instance.
    pub fn in_file(folder: TempDir, file: &str) -> Self {
        let file = folder.path().join(file);
        Self {
            probe: Probe::sqlite(&file),
            place: Arc::new(Place::Sqlite {
                _folder: folder,
                file,
            }),
        }
    }

    /// Which kind it is.
    pub fn kind(&self) -> Kind {
        match *self.place {
            Place::Sqlite { .. } => Kind::Sqlite,
            Place::Postgres(_) => Kind::Postgres,
        }
    }

    /// Its address, as the setting `OPENKLANT_DATABASE_URL` takes it.
    pub fn url(&self) -> String {
        match &*self.place {
            Place::Sqlite { file, .. } => format!("sqlite://{}", file.display()),
            Place::Postgres(url) => url.to_string(),
        }
    }

    /// Opens it the way the product does.
    pub async fn open(&self, connections: u32, acquire_timeout: Duration) -> Db {
        match &*self.place {
            Place::Sqlite { file, .. } => Db::open_sqlite(file, connections, acquire_timeout).await,
            Place::Postgres(url) => Db::open_postgres(url.as_str(), connections, acquire_timeout).await,
        }
        .expect("the database of the test can be opened")
    }

    /// Looks into it, past the product.
    pub fn probe(&self) -> &Probe {
        &self.probe
    }

    /// Removes it. A file goes with its last clone; a database on the server has to be told.
    pub async fn remove(self) {
        if let Place::Postgres(url) = &*self.place {
            postgres::remove(url).await;
        }
    }
}
