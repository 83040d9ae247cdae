//! The management site as a browser without a script sees it: cookies, forms, redirects that it follows or not.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use openklant_shared::beheer::token::Token;
use openklant_shared::beheer::{password, totp};
use openklant_shared::clock::Ids;
use openklant_shared::domain::beheer::Role;
use openklant_shared::settings::Secret;
use openklant_shared::storage::beheer::account::{self, NewAccount};
use openklant_shared::storage::beheer::session;
use url::form_urlencoded;

use crate::app::App;
use crate::client::Client;
use crate::response::Response;

/// The password of every account of the tests.
pub const PASSWORD: &str = "een wachtwoord voor tests";

/// The hash of it: making one takes long.
fn password_hash() -> &'static str {
    static HASH: std::sync::OnceLock<String> = std::sync::OnceLock::new();
    HASH.get_or_init(|| password::hash(PASSWORD).expect("a password can be hashed"))
}

/// A person with an account.
#[derive(Clone, Debug)]
pub struct Person {
    /// What they type to log in.
    pub login: String,
    /// The secret of their second factor.
    pub totp: Secret,
}

impl Person {
    /// The code their app shows now.
    pub fn code(&self, app: &App) -> String {
        totp::code(&self.totp, app.clock().now()).expect("a code")
    }
}

/// A browser: it keeps cookies and follows nothing by itself.
#[derive(Debug)]
pub struct Browser {
    client: Client,
    cookies: BTreeMap<String, String>,
}

impl App {
    /// A local account with these roles.
    pub async fn person(&self, login: &str, roles: &[Role]) -> Person {
        let totp = totp::new_secret().expect("a secret");
        let new = NewAccount {
            uuid: Ids::Random.next(),
            login,
            name: &format!("Naam van {login}"),
            email: "",
            roles,
            password_hash: password_hash(),
            totp: &totp,
        };
        let mut tx = self.db().begin().await.expect("a transaction");
        account::insert_local(&mut tx, &new, self.clock().now())
            .await
            .expect("an account can be added");
        tx.commit().await.expect("the account is kept");
        Person {
            login: login.to_owned(),
            totp,
        }
    }

    /// A browser without cookies.
    pub fn browser(&self) -> Browser {
        Browser::at(self.anonymous())
    }

    /// A browser in which somebody new with these roles is logged in. Past the login page, which takes its time.
    pub async fn logged_in(&self, roles: &[Role]) -> Browser {
        let login = format!("wie-{}", Ids::Random.next().simple());
        self.person(&login, roles).await;
        let account = account::find_local(self.db(), &login)
            .await
            .expect("accounts can be read")
            .expect("the account is there");
        let token = Token::random().expect("a token");
        let mut tx = self.db().begin().await.expect("a transaction");
        session::insert(&mut tx, &token, account.id, self.clock().now(), None, "")
            .await
            .expect("a session can be added");
        tx.commit().await.expect("the session is kept");
        let mut browser = self.browser();
        browser.set_cookie("openklant_beheer", token.expose());
        browser
    }
}

impl Browser {
    /// A browser without cookies, at another server.
    pub fn at(client: Client) -> Self {
        Self {
            client,
            cookies: BTreeMap::new(),
        }
    }

    /// GET of a page, `/beheer/…`.
    pub async fn get(&mut self, path: &str) -> Response {
        self.send("GET", path, &[], None).await
    }

    /// GET with more headers.
    pub async fn get_with(&mut self, path: &str, headers: &[(&str, &str)]) -> Response {
        self.send("GET", path, headers, None).await
    }

    /// POST of these fields and nothing else.
    pub async fn post_raw(&mut self, path: &str, fields: &[(&str, &str)]) -> Response {
        self.post_with(path, &[], fields).await
    }

    /// The same with more headers.
    pub async fn post_with(
        &mut self,
        path: &str,
        headers: &[(&str, &str)],
        fields: &[(&str, &str)],
    ) -> Response {
        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        self.send("POST", path, headers, Some(body)).await
    }

