//! The own account: who somebody is here, where they are logged in, their password, what they prefer.

use std::sync::Arc;

use askama::Template;
use openklant_shared::beheer::password::{self, Weak};
use openklant_shared::settings::Secret;
use openklant_shared::storage::beheer::login::Login;
use openklant_shared::storage::beheer::session::{self as stored, Open, Session};
use openklant_shared::storage::beheer::{account, login as logins};
use poem::Response;

use super::filters;
use super::form::Form;
use super::language::{Language, Text};
use super::login;
use super::page::{Frame, Page};
use super::problem::Problem;
use super::rights::{Needs, Right};
use super::session::{self, Kept};
use super::visit::Visit;

/// The pages.
pub static PAGES: &[Page] = &[
    Page::get(
        "/account",
        Text::new("Uw account", "Your account"),
        Needs::Login,
        |visit| Box::pin(show(visit)),
    ),
    Page::post(
        "/account/overal-uitloggen",
        Text::new("Overal uitloggen", "Log out everywhere"),
        Needs::Login,
        |visit| Box::pin(end_all(visit)),
    ),
    Page::get(
        "/account/wachtwoord",
        Text::new("Wachtwoord wijzigen", "Change password"),
        Needs::Login,
        |visit| Box::pin(async move { password_form(&visit) }),
    ),
    Page::post(
        "/account/wachtwoord",
        Text::new("Wachtwoord wijzigen", "Change password"),
        Needs::Login,
        |visit| Box::pin(change_password(visit)),
    ),
    Page::get(
        "/account/voorkeuren",
        Text::new("Voorkeuren", "Preferences"),
        Needs::Login,
        |visit| Box::pin(async move { preferences_form(&visit) }),
    ),
    Page::post(
        "/account/voorkeuren",
        Text::new("Voorkeuren", "Preferences"),
        Needs::Login,
        |visit| Box::pin(set_preferences(visit)),
    ),
];

#[derive(Template)]
#[template(path = "beheer/account.html")]
struct View<'a> {
    frame: Frame,
    session: &'a Session,
    roles: String,
    is_local: bool,
    open: Vec<Open>,
    logins: Vec<Login>,
}

async fn show(visit: Arc<Visit>) -> Result<Response, Problem> {
    let (db, settings) = (&visit.state.db, &visit.state.settings.beheer);
    let session = &visit.person()?.session;
    let roles: Vec<&str> = session.roles.iter().map(|role| role.name()).collect();
    let view = View {
        frame: Frame::new(&visit, &Text::new("Uw account", "Your account")).narrow(),
        roles: roles.join(", "),
        is_local: session.origin == account::LOCAL,
        open: stored::list(
            db,
            session.account_id,
            visit.now - session::delta(settings.idle_timeout),
            visit.now - session::delta(settings.session_lifetime),
        )
        .await?,
        logins: logins::last(db, session.account_id).await?,
        session,
    };
    visit.show(&view)
}

async fn end_all(visit: Arc<Visit>) -> Result<Response, Problem> {
    let session = &visit.person()?.session;
    let mut tx = visit.state.db.begin().await?;
    stored::delete_all(&mut tx, session.account_id).await?;
    tx.commit().await?;
    tracing::info!(account = %session.account, "beheer: logged out everywhere");
    let mut answer = visit.go("/inloggen?uit=1");
    session::unset(&visit, &mut answer, Kept::Session)?;
    Ok(answer)
}

#[derive(Template)]
#[template(path = "beheer/wachtwoord.html")]
struct PasswordView<'a> {
    frame: Frame,
    form: &'a Form,
}

fn password_page(visit: &Visit, form: &Form) -> Result<Response, Problem> {
    if visit.person()?.session.origin != account::LOCAL {
        return Err(Problem::NotFound);
    }
    let view = PasswordView {
        frame: Frame::new(visit, &Text::new("Wachtwoord wijzigen", "Change password"))
            .crumb("/account", visit.t("Uw account", "Your account"))
            .narrow()
            .about(form),
        form,
    };
    visit.show_form(form, &view)
}

fn password_form(visit: &Visit) -> Result<Response, Problem> {
    password_page(visit, &Form::empty(visit))
}

