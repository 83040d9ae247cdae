//! Table `beheer_account`: who may log in. The secret of the second factor is sealed.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::super::{Db, Id, StorageError, Tx, execute, on_read, on_write};
use super::roles;
use crate::domain::beheer::{Role, join};
use crate::settings::Secret;
use crate::vault::{Place, Sealed, Vault};

/// Where accounts of this server itself come from.
pub const LOCAL: &str = "local";

/// An account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Its number.
    pub id: i64,
    /// Its identity, also in audit rows.
    pub uuid: Uuid,
    /// What is typed to log in.
    pub login: String,
    /// Its name for people.
    pub name: String,
    /// Its address; may be empty.
    pub email: String,
    /// Its own roles.
    pub roles: Vec<Role>,
    /// Hash of its password.
    pub password_hash: Option<String>,
    /// Secret of its second factor.
    pub totp: Option<Secret>,
    /// The last step of the second factor that was used.
    pub totp_step: i64,
    /// Whether it may not log in any more.
    pub disabled: bool,
}

/// A new account, or a new beginning of one.
#[derive(Clone, Debug)]
pub struct NewAccount<'a> {
    /// Its identity.
    pub uuid: Uuid,
    /// What is typed to log in.
    pub login: &'a str,
    /// Its name for people.
    pub name: &'a str,
    /// Its address; may be empty.
    pub email: &'a str,
    /// Its roles.
    pub roles: &'a [Role],
    /// Hash of its password.
    pub password_hash: &'a str,
    /// Secret of its second factor.
    pub totp: &'a Secret,
}

/// Where the secret of the second factor lies.
pub(in crate::storage) fn place(uuid: &str) -> Place<'_> {
    Place {
        table: "beheer_account",
        row: uuid,
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    uuid: Id,
    login: String,
    name: String,
    email: String,
    roles: String,
    password_hash: Option<String>,
    totp_key: Option<String>,
    totp: Option<String>,
    totp_step: i64,
    disabled: bool,
}

impl Row {
    fn open(self, vault: &Vault) -> Result<Account, StorageError> {
        let uuid = Uuid::from(self.uuid);
        let row = uuid.to_string();
        let key = self.totp_key;
        let totp = self
            .totp
            .map(|text| vault.open(place(&row), &Sealed { key, text }))
            .transpose()?;
        Ok(Account {
            id: self.id,
            uuid,
            login: self.login,
            name: self.name,
            email: self.email,
            roles: roles("beheer_account", &self.roles)?,
            password_hash: self.password_hash,
            totp,
            totp_step: self.totp_step,
            disabled: self.disabled,
        })
    }
}

const FIND_LOCAL: &str = "SELECT id, uuid, login, name, email, roles, password_hash, totp_key, totp, totp_step, disabled \
     FROM beheer_account WHERE origin = 'local' AND login = $1";

/// The local account with this login.
pub async fn find_local(db: &Db, login: &str) -> Result<Option<Account>, StorageError> {
    let row: Option<Row> = on_read!(db, |c| sqlx::query_as(FIND_LOCAL)
        .bind(login)
        .fetch_optional(c)
        .await)?;
    row.map(|row| row.open(&db.vault)).transpose()
}

const INSERT: &str = "INSERT INTO beheer_account (uuid, login, origin, name, email, roles, password_hash, totp_key, totp, \
     totp_step, disabled, preferences, created_at) VALUES ($1, $2, 'local', $3, $4, $5, $6, $7, $8, 0, FALSE, '{}', $9)";

/// Adds a local account. [`super::super::Constraint::BeheerAccount`] when the login is taken.
pub async fn insert_local(tx: &mut Tx, new: &NewAccount<'_>, now: DateTime<Utc>) -> Result<(), StorageError> {
    let sealed = tx.vault.seal(place(&new.uuid.to_string()), new.totp.expose())?;
    execute!(
        tx,
        sqlx::query(INSERT)
            .bind(Id(new.uuid))
            .bind(new.login)
            .bind(new.name)
            .bind(new.email)
            .bind(join(new.roles))
            .bind(new.password_hash)
            .bind(&sealed.key)
            .bind(&sealed.text)
            .bind(now)
    )?;
    Ok(())
}

/// What a login needs to know of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entering {
    /// Its number.
    pub id: i64,
    /// Its identity, also in audit rows.
    pub uuid: Uuid,
    /// Whether it may not log in any more.
    pub disabled: bool,
}

/// What a provider says of a person.
#[derive(Clone, Copy, Debug)]
pub struct FromProvider<'a> {
    /// The provider: its issuer.
    pub issuer: &'a str,
    /// What the account is known by there.
    pub username: &'a str,
    /// The name of the person.
    pub name: &'a str,
    /// Their address; may be empty.
    pub email: &'a str,
}

