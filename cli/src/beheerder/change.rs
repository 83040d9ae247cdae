//! Adding and changing accounts.

use anyhow::{anyhow, bail};
use openklant_shared::beheer::{password, totp};
use openklant_shared::clock::{Clock, Ids};
use openklant_shared::domain::beheer::{Role, join};
use openklant_shared::settings::Secret;
use openklant_shared::storage::beheer::account::{self, Account, NewAccount};
use openklant_shared::storage::beheer::{lockout, session};
use openklant_shared::storage::{Constraint, Db, StorageError};
use serde_json::json;

use super::{AddArgs, PasswordArg};
use crate::applicatie::create::{by, new_secret};
use crate::outbox::consent::OperatorArg;
use crate::output::{self, Format};
use crate::secret;

/// A password, and whether it was made here.
struct Chosen {
    password: Secret,
    made: bool,
}

fn choose(argument: &PasswordArg) -> anyhow::Result<Chosen> {
    let given = if argument.password_stdin {
        secret::on_stdin("--password-stdin")?
    } else if let Some(file) = &argument.password_file {
        file.clone()
    } else {
        // A third of it is more than anybody can guess, and can still be typed over.
        let made: String = new_secret()?.chars().take(24).collect();
        return Ok(Chosen {
            password: Secret::new(made),
            made: true,
        });
    };
    password::check(given.expose())?;
    Ok(Chosen {
        password: given,
        made: false,
    })
}

async fn find(db: &Db, login: &str) -> anyhow::Result<Account> {
    account::find_local(db, login)
        .await?
        .ok_or_else(|| anyhow!("there is no local account {login}: see `openklant beheerder list`"))
}

/// Runs `add`.
pub async fn add(db: &Db, args: AddArgs) -> anyhow::Result<()> {
    let login = args.who.login;
    let chosen = choose(&args.password)?;
    let totp = totp::new_secret()?;
    let hash = password::hash(chosen.password.expose())?;
    let mut roles = args.roles;
    roles.sort_unstable();
    roles.dedup();
    let by = by("beheerder add", args.operator.name());
    let mut tx = db.begin().await?;
    let new = NewAccount {
        uuid: Ids::Random.next(),
        login: &login,
        name: &args.name,
        email: &args.email,
        roles: &roles,
        password_hash: &hash,
        totp: &totp,
    };
    match account::insert_local(&mut tx, &new, Clock::System.now()).await {
        Err(StorageError::Unique(Constraint::BeheerAccount)) => {
            bail!(
                "there is an account {login} already: `openklant beheerder reset` gives it another password"
            )
        }
        other => other?,
    }
    by.log(&mut tx, &format!("account {}, roles {}", new.uuid, join(&roles)))
        .await?;
    tx.commit().await?;
    show(&login, "was added", &chosen, &totp, args.format.format)
}

/// Runs `reset`.
pub async fn reset(
    db: &Db,
    login: &str,
    password: &PasswordArg,
    operator: &OperatorArg,
    format: Format,
) -> anyhow::Result<()> {
    let found = find(db, login).await?;
    let chosen = choose(password)?;
    let totp = totp::new_secret()?;
    let hash = password::hash(chosen.password.expose())?;
    let by = by("beheerder reset", operator.name());
    let mut tx = db.begin().await?;
    account::reset(&mut tx, &found, &hash, &totp).await?;
    session::delete_all(&mut tx, found.id).await?;
    by.log(&mut tx, &format!("account {}", found.uuid)).await?;
    tx.commit().await?;
    lockout::clear(db, login).await?;
    show(login, "was given another password", &chosen, &totp, format)
}

/// Runs `roles`.
pub async fn roles(db: &Db, login: &str, roles: &[Role], operator: &OperatorArg) -> anyhow::Result<()> {
    let found = find(db, login).await?;
    let mut roles = roles.to_vec();
    roles.sort_unstable();
    roles.dedup();
    let by = by("beheerder roles", operator.name());
    let mut tx = db.begin().await?;
    account::set_roles(&mut tx, found.id, &roles).await?;
    by.log(
        &mut tx,
        &format!("account {}, roles {}", found.uuid, join(&roles)),
    )
    .await?;
    tx.commit().await?;
    output::line(format_args!(
        "{login} has the roles {} from now on.",
        join(&roles)
    ))
}

/// Runs `disable`.
pub async fn disable(db: &Db, login: &str, operator: &OperatorArg) -> anyhow::Result<()> {
    let found = find(db, login).await?;
    let by = by("beheerder disable", operator.name());
    let mut tx = db.begin().await?;
    account::disable(&mut tx, found.id).await?;
    let ended = session::delete_all(&mut tx, found.id).await?;
    by.log(
        &mut tx,
        &format!("account {}, {ended} sessions ended", found.uuid),
    )
    .await?;
    tx.commit().await?;
    output::line(format_args!(
        "{login} cannot log in any more; {ended} sessions ended."
    ))
}

fn show(login: &str, what: &str, chosen: &Chosen, totp: &Secret, format: Format) -> anyhow::Result<()> {
    let address = totp::address(totp, login)?;
    match format {
        Format::Json => {
            let mut shown = json!({"login": login, "otpauth": address.expose()});
            if chosen.made {
                shown["password"] = json!(chosen.password.expose());
            }
            output::json(&shown)
        }
        Format::Text => {
            output::line(format_args!("{login} {what}. What follows is shown this once:"))?;
            if chosen.made {
                output::line(format_args!("  password       {}", chosen.password.expose()))?;
            }
            output::line(format_args!("  second factor  {}", address.expose()))?;
            output::line(format_args!(
                "Put the second factor into an authenticator app: it gives the code that the login page asks for."
            ))
        }
    }
}