async fn change_password(visit: Arc<Visit>) -> Result<Response, Problem> {
    let db = &visit.state.db;
    let session = &visit.person()?.session;
    let mut form = Form::empty(&visit);
    let (old, new) = (
        Secret::new(form.raw("wachtwoord")),
        Secret::new(form.raw("wachtwoord-nieuw")),
    );
    if new.expose() != form.raw("wachtwoord-herhaald") {
        form.refuse(
            "wachtwoord-herhaald",
            Text::new(
                "Typ hier hetzelfde als bij het nieuwe wachtwoord",
                "Type the same here as at the new password",
            ),
        );
    }
    if let Err(weak) = password::check(new.expose()) {
        form.refuse("wachtwoord-nieuw", why(weak));
    }
    let account = match session.origin.as_str() {
        account::LOCAL => account::find_local(db, &session.login).await?,
        _ => None,
    }
    .ok_or(Problem::NotFound)?;
    let long = old.expose().chars().count() > password::MAX_LENGTH;
    if long
        || !login::may_try(&visit, &session.login).await?
        || !login::check(old, account.password_hash).await?
    {
        form.refuse(
            "wachtwoord",
            Text::new(
                "Uw huidige wachtwoord klopt niet",
                "Your present password is not right",
            ),
        );
    }
    if !form.is_right() {
        return password_page(&visit, &form);
    }
    let hash = tokio::task::spawn_blocking(move || password::hash(new.expose()))
        .await
        .map_err(|error| Problem::Internal(format!("a password could not be hashed: {error}")))?
        .map_err(|error| Problem::Internal(error.to_string()))?;
    let mut tx = visit.state.db.begin().await?;
    account::set_password(&mut tx, account.id, &hash).await?;
    // Whoever else knew the old one is logged out.
    stored::delete_others(&mut tx, account.id, session.id).await?;
    tx.commit().await?;
    login::forget_failures(&visit, &session.login).await?;
    tracing::info!(account = %session.account, "beheer: password changed");
    let said = Text::new("Uw wachtwoord is gewijzigd.", "Your password was changed.");
    visit.go_and_say("/account", said).await
}

fn why(weak: Weak) -> Text {
    match weak {
        Weak::Short => Text::new(
            "Het nieuwe wachtwoord is te kort: minstens 12 tekens",
            "The new password is too short: at least 12 characters",
        ),
        Weak::Long => Text::new(
            "Het nieuwe wachtwoord is te lang: hoogstens 200 tekens",
            "The new password is too long: at most 200 characters",
        ),
        Weak::Common => Text::new(
            "Dit wachtwoord wordt als eerste geprobeerd: kies een ander",
            "This password is tried first: choose another",
        ),
    }
}

#[derive(Template)]
#[template(path = "beheer/voorkeuren.html")]
struct PreferencesView<'a> {
    frame: Frame,
    has_queue: bool,
    form: &'a Form,
}

fn preferences_page(visit: &Visit, form: &Form) -> Result<Response, Problem> {
    let view = PreferencesView {
        frame: Frame::new(visit, &Text::new("Voorkeuren", "Preferences"))
            .crumb("/account", visit.t("Uw account", "Your account"))
            .narrow()
            .about(form),
        has_queue: visit.may(Right::Wachtrij),
        form,
    };
    visit.show_form(form, &view)
}

fn preferences_form(visit: &Visit) -> Result<Response, Problem> {
    let preferences = &visit.person()?.preferences;
    let (theme, live) = (preferences.theme().to_owned(), !preferences.not_live);
    let form = Form::of(visit, || {
        vec![
            ("taal".to_owned(), visit.language.code().to_owned()),
            ("weergave".to_owned(), theme),
            ("live".to_owned(), live.to_string()),
        ]
    });
    preferences_page(visit, &form)
}

async fn set_preferences(visit: Arc<Visit>) -> Result<Response, Problem> {
    let person = visit.person()?;
    let mut form = Form::empty(&visit);
    let language = Language::parse(form.value("taal"));
    if language.is_none() {
        form.refuse("taal", Text::new("Kies een taal", "Choose a language"));
    }
    let theme = form.value("weergave").to_owned();
    if !matches!(theme.as_str(), "" | "light" | "dark") {
        form.refuse("weergave", Text::new("Kies een weergave", "Choose an appearance"));
    }
    let Some(language) = language.filter(|_| form.is_right()) else {
        return preferences_page(&visit, &form);
    };
    let mut preferences = person.preferences.clone();
    preferences.theme = theme;
    preferences.not_live = !form.has("live", "true");
    account::set_preferences(&visit.state.db, person.session.account_id, &preferences.text()?).await?;
    let said = Text::new("Uw voorkeuren zijn opgeslagen.", "Your preferences were saved.");
    let mut answer = visit.go_and_say("/account", said).await?;
    session::set(&visit, &mut answer, Kept::Language, language.code())?;
    Ok(answer)
}
