//! What happens to a request for the site: which page it is, whose session, whether they may, whether the form is theirs;
//! then the page, or the page that says why not. Nothing leaves here without a frame and its headers.

use std::net::IpAddr;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use askama::Template;
use futures_util::FutureExt;
use openklant_shared::storage::beheer::session as stored;
use percent_encoding::percent_decode_str;
use poem::error::ReadBodyError;
use poem::http::{HeaderName, HeaderValue, Method, header};
use poem::{Request, Response};
use url::form_urlencoded;
use uuid::Uuid;

use super::filters;
use super::form::{CSRF, Fields};
use super::language::{Language, Text};
use super::page::{Frame, Page, has_page, pages};
use super::problem::Problem;
use super::rights::{Needs, Right};
use super::session::{self, Found, Kept, draft};
use super::visit::Visit;
use crate::state::State;
use crate::zgw::error::Refused;
use crate::zgw::links::Base;
use crate::zgw::request::RequestInfo;
use crate::zgw::routes::Routes;

/// Path of the site, below the sub-path of a proxy.
pub const ROOT: &str = "/beheer";

/// Most bytes of a form.
const MAX_BODY: usize = 64 * 1024;

/// Most bytes of an address.
const MAX_ADDRESS: usize = 8 * 1024;

/// Whether a path belongs to the site.
pub fn owns(path: &str) -> bool {
    path.strip_prefix(ROOT)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Tells the table of routes which paths the site has, for the log.
pub fn add_routes(routes: &mut Routes) {
    let mut paths: Vec<&'static str> = pages().map(|page| page.path).collect();
    paths.sort_unstable();
    paths.dedup();
    for path in paths {
        let methods: Vec<&str> = [(Method::GET, "GET, HEAD"), (Method::POST, "POST")]
            .into_iter()
            .filter(|(method, _)| has_page(method, path))
            .map(|(_, methods)| methods)
            .collect();
        routes.add_site_page(&format!("{ROOT}{path}"), &methods.join(", "));
        if path == "/" {
            routes.add_site_page(ROOT, &methods.join(", "));
        }
    }
}

/// The page for a path and the variable parts of it; `Err` has the methods that the path does know, if any.
pub(super) fn find(method: &Method, path: &str) -> Result<(&'static Page, Parameters), Option<&'static str>> {
    let mut other = None;
    for page in pages() {
        if let Some(parameters) = fits(page.path, path) {
            if page.method == *method {
                return Ok((page, parameters));
            }
            other = Some(if page.method == Method::POST {
                "POST"
            } else {
                "GET, HEAD"
            });
        }
    }
    Err(other)
}

/// The variable parts of a path, by name.
pub(super) type Parameters = Vec<(&'static str, String)>;

fn fits(pattern: &'static str, path: &str) -> Option<Parameters> {
    let mut parameters = Vec::new();
    let mut segments = path.split('/');
    for expected in pattern.split('/') {
        let segment = segments.next()?;
        match expected.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
            Some(_) if segment.is_empty() => return None,
            Some(name) => {
                let value = percent_decode_str(segment).decode_utf8().ok()?;
                parameters.push((name, value.into_owned()));
            }
            None if expected == segment => {}
            None => return None,
        }
    }
    segments.next().is_none().then_some(parameters)
}

/// Answers a request for the site.
pub async fn answer(state: &Arc<State>, request: Request, origin: Option<IpAddr>) -> Response {
    let is_head = *request.method() == Method::HEAD;
    let handled = AssertUnwindSafe(handle(state, request, origin)).catch_unwind();
    let mut answer = match tokio::time::timeout(state.settings.server.request_timeout, handled).await {
        Ok(Ok(answer)) => answer,
        Ok(Err(_)) => plain(state, Problem::Internal("a page panicked".to_owned())),
        Err(_) => plain(
            state,
            Problem::Unavailable("the request was not handled in time".to_owned()),
        ),
    };
    if is_head {
        // The server cuts the body off.
        answer.headers_mut().remove(header::TRANSFER_ENCODING);
    }
    add_headers(&mut answer);
    answer
}

async fn handle(state: &Arc<State>, request: Request, origin: Option<IpAddr>) -> Response {
    let (mut visit, mut problem) = meet(state, request, origin).await;
    if visit.may(Right::Wachtrij) {
        match state.queue.parked(state).await {
            Ok(parked) => visit.parked = parked,
            Err(error) => problem = problem.or_else(|| Some(error.into())),
        }
    }
    let visit = Arc::new(visit);
    let outcome = match problem {
        None => match visit.page {
            Some(page) => (page.handler)(Arc::clone(&visit)).await,
            None => Err(Problem::NotFound),
        },
        Some(problem) => Err(problem),
    };
    let answer = match outcome {
        Ok(answer) => Ok(answer),
        Err(problem) => explain(&visit, problem).await,
    };
    let answer = match answer {
        Ok(answer) => finish(&visit, answer).await,
        Err(problem) => Err(problem),
    };
    answer.unwrap_or_else(|problem| plain(state, problem))
}

/// Reads a request, and says what stands in the way of answering it.
async fn meet(state: &Arc<State>, mut request: Request, origin: Option<IpAddr>) -> (Visit, Option<Problem>) {
    let method = match *request.method() {
        Method::HEAD => Method::GET,
        ref method => method.clone(),
    };
    let path = request.uri().path().strip_prefix(ROOT).unwrap_or_default();
    let path = if path.is_empty() { "/" } else { path }.to_owned();
    let info = RequestInfo::of(&request).ok();
    let base = info.map_or("", |info| info.base.as_str());
    let sub_path = base
        .split_once("://")
        .and_then(|(_, rest)| rest.find('/').map(|slash| &rest[slash..]))
        .unwrap_or_default();
    let found = find(&method, &path);
    let cookies = session::read(&request);
    let mut visit = Visit {
        language: cookies.language.unwrap_or_default(),
        now: state.clock.now(),
        person: None,
        page: found.as_ref().ok().map(|(page, _)| *page),
        base: info.map_or_else(Base::none, |info| info.base.clone()),
        root: format!("{sub_path}{ROOT}"),
        https: base.starts_with("https://"),
        is_post: method == Method::POST,
        is_head: *request.method() == Method::HEAD,
        query: fields(request.uri().query().unwrap_or_default().as_bytes()),
        origin,
        request_id: info.map_or_else(String::new, |info| info.request_id.clone()),
        parked: 0,
        posted: None,
        draft: None,
        message_shown: AtomicBool::new(false),
        parameters: Vec::new(),
        state: Arc::clone(state),
        cookies,
        path,
    };
    if request.uri().to_string().len() > MAX_ADDRESS {
        return (visit, Some(Problem::TooLarge));
    }
    let same_site = is_same_site(&request, base);
    let session = match session::find(
        &state.db,
        visit.cookies.session.as_ref(),
        &state.settings.beheer,
        visit.now,
    )
    .await
    {
        Ok(session) => session,
        Err(error) => return (visit, Some(error.into())),
    };
    let ended = match session {
        Found::Open(person) => {
            visit.person = Some(*person);
            None
        }
        Found::Ended(session) => Some(*session),
        Found::Nothing => None,
    };
    let (page, parameters) = match found {
        Ok(found) => found,
        Err(known) => {
            // Whoever is not logged in is not told which pages there are.
            let problem = match (known, &visit.person) {
                (Some(methods), Some(_)) => Problem::MethodNotAllowed(methods),
                _ => Problem::NotFound,
            };
            return (visit, Some(problem));
        }
    };
    visit.parameters = parameters;
    if method == Method::POST {
        match request.take_body().into_bytes_limit(MAX_BODY).await {
            Ok(body) => visit.posted = Some(fields(&body)),
            Err(ReadBodyError::PayloadTooLarge) => return (visit, Some(Problem::TooLarge)),
            Err(_) => return (visit, Some(Problem::Unreadable)),
        }
        // NUL is no character that a database takes.
        if visit
            .posted
            .iter()
            .flatten()
            .any(|(name, value)| name.contains('\0') || value.contains('\0'))
        {
            return (visit, Some(Problem::Unreadable));
        }
    }
    if let Some(problem) = refusal(&visit, page, ended.as_ref(), same_site) {
        return (visit, Some(problem));
    }
    if method == Method::GET && visit.cookies.draft.is_some() && has_page(&Method::POST, page.path) {
        match draft::take(&visit).await {
            Ok(draft) => visit.draft = draft,
            Err(problem) => return (visit, Some(problem)),
        }
    }
    (visit, None)
}

/// Whether this person may have this page, with this form.
fn refusal(visit: &Visit, page: &Page, ended: Option<&stored::Session>, same_site: bool) -> Option<Problem> {
    if visit.is_post && !same_site {
        return Some(Problem::ForeignForm);
    }
    let Some(person) = &visit.person else {
        if page.needs == Needs::Nothing {
            return None;
        }
        return Some(match ended {
            Some(session) if visit.is_post && is_own_form(visit) => Problem::Ended(session.account_id),
            _ => Problem::NotLoggedIn,
        });
    };
    if visit.is_post && page.needs != Needs::Nothing && !is_own_form(visit) {
        return Some(Problem::ForeignForm);
    }
    if page.needs.met_by(&person.session.roles) {
        None
    } else if person.session.roles.is_empty() {
        Some(Problem::NoRole)
    } else {
        Some(Problem::Forbidden)
    }
}

/// Whether the form carries the token of the session whose cookie came along. Without a cookie there is nothing to
/// protect, but the login, which goes by [`is_same_site`].
fn is_own_form(visit: &Visit) -> bool {
    let given = visit
        .posted
        .iter()
        .flatten()
        .find(|(name, _)| name == CSRF)
        .map_or("", |(_, value)| value.as_str());
    match &visit.cookies.session {
        Some(token) => token.is_derived(CSRF, given),
        None => true,
    }
}

/// Whether a browser says that the request came from a page of ours. Programs say nothing, and have no cookie.
fn is_same_site(request: &Request, base: &str) -> bool {
    if let Some(site) = request.header("Sec-Fetch-Site") {
        return matches!(site, "same-origin" | "none");
    }
    match request.header(header::ORIGIN) {
        Some(origin) => base
            .strip_prefix(origin)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/')),
        None => true,
    }
}

fn fields(text: &[u8]) -> Fields {
    form_urlencoded::parse(text).into_owned().collect()
}

#[derive(Template)]
#[template(path = "beheer/fout.html")]
struct Explained {
    frame: Frame,
    words: Text,
    reference: Option<Uuid>,
    groups: Option<String>,
    log: Option<String>,
}

/// The page that says why not.
async fn explain(visit: &Visit, problem: Problem) -> Result<Response, Problem> {
    let (status, code) = (problem.status(), problem.code());
    let instance = visit.state.ids.next();
    match &problem {
        Problem::NotLoggedIn => return Ok(to_login(visit)),
        Problem::Ended(account_id) => {
            let mut answer = to_login(visit);
            draft::keep(visit, &mut answer, *account_id).await?;
            return Ok(answer);
        }
        Problem::Forbidden | Problem::NoRole | Problem::ForeignForm => {
            tracing::warn!(
                page = visit.page.map(|page| page.path),
                account = visit
                    .person
                    .as_ref()
                    .map(|person| tracing::field::display(person.session.account)),
                code,
                "beheer: refused"
            );
        }
        _ => log_failure(&problem, instance),
    }
    let allow = match problem {
        Problem::MethodNotAllowed(methods) => Some(methods),
        _ => None,
    };
    let groups = match (&problem, &visit.person) {
        (Problem::NoRole, Some(person)) => Some(person.session.groups.clone()),
        _ => None,
    };
    let reference = matches!(problem, Problem::Internal(_)).then_some(instance);
    let log = match &problem {
        Problem::Gone { log, .. } => log.clone(),
        _ => None,
    };
    let (heading, words) = problem.words();
    let view = Explained {
        frame: Frame::new(visit, &heading).narrow(),
        words,
        reference,
        groups,
        log,
    };
    let mut answer = visit.show_as(status, &view)?;
    if let Some(allow) = allow {
        answer
            .headers_mut()
            .insert(header::ALLOW, HeaderValue::from_static(allow));
    }
    answer.extensions_mut().insert(Refused { instance, code });
    Ok(answer)
}

/// 303 to the login page, which leads back here. An action is not done again by itself: then to its form.
fn to_login(visit: &Visit) -> Response {
    let mut query = form_urlencoded::Serializer::new(String::new());
    let back = visit
        .page
        .filter(|page| has_page(&Method::GET, page.path) && page.path != "/");
    if back.is_some() {
        query.append_pair("verder", &visit.path);
    }
    let query = query.finish();
    if query.is_empty() {
        visit.go("/inloggen")
    } else {
        visit.go(&format!("/inloggen?{query}"))
    }
}

/// What belongs to every answer: a message that was shown is forgotten, and so is the cookie of a draft that was.
async fn finish(visit: &Visit, mut answer: Response) -> Result<Response, Problem> {
    if visit.message_shown.load(Ordering::Relaxed)
        && let Some(person) = &visit.person
    {
        stored::set_message(&visit.state.db, person.session.id, None).await?;
    }
    if visit.is_restored() {
        session::unset(visit, &mut answer, Kept::Draft)?;
    }
    Ok(answer)
}

/// What is not the visitor's doing goes to the log, under the reference that the page tells.
fn log_failure(problem: &Problem, instance: Uuid) {
    match problem {
        Problem::Internal(why) => tracing::error!(why, %instance, "beheer: a page failed"),
        Problem::Unavailable(why) => tracing::warn!(why, "beheer: a page is not available"),
        _ => {}
    }
}

/// When not even a page can be made: no frame, and Dutch only.
fn plain(state: &State, problem: Problem) -> Response {
    let instance = state.ids.next();
    log_failure(&problem, instance);
    let (status, code) = (problem.status(), problem.code());
    let reference = matches!(problem, Problem::Internal(_)).then(|| format!(" {instance}"));
    let (heading, words) = problem.words();
    let [heading, words] = [&heading, &words].map(|text| text.in_language(Language::Nl));
    let mut answer = Response::builder()
        .status(status)
        .header(header::CONTENT_TYPE, "text/html; charset=utf-8")
        .body(format!(
            "<!doctype html><html lang=\"nl\"><title>{heading} – Open Klant beheer</title><h1>{heading}</h1>\
             <p>{words}{}</p><p><a href=\"/beheer/\">Naar het begin</a></p></html>",
            reference.unwrap_or_default()
        ));
    answer.extensions_mut().insert(Refused { instance, code });
    answer
}

fn add_headers(answer: &mut Response) {
    const HEADERS: [(HeaderName, &str); 3] = [
        (header::CACHE_CONTROL, "no-store"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; \
             form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        ),
        (header::REFERRER_POLICY, "same-origin"),
    ];
    for (name, value) in HEADERS {
        answer
            .headers_mut()
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_fits_its_pattern_only() {
        let parameters = fits("/klanten/{uuid}/wijzigen", "/klanten/a%20b/wijzigen");
        assert_eq!(parameters, Some(vec![("uuid", "a b".to_owned())]));
        for other in [
            "/klanten//wijzigen",
            "/klanten/x",
            "/klanten/x/wijzigen/",
            "/klanten/%ff/wijzigen",
        ] {
            assert_eq!(fits("/klanten/{uuid}/wijzigen", other), None, "{other}");
        }
        assert!(owns("/beheer") && owns("/beheer/") && owns("/beheer/x"));
        assert!(!owns("/beheerder") && !owns("/"));
    }

    #[test]
    fn every_page_is_in_the_list_once() {
        let mut seen = Vec::new();
        for page in pages() {
            let key = (page.method.clone(), page.path);
            assert!(!seen.contains(&key), "{key:?}");
            assert!(page.path.starts_with('/'), "{key:?}");
            seen.push(key);
        }
    }
}