    /// POST of these fields with the token of the session, as a form of the site sends them.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Response {
        let csrf = self.csrf().await;
        let mut all = vec![("csrf", csrf.as_str())];
        all.extend_from_slice(fields);
        self.post_raw(path, &all).await
    }

    /// The token of the session, from the account page.
    pub async fn csrf(&mut self) -> String {
        let page = self.get("/beheer/account").await;
        hidden(page.text(), "csrf").unwrap_or_default()
    }

    /// Where an answer leads.
    pub async fn follow(&mut self, answer: &Response) -> Response {
        let to = answer
            .header("location")
            .expect("an answer that leads on")
            .to_owned();
        self.get(&to).await
    }

    /// Logs somebody in. The clock of the test is moved by a step, so that the code was not used before.
    pub async fn log_in(&mut self, app: &App, person: &Person) -> Response {
        app.clock().advance(TimeDelta::seconds(30));
        let fields = [
            ("gebruiker", person.login.as_str()),
            ("wachtwoord", PASSWORD),
            ("code", &person.code(app)),
        ];
        let csrf = self.login_csrf().await;
        let mut all = vec![("csrf", csrf.as_str())];
        all.extend_from_slice(&fields);
        let answer = self.post_raw("/beheer/inloggen", &all).await;
        assert_eq!(
            answer.status(),
            303,
            "{} logs in: {}",
            person.login,
            answer.text()
        );
        answer
    }

    /// The token of the login form: empty without a session.
    pub async fn login_csrf(&mut self) -> String {
        let page = self.get("/beheer/inloggen").await;
        hidden(page.text(), "csrf").unwrap_or_default()
    }

    /// A cookie; `None` when the browser has none of that name.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies.get(name).map(String::as_str)
    }

    /// Gives the browser a cookie.
    pub fn set_cookie(&mut self, name: &str, value: &str) {
        self.cookies.insert(name.to_owned(), value.to_owned());
    }

    async fn send(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<String>,
    ) -> Response {
        let mut call = self.client.request(method, path);
        if !self.cookies.is_empty() {
            let pairs: Vec<String> = self
                .cookies
                .iter()
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            call = call.header("Cookie", &pairs.join("; "));
        }
        for (name, value) in headers {
            call = call.header(name, value);
        }
        if let Some(body) = body {
            call = call.content("application/x-www-form-urlencoded", body);
        }
        let answer = call.await;
        for (name, value) in answer.headers() {
            if name.eq_ignore_ascii_case("set-cookie") {
                let pair = value.split(';').next().unwrap_or_default();
                if let Some((name, value)) = pair.split_once('=') {
                    if value.is_empty() {
                        self.cookies.remove(name);
                    } else {
                        self.cookies.insert(name.to_owned(), value.to_owned());
                    }
                }
            }
        }
        answer
    }
}

/// The value of a hidden field in a page.
pub fn hidden(page: &str, name: &str) -> Option<String> {
    let start = format!("<input type=\"hidden\" name=\"{name}\" value=\"");
    let (_, rest) = page.split_once(&start)?;
    Some(rest.split('"').next()?.to_owned())
}

/// The fields of the form in the content of a page, as a browser would send them; without those of buttons.
pub fn fields(page: &str) -> Vec<(String, String)> {
    let mut rest = between(page, "<main", "</main>");
    let mut fields = Vec::new();
    while let Some((_, from)) = rest.split_once('<') {
        let (tag, after) = from.split_once('>').unwrap_or((from, ""));
        rest = after;
        let name = attribute(tag, "name");
        let value = match tag.split(' ').next() {
            Some("input") if tag.contains("type=\"checkbox\"") || tag.contains("type=\"radio\"") => {
                tag.ends_with(" checked").then(|| attribute(tag, "value"))
            }
            Some("input") => Some(attribute(tag, "value")),
            Some("textarea") => {
                let text = after.split("</textarea>").next().unwrap_or_default();
                Some(unescape(text.strip_prefix('\n').unwrap_or(text)).replace('\n', "\r\n"))
            }
            Some("select") => {
                let options = after.split("</select>").next().unwrap_or_default();
                let chosen = options
                    .split("<option")
                    .find(|option| option.contains(" selected>"));
                Some(chosen.map_or_else(String::new, |option| attribute(option, "value")))
            }
            _ => None,
        };
        if let Some(value) = value.filter(|_| !name.is_empty()) {
            fields.push((name, value));
        }
    }
    fields
}

/// The fields of a form with some typed over.
pub fn typed<'a>(fields: &'a [(String, String)], over: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut all: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .filter(|(name, _)| over.iter().all(|(other, _)| other != name))
        .collect();
    all.extend_from_slice(over);
    all
}

fn attribute(tag: &str, name: &str) -> String {
    unescape(between(tag, &format!(" {name}=\""), "\""))
}

fn unescape(text: &str) -> String {
    let marks = [
        ("&#60;", "<"),
        ("&#62;", ">"),
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&#38;", "&"),
    ];
    marks.iter().fold(text.to_owned(), |text, (escaped, mark)| {
        text.replace(escaped, mark)
    })
}

/// The title of a page.
pub fn title(page: &str) -> &str {
    between(page, "<title>", "</title>")
}

/// What stands between two texts in a page; empty when they are not there.
pub fn between<'a>(page: &'a str, start: &str, end: &str) -> &'a str {
    page.split_once(start)
        .and_then(|(_, rest)| rest.split_once(end))
        .map_or("", |(text, _)| text)
}
