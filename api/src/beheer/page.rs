//! A page in the list of pages, and the frame that every page stands in.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use askama::Template;
use poem::Response;
use poem::http::{Method, StatusCode, header};

use super::form::Form;
use super::language::{Language, Text};
use super::problem::Problem;
use super::rights::{Needs, Right};
use super::visit::{Message, Visit};
use super::{PAGES, form, session, statisch, wachtrij};

/// What a handler gives.
pub type Handled = Pin<Box<dyn Future<Output = Result<Response, Problem>> + Send>>;

/// A page, or an action on one.
#[derive(Debug)]
pub struct Page {
    /// GET shows, POST acts.
    pub method: Method,
    /// Path below the site; variable parts in braces.
    pub path: &'static str,
    /// Name in the menu, in the notice of an expired session, and in the log.
    pub name: Text,
    /// Who may have it.
    pub needs: Needs,
    /// Whether the menu has it.
    pub in_menu: bool,
    /// What answers.
    pub handler: fn(Arc<Visit>) -> Handled,
}

impl Page {
    /// A page that is shown.
    pub const fn get(
        path: &'static str,
        name: Text,
        needs: Needs,
        handler: fn(Arc<Visit>) -> Handled,
    ) -> Self {
        Self::new(Method::GET, path, name, needs, handler)
    }

    /// An action. A form posts to its own address, so that what was typed finds its form again after a login.
    pub const fn post(
        path: &'static str,
        name: Text,
        needs: Needs,
        handler: fn(Arc<Visit>) -> Handled,
    ) -> Self {
        Self::new(Method::POST, path, name, needs, handler)
    }

    const fn new(
        method: Method,
        path: &'static str,
        name: Text,
        needs: Needs,
        handler: fn(Arc<Visit>) -> Handled,
    ) -> Self {
        Self {
            method,
            path,
            name,
            needs,
            in_menu: false,
            handler,
        }
    }

    /// Whether it is an action.
    pub fn is_post(&self) -> bool {
        self.method == Method::POST
    }

    /// Puts it in the menu, which has the order of the list.
    #[must_use]
    pub const fn in_menu(mut self) -> Self {
        self.in_menu = true;
        self
    }
}

/// An entry of the menu.
#[derive(Clone, Debug)]
pub struct MenuEntry {
    /// Path below the site.
    pub path: &'static str,
    /// Its name.
    pub name: &'static Text,
    /// `page` on the page itself, `true` below it, empty elsewhere.
    pub current: &'static str,
    /// Parked messages, at the queue.
    pub parked: i64,
}

/// A step of the breadcrumbs.
#[derive(Clone, Debug)]
pub struct Crumb {
    /// Path below the site.
    pub path: String,
    /// What it says.
    pub text: String,
}

/// What stands around the content of a page. Every view has one in a field `frame`.
#[derive(Clone, Debug)]
pub struct Frame {
    /// The language of the page.
    pub language: Language,
    /// `light` or `dark`; empty: as the device.
    pub theme: &'static str,
    /// In the window: never a name, a number or a text that was searched for.
    pub title: String,
    /// The heading of the page.
    pub heading: String,
    /// Name of the installation; empty: the real one.
    pub environment: String,
    /// Whose register it is.
    pub organisation: String,
    /// Name of the person; empty: nobody is logged in.
    pub person: String,
    /// When the session ends at the latest, for the script.
    pub ends_at: String,
    /// The token of the forms.
    pub csrf: String,
    /// The menu.
    pub menu: Vec<MenuEntry>,
    /// Whether there is a search box, and what stands in it.
    pub search: Option<String>,
    /// Breadcrumbs before the page itself; the page is the last.
    pub crumbs: Vec<Crumb>,
    /// Text of the last crumb; empty: no breadcrumbs.
    pub last_crumb: String,
    /// The line for this page.
    pub message: Option<Message>,
    /// Whether the content is narrow: forms, questions.
    pub narrow: bool,
    /// Whether it shows what was typed before a session ended.
    pub restored: bool,
    /// This page, for the switch of the language.
    pub here: String,
    /// Path of the style sheet.
    pub style: String,
    /// Path of the script.
    pub script: String,
}

