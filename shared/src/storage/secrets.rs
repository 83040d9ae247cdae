//! The secrets in the database as a whole: with which keys they are sealed, and sealing them anew.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::{
    Db, Pools, StorageError, Tx, applicatie, beheer, execute, externe_api, on_read, on_tx, stored_secret,
};
use crate::settings::{self, DatabaseUrl};
use crate::vault::{
    NoKey, Place, Sealed, SecretKey, Vault, VaultError, key_file_of, make_key_file, read_key_file,
};

/// How many secrets of a table are sealed with one key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Count {
    /// The table.
    pub table: &'static str,
    /// Name of the key; `None`: they are not sealed.
    pub key: Option<String>,
    /// How many.
    pub secrets: u64,
}

/// A secret that does not open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Locked {
    /// Whose it is: a client id, the root of an external API, an account, or a setting.
    pub row: String,
    /// Why.
    pub error: VaultError,
}

/// One column with secrets.
struct Column {
    table: &'static str,
    place: fn(&str) -> Place<'_>,
    select: &'static str,
    update: &'static str,
}

/// Every column with secrets. An update holds only while the row still has what was read.
const COLUMNS: [Column; 5] = [
    Column {
        table: "client_credential",
        place: applicatie::place,
        select: "SELECT client_id, secret_key, secret FROM client_credential ORDER BY client_id",
        update: "UPDATE client_credential SET secret_key = $1, secret = $2 WHERE client_id = $3 AND secret = $4",
    },
    Column {
        table: "client_credential",
        place: applicatie::place,
        select: "SELECT client_id, previous_secret_key, previous_secret FROM client_credential \
             WHERE previous_secret IS NOT NULL ORDER BY client_id",
        update: "UPDATE client_credential SET previous_secret_key = $1, previous_secret = $2 \
             WHERE client_id = $3 AND previous_secret = $4",
    },
    Column {
        table: "externe_api",
        place: externe_api::place,
        select: "SELECT api_root, secret_key, secret FROM externe_api ORDER BY api_root",
        update: "UPDATE externe_api SET secret_key = $1, secret = $2 WHERE api_root = $3 AND secret = $4",
    },
    Column {
        table: "stored_secret",
        place: stored_secret::place,
        select: "SELECT key, secret_key, secret FROM stored_secret ORDER BY key",
        update: "UPDATE stored_secret SET secret_key = $1, secret = $2 WHERE key = $3 AND secret = $4",
    },
    Column {
        table: "beheer_account",
        place: beheer::account::place,
        select: "SELECT CAST(uuid AS TEXT), totp_key, totp FROM beheer_account WHERE totp IS NOT NULL ORDER BY id",
        update: "UPDATE beheer_account SET totp_key = $1, totp = $2 WHERE CAST(uuid AS TEXT) = $3 AND totp = $4",
    },
];

type Row = (String, Option<String>, String);

/// How many secrets are sealed with which key.
pub async fn counts(db: &Db) -> Result<Vec<Count>, StorageError> {
    let mut counts = BTreeMap::new();
    for column in COLUMNS {
        let rows: Vec<Row> = on_read!(db, |c| sqlx::query_as(column.select).fetch_all(c).await)?;
        for (_, key, _) in rows {
            *counts.entry((column.table, key)).or_insert(0) += 1;
        }
    }
    Ok(counts
        .into_iter()
        .map(|((table, key), secrets)| Count { table, key, secrets })
        .collect())
}

/// Seals everything with the first key that is not sealed with it; answers how many. Done again it changes nothing.
pub async fn reseal(tx: &mut Tx) -> Result<u64, StorageError> {
    let first = tx.vault.sealing_key()?.to_owned();
    let mut resealed = 0;
    for column in COLUMNS {
        let rows: Vec<Row> = on_tx!(tx, |c| sqlx::query_as(column.select).fetch_all(c).await)?;
        for (row, key, text) in rows
            .into_iter()
            .filter(|(_, key, _)| key.as_ref() != Some(&first))
        {
            let place = (column.place)(&row);
            let old = Sealed { key, text };
            let secret = tx.vault.open(place, &old)?;
            let new = tx.vault.seal(place, secret.expose())?;
            resealed += execute!(
                tx,
                sqlx::query(column.update)
                    .bind(&new.key)
                    .bind(&new.text)
                    .bind(&row)
                    .bind(&old.text)
            )?;
        }
    }
    Ok(resealed)
}

impl Db {
    /// The database with the keys to its secrets: those of the settings, and for an embedded one also that of the file
    /// beside it. The file is made when there are no other keys and nothing is sealed yet. The schema must be up to
    /// date.
    pub async fn unlock(self, database: &settings::Database) -> Result<Self, StorageError> {
        self.unlock_with(database, |file| make_key_file(&file).map(Some))
            .await
    }

    /// The same, without ever making a file: for who only looks.
    pub async fn unlock_as_it_is(self, database: &settings::Database) -> Result<Self, StorageError> {
        self.unlock_with(database, |_| Ok(None)).await
    }

    async fn unlock_with(
        self,
        database: &settings::Database,
        make: fn(PathBuf) -> Result<Option<SecretKey>, NoKey>,
    ) -> Result<Self, StorageError> {
        let mut keys = database.secret_keys.clone();
        let mut without = NoKey::NotSet;
        if let DatabaseUrl::Sqlite(file) = &database.url {
            let file = key_file_of(file);
            let beside = match read_key_file(&file) {
                Ok(None) if !keys.is_empty() => Ok(None),
                Ok(None) if counts(&self).await?.iter().any(|count| count.key.is_some()) => {
                    Err(NoKey::FileGone(file))
                }
                Ok(None) => make(file),
                read => read,
            };
            match beside {
                Ok(key) => keys.extend(key),
                Err(why) => without = why,
            }
        }
        Ok(self.with_vault(Vault::new(keys, without)))
    }

    /// The database with this vault.
    #[must_use]
    pub fn with_vault(mut self, vault: Vault) -> Self {
        self.vault = vault.into();
        self
    }

    /// The keys to its secrets.
    pub fn vault(&self) -> &Vault {
        &self.vault
    }

    /// Opens every secret and throws it away; answers which do not open.
    pub async fn locked_secrets(&self) -> Result<Vec<Locked>, StorageError> {
        let mut locked = Vec::new();
        for column in COLUMNS {
            let rows: Vec<Row> = on_read!(self, |c| sqlx::query_as(column.select).fetch_all(c).await)?;
            for (row, key, text) in rows {
                let sealed = Sealed { key, text };
                if let Err(error) = self.vault.open((column.place)(&row), &sealed) {
                    locked.push(Locked { row, error });
                }
            }
        }
        Ok(locked)
    }

    /// Seals everything with the first key, and sees to it that an embedded database keeps nothing of the old texts in
    /// its file: SQLite leaves what it no longer needs where it was.
    pub async fn reseal_all(&self) -> Result<u64, StorageError> {
        if let Pools::Sqlite { write, .. } = &self.pools {
            sqlx::query("PRAGMA secure_delete = ON").fetch_all(write).await?;
        }
        let mut tx = self.begin().await?;
        let resealed = reseal(&mut tx).await?;
        tx.commit().await?;
        if let Pools::Sqlite { write, .. } = &self.pools {
            sqlx::query("PRAGMA secure_delete = OFF").fetch_all(write).await?;
            if resealed > 0 {
                // Old pages go on in the log until it is written back. Readers may prevent that: then the next one does.
                sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)")
                    .fetch_all(write)
                    .await?;
            }
        }
        Ok(resealed)
    }
}
