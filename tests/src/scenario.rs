//! Running the scenarios of `tests/scenarios/`: requests and what must come of them, as data. Their form is described
//! in the README there.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use jsonwebtoken::Algorithm;
use openklant_shared::domain::applicatie::Component;
use serde::Deserialize;
use serde_json::Value;

use crate::app::App;
use crate::client::{Call, Client};
use crate::remote::Remote;
use crate::response::Response;
use crate::subset::difference;
use crate::tokens::{bearer, sign};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    scenarios: Vec<Scenario>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Scenario {
    name: String,
    #[serde(default)]
    before: Vec<Before>,
    request: Request,
    answer: Expected,
    message: Option<Value>,
    #[serde(default)]
    after: Vec<After>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Before {
    keep: String,
    post: String,
    body: Value,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Request {
    method: String,
    path: String,
    #[serde(rename = "as")]
    caller: Caller,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    body: Option<Value>,
    text: Option<Text>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    media_type: String,
    content: String,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Caller {
    Someone(Someone),
    Scopes(Vec<String>),
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Someone {
    Everything,
    Nobody,
    Unreadable,
    WithoutClientId,
    UnknownClient,
    IssuedAYearAgo,
    Expired,
    WithAnotherSecret,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    status: u16,
    code: Option<String>,
    params: Option<BTreeSet<(String, String)>>,
    body: Option<Value>,
    #[serde(default)]
    without: Vec<String>,
    #[serde(default)]
    headers: BTreeMap<String, String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct After {
    get: String,
    status: u16,
    body: Option<Value>,
}

/// Runs every scenario of a file on one server, in order, and fails at the end with all that went wrong.
///
/// # Panics
/// When a scenario does not do what its file says, or the file cannot be read.
#[expect(
    clippy::print_stdout,
    reason = "the names of what ran are the report of the test"
)]
pub async fn run(app: &App, file: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios").join(file);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let file: File =
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let names: BTreeSet<&str> = file
        .scenarios
        .iter()
        .map(|scenario| scenario.name.as_str())
        .collect();
    assert_eq!(
        names.len(),
        file.scenarios.len(),
        "names are unique in {}",
        path.display()
    );
    let remote = Remote::start().await;
    let mut failures = Vec::new();
    for scenario in &file.scenarios {
        match run_one(app, &remote, scenario).await {
            Ok(()) => println!("ok: {}", scenario.name),
            Err(complaint) => failures.push(format!("{}: {complaint}", scenario.name)),
        }
    }
    assert!(!file.scenarios.is_empty(), "no scenarios in {}", path.display());
    assert!(
        failures.is_empty(),
        "{} of {} scenarios failed:\n{}",
        failures.len(),
        file.scenarios.len(),
        failures.join("\n\n")
    );
}

async fn run_one(app: &App, remote: &Remote, scenario: &Scenario) -> Result<(), String> {
    let everything = app.client();
    let mut known = Known::new(app, remote);
    for step in &scenario.before {
        let body = known.fill(&step.body);
        let made = everything.post(known.fill_text(&step.post), &body).await;
        if made.status() != 201 {
            return Err(format!(
                "the preparation {:?} was refused\n{}",
                step.keep,
                made.describe()
            ));
        }
        known.keep(&step.keep, &made.json());
    }
    let before = app.outbox().await.len();
    let path = known.fill_text(&scenario.request.path);
    let answer = send(app, &known, &scenario.request, &path).await;
    let answer_body = serde_json::from_slice(answer.bytes()).unwrap_or_default();
    known.keep("answer", &answer_body);
    check_answer(&known, &scenario.answer, &answer, &answer_body)
        .map_err(|complaint| format!("{complaint}\n{}", answer.describe()))?;
    let object = answer_body["url"].as_str().map_or(path, str::to_owned);
    check_message(app, before, scenario.message.as_ref(), &object).await?;
    for step in &scenario.after {
        let answer = everything.get(known.fill_text(&step.get)).await;
        if answer.status() != step.status {
            return Err(format!("afterwards {}: status {}", step.get, answer.status()));
        }
        if let Some(expected) = &step.body
            && let Some(difference) = difference(&known.fill(expected), &answer.json())
        {
            return Err(format!("afterwards {}: {difference}", step.get));
        }
    }
    Ok(())
}

async fn send(app: &App, known: &Known, request: &Request, path: &str) -> Response {
    let component = if path.contains("/contactmomenten/api/") {
        Component::Cmc
    } else {
        Component::Kc
    };
    let mut call: Call = caller(app, component, &request.caller)
        .await
        .request(&request.method, path);
    for (name, value) in &request.headers {
        call = call.header(name, value);
    }
    match (&request.body, &request.text) {
        (Some(body), _) => call.json(&known.fill(body)).await,
        (None, Some(text)) => call.content(&text.media_type, text.content.clone()).await,
        (None, None) => call.await,
    }
}

async fn caller(app: &App, component: Component, caller: &Caller) -> Client {
    match caller {
        Caller::Scopes(scopes) => {
            let scopes: Vec<&str> = scopes.iter().map(String::as_str).collect();
            app.client_within(component, &scopes).await
        }
        Caller::Someone(Someone::Everything) => app.client(),
        Caller::Someone(Someone::Nobody) => app.anonymous(),
        Caller::Someone(Someone::Unreadable) => app.anonymous().authorized(Some(&bearer("abc"))),
        Caller::Someone(Someone::WithoutClientId) => app.with_claims(|claims| {
            claims.as_object_mut().map(|claims| claims.remove("client_id"));
        }),
        Caller::Someone(Someone::UnknownClient) => {
            app.with_claims(|claims| claims["client_id"] = "niet-geregistreerd".into())
        }
        Caller::Someone(Someone::IssuedAYearAgo) => {
            let then = app.clock().now() - chrono::TimeDelta::days(365);
            app.with_claims(|claims| claims["iat"] = then.timestamp().into())
        }
        Caller::Someone(Someone::Expired) => {
            let then = app.clock().now() - chrono::TimeDelta::hours(1);
            app.with_claims(|claims| claims["exp"] = then.timestamp().into())
        }
        Caller::Someone(Someone::WithAnotherSecret) => {
            let claims = app.credential().claims(app.clock().now());
            app.with_token(&sign(Algorithm::HS256, "een ander geheim", &claims))
        }
    }
}

fn check_answer(known: &Known, expected: &Expected, answer: &Response, body: &Value) -> Result<(), String> {
    if let Some(code) = &expected.code {
        answer.check_fault(expected.status, code)?;
    } else if answer.status() != expected.status {
        return Err(format!(
            "status {} instead of {}",
            answer.status(),
            expected.status
        ));
    }
    if let Some(params) = &expected.params {
        let found: BTreeSet<(String, String)> = answer.invalid_params().into_iter().collect();
        if found != *params {
            return Err(format!("invalidParams {found:?} instead of {params:?}"));
        }
    }
    if let Some(difference) = expected
        .body
        .as_ref()
        .and_then(|expected| difference(&known.fill(expected), body))
    {
        return Err(format!("body {difference}"));
    }
    if let Some(key) = expected.without.iter().find(|key| body.get(key).is_some()) {
        return Err(format!("body has a key {key:?}"));
    }
    for (name, value) in &expected.headers {
        let value = known.fill_text(value);
        if answer.header(name) != Some(value.as_str()) {
            return Err(format!(
                "header {name}: {:?} instead of {value:?}",
                answer.header(name)
            ));
        }
    }
    Ok(())
}

/// Exactly one message about `object` when one is expected, otherwise none.
async fn check_message(
    app: &App,
    before: usize,
    expected: Option<&Value>,
    object: &str,
) -> Result<(), String> {
    let queued: Vec<Value> = app.outbox().await[before..]
        .iter()
        .map(crate::probe::Queued::message)
        .collect();
    let Some(expected) = expected else {
        return if queued.is_empty() {
            Ok(())
        } else {
            Err(format!("a message where none was expected: {queued:?}"))
        };
    };
    let [message] = &queued[..] else {
        return Err(format!("{} messages instead of one", queued.len()));
    };
    if message["hoofdObject"] != object || message["resourceUrl"] != object {
        return Err(format!("a message about something else than {object}: {message}"));
    }
    difference(expected, message).map_or(Ok(()), |difference| Err(format!("message {difference}")))
}

/// What the placeholders of a scenario stand for.
struct Known(BTreeMap<String, String>);

impl Known {
    fn new(app: &App, remote: &Remote) -> Self {
        Self(BTreeMap::from([
            ("${base}".to_owned(), app.base()),
            ("${remote}".to_owned(), remote.base()),
        ]))
    }

    /// Keeps the `url` of an answer under a name.
    fn keep(&mut self, name: &str, body: &Value) {
        if let Some(url) = body["url"].as_str() {
            self.0.insert(format!("${{{name}.url}}"), url.to_owned());
        }
    }

    fn fill_text(&self, text: &str) -> String {
        self.0
            .iter()
            .fold(text.to_owned(), |text, (name, value)| text.replace(name, value))
    }

    fn fill(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.fill_text(text)),
            Value::Array(items) => items.iter().map(|item| self.fill(item)).collect(),
            Value::Object(fields) => fields
                .iter()
                .map(|(key, field)| (key.clone(), self.fill(field)))
                .collect(),
            _ => value.clone(),
        }
    }
}