impl Frame {
    /// The frame of a page with this title, which is also its heading until another is given.
    pub fn new(visit: &Visit, title: &Text) -> Self {
        let title = title.in_language(visit.language).to_owned();
        let settings = &visit.state.settings.beheer;
        let person = visit.person.as_ref();
        Self {
            language: visit.language,
            theme: person.map_or("", |person| person.preferences.theme()),
            heading: title.clone(),
            last_crumb: if person.is_some() {
                title.clone()
            } else {
                String::new()
            },
            title,
            environment: settings.environment.clone().unwrap_or_default(),
            organisation: settings.organisation.clone().unwrap_or_default(),
            person: person.map_or_else(String::new, |person| person.session.name.clone()),
            ends_at: person
                .and_then(|person| session::end(&person.session, &visit.state.settings.beheer))
                .map_or_else(String::new, |end| {
                    (end - chrono::TimeDelta::minutes(5))
                        .format("%Y-%m-%dT%H:%M:%SZ")
                        .to_string()
                }),
            csrf: person.map_or_else(String::new, |person| person.token.derive(form::CSRF)),
            menu: menu(visit),
            search: (visit.may(Right::KlantenLezen) && has_page(&Method::POST, "/zoeken")).then(String::new),
            crumbs: Vec::new(),
            message: visit.message(),
            narrow: false,
            restored: visit.is_restored(),
            here: visit.path.clone(),
            style: statisch::style(),
            script: statisch::script(),
        }
    }

    /// Another heading than the title, such as one with a name in it.
    #[must_use]
    pub fn heading(mut self, heading: impl Into<String>) -> Self {
        self.heading = heading.into();
        self.last_crumb.clone_from(&self.heading);
        self
    }

    /// A step of the breadcrumbs between the start and this page.
    #[must_use]
    pub fn crumb(mut self, path: impl Into<String>, text: impl Into<String>) -> Self {
        self.crumbs.push(Crumb {
            path: path.into(),
            text: text.into(),
        });
        self
    }

    /// Another text for the last step than the heading.
    #[must_use]
    pub fn last_crumb(mut self, text: impl Into<String>) -> Self {
        self.last_crumb = text.into();
        self
    }

    /// A page with a form or a question.
    #[must_use]
    pub fn narrow(mut self) -> Self {
        self.narrow = true;
        self
    }

    /// What stands in the search box.
    #[must_use]
    pub fn searched(mut self, text: impl Into<String>) -> Self {
        self.search = self.search.map(|_| text.into());
        self
    }

    /// Says in the title that something is wrong with the form.
    #[must_use]
    pub fn about(mut self, form: &Form) -> Self {
        if !form.is_right() {
            self.title = format!("{}: {}", self.language.pick("Fout", "Error"), self.title);
        }
        self
    }
}

fn menu(visit: &Visit) -> Vec<MenuEntry> {
    if visit.person.is_none() {
        return Vec::new();
    }
    pages()
        .filter(|page| page.in_menu && visit.meets(page.needs))
        .map(|page| MenuEntry {
            path: page.path,
            name: &page.name,
            current: if visit.path == page.path {
                "page"
            } else if is_below(&visit.path, page.path) {
                "true"
            } else {
                ""
            },
            parked: if page.path == wachtrij::PATH {
                visit.parked
            } else {
                0
            },
        })
        .collect()
}

fn is_below(path: &str, parent: &str) -> bool {
    parent != "/"
        && path
            .strip_prefix(parent)
            .is_some_and(|rest| rest.starts_with('/'))
}

/// Every page and action of the site.
pub fn pages() -> impl Iterator<Item = &'static Page> {
    PAGES.iter().flat_map(|pages| pages.iter())
}

/// Whether the list has a page with this method and exactly this path.
pub fn has_page(method: &Method, path: &str) -> bool {
    pages().any(|page| page.method == *method && page.path == path)
}

impl Visit {
    /// A page, 200.
    ///
    /// # Errors
    /// The template failed.
    pub fn show(&self, view: &impl Template) -> Result<Response, Problem> {
        self.show_as(StatusCode::OK, view)
    }

    /// A form: 200, or 422 when something is wrong with it.
    ///
    /// # Errors
    /// The template failed.
    pub fn show_form(&self, form: &Form, view: &impl Template) -> Result<Response, Problem> {
        let status = if form.is_right() {
            StatusCode::OK
        } else {
            StatusCode::UNPROCESSABLE_ENTITY
        };
        self.show_as(status, view)
    }

    /// A page with a status of its own.
    ///
    /// # Errors
    /// The template failed.
    pub fn show_as(&self, status: StatusCode, view: &impl Template) -> Result<Response, Problem> {
        let page = view.render_with_values(&self.around())?;
        Ok(Response::builder()
            .status(status)
            .header(header::CONTENT_TYPE, "text/html; charset=utf-8")
            .header(header::CONTENT_LANGUAGE, self.language.code())
            .body(page))
    }
}
