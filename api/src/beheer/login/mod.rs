//! Logging in and out.

mod local;
mod oidc;

use std::sync::Arc;

use askama::Template;
use openklant_shared::beheer::token::Token;
use openklant_shared::domain::beheer::Role;
use openklant_shared::settings::Secret;
use openklant_shared::storage::beheer::{account, login, session as stored};
use poem::Response;
use poem::http::{Method, StatusCode};
use uuid::Uuid;

use super::filters;
use super::form::Form;
use super::language::Text;
use super::page::{Frame, Page};
use super::problem::Problem;
use super::rights::Needs;
use super::session::{self, Found, Kept, draft};
use super::site;
use super::visit::Visit;

pub use local::{check, forget_failures, may_try};

/// The pages.
pub static PAGES: &[Page] = &[
    Page::get(
        "/inloggen",
        Text::new("Inloggen", "Log in"),
        Needs::Nothing,
        |visit| Box::pin(ask(visit)),
    ),
    Page::post(
        "/inloggen",
        Text::new("Inloggen", "Log in"),
        Needs::Nothing,
        |visit| Box::pin(local::log_in(visit)),
    ),
    Page::get(
        "/inloggen/oidc",
        Text::new("Inloggen", "Log in"),
        Needs::Nothing,
        |visit| Box::pin(oidc::begin(visit)),
    ),
    Page::get(
        "/inloggen/oidc/terug",
        Text::new("Inloggen", "Log in"),
        Needs::Nothing,
        |visit| Box::pin(oidc::come_back(visit)),
    ),
    Page::get(
        "/inloggen/oidc/uit",
        Text::new("Uitloggen", "Log out"),
        Needs::Nothing,
        |visit| Box::pin(oidc::leave(visit)),
    ),
    Page::post(
        "/uitloggen",
        Text::new("Uitloggen", "Log out"),
        Needs::Login,
        |visit| Box::pin(log_out(visit)),
    ),
];

/// What the login page says above its forms.
#[derive(Clone, Debug)]
struct Notice {
    kind: &'static str,
    heading: Text,
    text: Option<Text>,
}

#[derive(Template)]
#[template(path = "beheer/inloggen.html")]
struct View<'a> {
    frame: Frame,
    form: &'a Form,
    notice: Option<Notice>,
    has_local: bool,
    /// What the link to the provider says.
    provider: Option<Text>,
    /// Where to go after it.
    wanted: &'a str,
}

/// `GET /inloggen`.
async fn ask(visit: Arc<Visit>) -> Result<Response, Problem> {
    if visit.person.is_some() {
        return Ok(visit.go(safe(visit.asked("verder")).unwrap_or("/")));
    }
    let form = Form::empty(&visit);
    let notice = notice(&visit).await?;
    page(&visit, &form, visit.asked("verder"), notice, StatusCode::OK).await
}

/// The login page; after it they go to `wanted`.
async fn page(
    visit: &Visit,
    form: &Form,
    wanted: &str,
    notice: Option<Notice>,
    status: StatusCode,
) -> Result<Response, Problem> {
    let view = View {
        frame: Frame::new(visit, &Text::new("Inloggen", "Log in"))
            .narrow()
            .about(form),
        form,
        notice,
        wanted,
        provider: oidc::link(visit),
        has_local: account::any_local(&visit.state.db).await?,
    };
    visit.show_as(status, &view)
}

/// Why somebody is here who was logged in.
async fn notice(visit: &Visit) -> Result<Option<Notice>, Problem> {
    if visit.asked("uit") == "1" {
        return Ok(Some(Notice {
            kind: "ok",
            heading: Text::new("U bent uitgelogd", "You are logged out"),
            text: None,
        }));
    }
    let settings = &visit.state.settings.beheer;
    let token = visit.cookies.session.as_ref();
    let Found::Ended(ended) = session::find(&visit.state.db, token, settings, visit.now).await? else {
        return Ok(None);
    };
    let idle = visit.now >= ended.seen_at + session::delta(settings.idle_timeout);
    let heading = if idle {
        let minutes = settings.idle_timeout.as_secs() / 60;
        Text::made(
            format!("U bent uitgelogd na {minutes} minuten zonder activiteit"),
            format!("You were logged out after {minutes} minutes without activity"),
        )
    } else {
        Text::new(
            "U bent uitgelogd: uw sessie duurde zo lang als mag",
            "You were logged out: your session lasted as long as it may",
        )
    };
    let text = draft::waiting(visit).await?.map(|draft| {
        let name = site::find(&Method::GET, &draft.path)
            .map_or_else(|_| Text::same(draft.path.clone()), |(page, _)| page.name.clone());
        let until = super::moment::clock(draft.until, false);
        Text::made(
            format!(
                "Wat u had ingevuld bij “{}” is bewaard tot {until}. Log in met hetzelfde account om verder te gaan.",
                name.in_language(super::language::Language::Nl)
            ),
            format!(
                "What you had typed at “{}” is kept until {until}. Log in with the same account to go on.",
                name.in_language(super::language::Language::En)
            ),
        )
    });
    Ok(Some(Notice {
        kind: "info",
        heading,
        text,
    }))
}

