//! What the demo stands on: its folder, its settings, its application, its credentials at the Zaken API.

use std::fmt::Display;
use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};

use anyhow::Context;
use openklant_shared::clock::Clock;
use openklant_shared::settings::{Secret, Source};
use openklant_shared::storage::externe_api::{self, ExterneApi};
use openklant_shared::storage::{Constraint, Db, StorageError, applicatie};
use openklant_shared::vault::VaultError;
use tempfile::TempDir;

use crate::applicatie::create::{Credential, Rights, by, create, new_secret};

const CLIENT_ID: &str = "demo";
const LABEL: &str = "Demo";

/// Our client id at the stand-ins.
const CLIENT_ID_ELSEWHERE: &str = "openklant-demo";

/// The folder of the database.
pub enum Folder {
    /// Gone at the end.
    Passing(TempDir),
    /// Kept.
    Kept(PathBuf),
}

impl Folder {
    /// The folder `keep`, or one that goes when this is dropped.
    pub fn new(keep: Option<PathBuf>) -> anyhow::Result<Self> {
        match keep {
            Some(folder) => Ok(Self::Kept(folder)),
            None => tempfile::Builder::new()
                .prefix("openklant-demo-")
                .tempdir()
                .map(Self::Passing)
                .context("no folder can be made for the demo"),
        }
    }

    fn path(&self) -> &Path {
        match self {
            Self::Passing(folder) => folder.path(),
            Self::Kept(folder) => folder,
        }
    }

    /// Where the database is, and for how long.
    pub fn describe(&self) -> impl Display {
        let file = self.database();
        match self {
            Self::Passing(_) => format!("{file} (gone at the end)"),
            Self::Kept(_) => file,
        }
    }

    fn database(&self) -> String {
        self.path().join("openklant.db").display().to_string()
    }
}

/// The settings of the demo, as if they had been given as options: nothing else is read.
pub fn source(folder: &Folder, port: u16, api_root: &str) -> Result<Source, VaultError> {
    let address = format!("127.0.0.1:{port}");
    let source = Source::default()
        .with(
            "OPENKLANT_DATABASE_URL",
            format!("sqlite://{}", folder.database()),
        )
        .with("OPENKLANT_BASE_URL", format!("http://{address}"))
        .with("OPENKLANT_LISTEN", address)
        .with("OPENKLANT_NOTIFICATIES_API_ROOT", api_root)
        .with("OPENKLANT_NOTIFICATIES_CLIENT_ID", CLIENT_ID_ELSEWHERE)
        .with("OPENKLANT_NOTIFICATIES_SECRET", new_secret()?)
        .with("OPENKLANT_LOG_LEVEL", "warn");
    Ok(source)
}

/// A port nobody uses. Somebody may take it before we do; then the demo says so and can be started again.
pub fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

/// The application of the demo, with a new secret: a kept database may have it already.
pub async fn application(db: &Db) -> Result<Credential, StorageError> {
    let credential = Credential {
        client_id: CLIENT_ID.to_owned(),
        secret: new_secret()?,
    };
    let by = by("demo", "openklant".to_owned());
    match create(db, LABEL, std::slice::from_ref(&credential), Rights::All, &by).await {
        Ok(_) => {}
        Err(StorageError::Unique(Constraint::ApplicatieClient)) => {
            let mut tx = db.begin().await?;
            applicatie::update_credential(&mut tx, CLIENT_ID, &credential.secret, Clock::System.now())
                .await?;
            tx.commit().await?;
        }
        Err(error) => return Err(error),
    }
    Ok(credential)
}

/// Registers our credentials at the Zaken API under this root. A kept database has those of the last time, for a port
/// that may be somebody else's by now: they go.
pub async fn zaken_api(db: &Db, root: &str) -> Result<(), StorageError> {
    let known = externe_api::list(db).await?;
    let mut tx = db.begin().await?;
    for api in known.iter().filter(|api| api.client_id == CLIENT_ID_ELSEWHERE) {
        externe_api::delete(&mut tx, &api.api_root).await?;
    }
    let api = ExterneApi {
        identifier: None,
        api_type: externe_api::ANY_TYPE.to_owned(),
        api_root: root.to_owned(),
        label: "Zaken API".to_owned(),
        client_id: CLIENT_ID_ELSEWHERE.to_owned(),
        secret: Ok(Secret::new(new_secret()?)),
        user_id: String::new(),
        user_representation: String::new(),
    };
    externe_api::insert(&mut tx, &api, Clock::System.now()).await?;
    tx.commit().await
}

#[cfg(test)]
mod tests {
    use openklant_shared::settings::load;

    use super::*;

    #[test]
    fn the_settings_are_right_without_a_warning() {
        for keep in [None, Some(PathBuf::from("data/demo"))] {
            let folder = Folder::new(keep).unwrap();
            let loaded = load(&source(&folder, 8123, "http://127.0.0.1:9/api/v1/").unwrap()).unwrap();
            assert_eq!(loaded.warnings, []);
            assert_eq!(loaded.settings.server.listen.port(), 8123);
            assert_eq!(loaded.settings.server.base(), Some("http://127.0.0.1:8123"));
        }
    }
}
