//! Table `beheer_draft`: what was typed into a form whose session had ended, for the same account, once.

use chrono::{DateTime, Utc};

use super::super::{Db, StorageError, on_read, on_write, retention};
use crate::beheer::token::Token;
use crate::settings::Secret;
use crate::vault::{Place, Sealed};

/// A draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// Whose it is.
    pub account_id: i64,
    /// The address of the form.
    pub path: String,
    /// The fields, as they were posted.
    pub fields: Secret,
    /// Until when it is kept.
    pub until: DateTime<Utc>,
}

fn place(hash: &str) -> Place<'_> {
    Place {
        table: "beheer_draft",
        row: hash,
    }
}

const INSERT: &str =
    "INSERT INTO beheer_draft (token_hash, account_id, path, sealed, until) VALUES ($1, $2, $3, $4, $5)";

/// Keeps a draft under a token.
pub async fn insert(db: &Db, token: &Token, draft: &Draft) -> Result<(), StorageError> {
    let hash = token.hash();
    let sealed = token.vault().seal(place(&hash), draft.fields.expose())?;
    on_write!(db, |c| sqlx::query(INSERT)
        .bind(&hash)
        .bind(draft.account_id)
        .bind(&draft.path)
        .bind(&sealed.text)
        .bind(draft.until)
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(())
}

const FIND: &str =
    "SELECT account_id, path, sealed, until FROM beheer_draft WHERE token_hash = $1 AND until > $2";

/// The draft of a token; `None` when its time is over.
pub async fn find(db: &Db, token: &Token, now: DateTime<Utc>) -> Result<Option<Draft>, StorageError> {
    let hash = token.hash();
    let row: Option<(i64, String, String, DateTime<Utc>)> = on_read!(db, |c| sqlx::query_as(FIND)
        .bind(&hash)
        .bind(now)
        .fetch_optional(c)
        .await)?;
    let vault = token.vault();
    row.map(|(account_id, path, text, until)| {
        let key = Some(vault.sealing_key()?.to_owned());
        Ok(Draft {
            account_id,
            path,
            fields: vault.open(place(&hash), &Sealed { key, text })?,
            until,
        })
    })
    .transpose()
}

const REMOVE: &str = "DELETE FROM beheer_draft WHERE token_hash = $1";

/// Forgets a draft; `false` when it was gone: somebody else took it.
pub async fn remove(db: &Db, token: &Token) -> Result<bool, StorageError> {
    let removed = on_write!(db, |c| sqlx::query(REMOVE)
        .bind(token.hash())
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(removed == 1)
}

const REMOVE_OLD: &str = "DELETE FROM beheer_draft WHERE token_hash IN \
     (SELECT token_hash FROM beheer_draft WHERE until < $1 ORDER BY until, token_hash LIMIT $2)";

/// Removes at most `limit` drafts whose time was over at `now`; answers how many.
pub async fn remove_old(db: &Db, now: DateTime<Utc>, limit: i64) -> Result<u64, StorageError> {
    retention::remove(db, REMOVE_OLD, now, limit).await
}
