//! Table `beheer_session`: who is logged in. A row stays for a while after its session ended: what is typed into a form
//! must find whose it was.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::super::{Db, Id, StorageError, Tx, execute, on_read, on_write, retention};
use super::roles;
use crate::beheer::token::Token;
use crate::domain::beheer::{Role, join};

/// A session with its account, as one query finds them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Its number.
    pub id: i64,
    /// Number of the account.
    pub account_id: i64,
    /// Identity of the account.
    pub account: Uuid,
    /// What was typed to log in.
    pub login: String,
    /// Where the account comes from.
    pub origin: String,
    /// Name of the person.
    pub name: String,
    /// Address of the person; may be empty.
    pub email: String,
    /// Their roles: those of the provider's groups, or the account's own.
    pub roles: Vec<Role>,
    /// Groups that came along at login, with commas between.
    pub groups: String,
    /// What the account prefers, as JSON.
    pub preferences: String,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it was last used, to the minute.
    pub seen_at: DateTime<Utc>,
    /// The line for the next page, as JSON.
    pub message: Option<String>,
    /// Whether the account was closed since.
    pub disabled: bool,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    account_id: i64,
    account: Id,
    login: String,
    origin: String,
    name: String,
    email: String,
    roles: String,
    groups: String,
    preferences: String,
    started_at: DateTime<Utc>,
    seen_at: DateTime<Utc>,
    message: Option<String>,
    disabled: bool,
}

const FIND: &str = "SELECT s.id, s.account_id, a.uuid AS account, a.login, a.origin, a.name, a.email, \
     COALESCE(s.roles, a.roles) AS roles, s.groups, a.preferences, s.started_at, s.seen_at, s.message, a.disabled \
     FROM beheer_session s JOIN beheer_account a ON a.id = s.account_id WHERE s.token_hash = $1";

/// The session of a token, whether or not it has ended.
pub async fn find(db: &Db, token: &Token) -> Result<Option<Session>, StorageError> {
    let row: Option<Row> = on_read!(db, |c| sqlx::query_as(FIND)
        .bind(token.hash())
        .fetch_optional(c)
        .await)?;
    row.map(|row| {
        Ok(Session {
            id: row.id,
            account_id: row.account_id,
            account: row.account.into(),
            login: row.login,
            origin: row.origin,
            name: row.name,
            email: row.email,
            roles: roles("beheer_session", &row.roles)?,
            groups: row.groups,
            preferences: row.preferences,
            started_at: row.started_at,
            seen_at: row.seen_at,
            message: row.message,
            disabled: row.disabled,
        })
    })
    .transpose()
}

const INSERT: &str = "INSERT INTO beheer_session (token_hash, account_id, started_at, seen_at, roles, groups) \
     VALUES ($1, $2, $3, $3, $4, $5)";

/// Begins a session. `roles` are those of a provider's groups; without, the account's own hold.
pub async fn insert(
    tx: &mut Tx,
    token: &Token,
    account_id: i64,
    now: DateTime<Utc>,
    roles: Option<&[Role]>,
    groups: &str,
) -> Result<(), StorageError> {
    execute!(
        tx,
        sqlx::query(INSERT)
            .bind(token.hash())
            .bind(account_id)
            .bind(now)
            .bind(roles.map(join))
            .bind(groups)
    )?;
    Ok(())
}

const SEE: &str = "UPDATE beheer_session SET seen_at = $1 WHERE id = $2";

/// Notes that a session was used.
pub async fn see(db: &Db, id: i64, now: DateTime<Utc>) -> Result<(), StorageError> {
    on_write!(db, |c| sqlx::query(SEE)
        .bind(now)
        .bind(id)
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(())
}

const SET_MESSAGE: &str = "UPDATE beheer_session SET message = $1 WHERE id = $2";

/// Keeps the line for the next page, or forgets it.
pub async fn set_message(db: &Db, id: i64, message: Option<&str>) -> Result<(), StorageError> {
    on_write!(db, |c| sqlx::query(SET_MESSAGE)
        .bind(message)
        .bind(id)
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(())
}

const DELETE: &str = "DELETE FROM beheer_session WHERE token_hash = $1";

/// Ends a session for good.
pub async fn delete(tx: &mut Tx, token: &Token) -> Result<(), StorageError> {
    execute!(tx, sqlx::query(DELETE).bind(token.hash()))?;
    Ok(())
}

const DELETE_ALL: &str = "DELETE FROM beheer_session WHERE account_id = $1";

/// Ends every session of an account; answers how many rows went.
pub async fn delete_all(tx: &mut Tx, account_id: i64) -> Result<u64, StorageError> {
    Ok(execute!(tx, sqlx::query(DELETE_ALL).bind(account_id))?)
}

const DELETE_OTHERS: &str = "DELETE FROM beheer_session WHERE account_id = $1 AND id <> $2";

/// Ends every session of an account but one.
pub async fn delete_others(tx: &mut Tx, account_id: i64, id: i64) -> Result<(), StorageError> {
    execute!(tx, sqlx::query(DELETE_OTHERS).bind(account_id).bind(id))?;
    Ok(())
}

/// An open session, as its account sees it.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Open {
    /// Its number.
    pub id: i64,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it was last used.
    pub seen_at: DateTime<Utc>,
}

const LIST: &str = "SELECT id, started_at, seen_at FROM beheer_session WHERE account_id = $1 AND seen_at > $2 \
     AND started_at > $3 ORDER BY seen_at DESC, id DESC LIMIT 25";

/// The newest sessions of an account that were used after `seen` and began after `started`.
pub async fn list(
    db: &Db,
    account_id: i64,
    seen: DateTime<Utc>,
    started: DateTime<Utc>,
) -> Result<Vec<Open>, StorageError> {
    Ok(on_read!(db, |c| sqlx::query_as(LIST)
        .bind(account_id)
        .bind(seen)
        .bind(started)
        .fetch_all(c)
        .await)?)
}

const COUNT_OLD: &str = "SELECT CAST(count(*) AS BIGINT) FROM beheer_session WHERE seen_at < $1";

/// How many sessions were last used before `before`.
pub async fn count_old(db: &Db, before: DateTime<Utc>) -> Result<i64, StorageError> {
    retention::count(db, COUNT_OLD, before).await
}

const REMOVE: &str = "DELETE FROM beheer_session WHERE id IN \
     (SELECT id FROM beheer_session WHERE seen_at < $1 ORDER BY seen_at, id LIMIT $2)";

/// Removes at most `limit` sessions that were last used before `before`; answers how many.
pub async fn remove(db: &Db, before: DateTime<Utc>, limit: i64) -> Result<u64, StorageError> {
    retention::remove(db, REMOVE, before, limit).await
}