/// Who logged in.
struct Entry<'a> {
    account_id: i64,
    /// Of a provider: what its groups give.
    roles: Option<&'a [Role]>,
    groups: &'a str,
    /// Of a provider: what ends the session there.
    id_token: Option<&'a Secret>,
}

/// Begins a session with a new token, and leads to where they wanted to go, or to the form they had filled in.
async fn enter(visit: &Visit, entry: &Entry<'_>, wanted: &str) -> Result<Response, Problem> {
    let token = Token::random()?;
    let mut tx = visit.state.db.begin().await?;
    if let Some(old) = &visit.cookies.session {
        stored::delete(&mut tx, old).await?;
    }
    stored::insert(
        &mut tx,
        &token,
        entry.account_id,
        visit.now,
        entry.roles,
        entry.groups,
    )
    .await?;
    tx.commit().await?;
    if let Some(id_token) = entry.id_token {
        oidc::keep_id_token(visit, &token, id_token).await?;
    }
    let draft = draft::waiting(visit).await?;
    let foreign = draft
        .as_ref()
        .is_some_and(|draft| draft.account_id != entry.account_id);
    let own = draft.filter(|_| !foreign);
    let wanted = match &own {
        Some(draft) => draft.path.as_str(),
        None => safe(wanted).unwrap_or("/"),
    };
    let mut answer = visit.go(wanted);
    session::set(visit, &mut answer, Kept::Session, token.expose())?;
    if foreign {
        draft::destroy(visit, &mut answer).await?;
        if let Some(session) = stored::find(&visit.state.db, &token).await? {
            let message = super::visit::Message {
                kind: "warn".to_owned(),
                text: visit
                    .t(
                        "De invoer van een ander account is weggegooid.",
                        "What another account had typed was thrown away.",
                    )
                    .to_owned(),
            };
            let message = serde_json::to_string(&message)
                .map_err(|error| Problem::Internal(format!("a message cannot be kept: {error}")))?;
            stored::set_message(&visit.state.db, session.id, Some(&message)).await?;
        }
    }
    Ok(answer)
}

/// `POST /uitloggen`.
async fn log_out(visit: Arc<Visit>) -> Result<Response, Problem> {
    let id_token = oidc::take_id_token(&visit).await?;
    let mut tx = visit.state.db.begin().await?;
    stored::delete(&mut tx, &visit.person()?.token).await?;
    tx.commit().await?;
    let mut answer = match id_token {
        Some(id_token) => oidc::go_and_leave(&visit, id_token).await?,
        None => visit.go("/inloggen?uit=1"),
    };
    session::unset(&visit, &mut answer, Kept::Session)?;
    tracing::info!(account = %visit.person()?.session.account, "beheer: logged out");
    Ok(answer)
}

/// Records a login, of an account that exists (its number and identity) or of none. The log never has what was typed.
async fn record(visit: &Visit, account: Option<(i64, Uuid)>, outcome: &str) -> Result<(), Problem> {
    let address = visit
        .origin
        .map(|address| address.to_string())
        .unwrap_or_default();
    let uuid = account.map(|(_, uuid)| tracing::field::display(uuid));
    match outcome {
        "in" => tracing::info!(account = uuid, origin = address, "beheer: logged in"),
        "locked" => tracing::warn!(account = uuid, origin = address, "beheer: locked out"),
        _ => tracing::warn!(account = uuid, origin = address, "beheer: login failed"),
    }
    if let Some((id, _)) = account {
        login::insert(&visit.state.db, id, visit.now, outcome, &address).await?;
    }
    Ok(())
}

/// A path below the site that somebody may be led to, whoever made the link; `None` when it leads elsewhere.
pub fn safe(path: &str) -> Option<&str> {
    let is_ours = path.starts_with('/') && !path.starts_with("//") && path.len() <= 2000;
    let is_plain = path
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && byte != b'\\' && byte != b'@');
    (is_ours && is_plain).then_some(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_led_away() {
        for good in ["/", "/klanten", "/klanten/1?na=x&soort=y"] {
            assert_eq!(safe(good), Some(good));
        }
        for bad in [
            "",
            "klanten",
            "//kwaad.example",
            "/\\kwaad.example",
            "https://kwaad.example",
            "/a b",
            "/a\r\nb",
            "/@kwaad.example",
            "/é",
        ] {
            assert_eq!(safe(bad), None, "{bad:?}");
        }
    }
}