const PUT_FROM_PROVIDER: &str = "INSERT INTO beheer_account (uuid, login, origin, name, email, roles, totp_step, disabled, \
     preferences, created_at) VALUES ($1, $2, $3, $4, $5, '', 0, FALSE, '{}', $6) \
     ON CONFLICT (origin, login) DO UPDATE SET name = excluded.name, email = excluded.email \
     RETURNING id, uuid, disabled";

/// The account of somebody who logs in through a provider, made at the first time, with name and address as they are
/// there now. It has no roles of its own.
pub async fn put_from_provider(
    db: &Db,
    new_uuid: Uuid,
    said: FromProvider<'_>,
    now: DateTime<Utc>,
) -> Result<Entering, StorageError> {
    let (id, uuid, disabled): (i64, Id, bool) = on_write!(db, |c| sqlx::query_as(PUT_FROM_PROVIDER)
        .bind(Id(new_uuid))
        .bind(said.username)
        .bind(said.issuer)
        .bind(said.name)
        .bind(said.email)
        .bind(now)
        .fetch_one(c)
        .await)?;
    Ok(Entering {
        id,
        uuid: uuid.into(),
        disabled,
    })
}

const RESET: &str = "UPDATE beheer_account SET password_hash = $1, totp_key = $2, totp = $3, totp_step = 0, \
     disabled = FALSE WHERE id = $4";

/// Gives an account another password and another second factor, and lets it in again.
pub async fn reset(tx: &mut Tx, account: &Account, hash: &str, totp: &Secret) -> Result<(), StorageError> {
    let sealed = tx.vault.seal(place(&account.uuid.to_string()), totp.expose())?;
    execute!(
        tx,
        sqlx::query(RESET)
            .bind(hash)
            .bind(&sealed.key)
            .bind(&sealed.text)
            .bind(account.id)
    )?;
    Ok(())
}

const SET_PASSWORD: &str = "UPDATE beheer_account SET password_hash = $1 WHERE id = $2";

/// Gives an account another password.
pub async fn set_password(tx: &mut Tx, id: i64, hash: &str) -> Result<(), StorageError> {
    execute!(tx, sqlx::query(SET_PASSWORD).bind(hash).bind(id))?;
    Ok(())
}

const SET_ROLES: &str = "UPDATE beheer_account SET roles = $1 WHERE id = $2";

/// Gives an account these roles and no others; they hold for its open sessions from the next request on.
pub async fn set_roles(tx: &mut Tx, id: i64, roles: &[Role]) -> Result<(), StorageError> {
    execute!(tx, sqlx::query(SET_ROLES).bind(join(roles)).bind(id))?;
    Ok(())
}

const DISABLE: &str = "UPDATE beheer_account SET disabled = TRUE WHERE id = $1";

/// Lets an account in no more. Its sessions end with it.
pub async fn disable(tx: &mut Tx, id: i64) -> Result<(), StorageError> {
    execute!(tx, sqlx::query(DISABLE).bind(id))?;
    Ok(())
}

const USE_STEP: &str = "UPDATE beheer_account SET totp_step = $1 WHERE id = $2 AND totp_step < $1";

/// Notes that a step of the second factor was used; `false` when it, or a later one, had been used already.
pub async fn use_totp_step(db: &Db, id: i64, step: i64) -> Result<bool, StorageError> {
    let used = on_write!(db, |c| sqlx::query(USE_STEP)
        .bind(step)
        .bind(id)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(used == 1)
}

const SET_PREFERENCES: &str = "UPDATE beheer_account SET preferences = $1 WHERE id = $2";

/// Keeps what an account prefers, as JSON.
pub async fn set_preferences(db: &Db, id: i64, preferences: &str) -> Result<(), StorageError> {
    on_write!(db, |c| sqlx::query(SET_PREFERENCES)
        .bind(preferences)
        .bind(id)
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(())
}

/// An account as operators see it.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Listed {
    /// What is typed to log in.
    pub login: String,
    /// Where it comes from.
    pub origin: String,
    /// Its name for people.
    pub name: String,
    /// Its own roles, with commas between.
    pub roles: String,
    /// Whether it may not log in any more.
    pub disabled: bool,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

const LIST: &str = "SELECT login, origin, name, roles, disabled, created_at FROM beheer_account \
     ORDER BY origin, login, id LIMIT 1000";

/// The accounts, at most a thousand.
pub async fn list(db: &Db) -> Result<Vec<Listed>, StorageError> {
    Ok(on_read!(db, |c| sqlx::query_as(LIST).fetch_all(c).await)?)
}

const ANY: &str = "SELECT CAST(count(*) AS BIGINT) FROM (SELECT id FROM beheer_account WHERE origin = 'local' \
     AND NOT disabled LIMIT 1) AS found";

/// Whether anybody can log in with a local account.
pub async fn any_local(db: &Db) -> Result<bool, StorageError> {
    let found: i64 = on_read!(db, |c| sqlx::query_scalar(ANY).fetch_one(c).await)?;
    Ok(found > 0)
}
