//! Answers of every kind that the API gives, gathered once for all rules.

use std::collections::BTreeMap;

use openklant_tests::fixtures::{BSN, KLANTEN, NOBODY, klant, klant_with};
use openklant_tests::{App, Response};
use serde_json::{Value, json};

const BASE: &str = "/klanten/api/v1";

/// A page that may call the API.
pub const ORIGIN: &str = "https://kcc.waterdam.example";

/// Answers of every kind, and what was in the database around them.
pub struct Evidence {
    pub document: Value,
    pub answers: BTreeMap<&'static str, Response>,
    pub before_reading: [i64; 3],
    pub after_reading: [i64; 3],
    pub after_deleting: [i64; 3],
    pub after_deleting_again: [i64; 3],
}

impl Evidence {
    pub async fn gather(app: &App) -> Self {
        let client = app.client();
        let mut answers = BTreeMap::new();
        let made = client.post(KLANTEN, &klant("A1")).await.expect(201);
        let url = made.url();
        let trail = format!("{url}/audittrail");
        answers.insert("made", made);
        let before_reading = app.probe().traces().await;
        answers.insert("list", client.get(KLANTEN).await);
        answers.insert("list, head", client.head(KLANTEN).await);
        let read = client.get(&url).await;
        let tag = read.header("etag").unwrap_or_default().to_owned();
        answers.insert("read", read);
        answers.insert("read, head", client.head(&url).await);
        answers.insert(
            "not modified",
            client.get(&url).header("If-None-Match", &tag).await,
        );
        answers.insert("audit trail", client.get(&trail).await);
        answers.insert("options", client.options(KLANTEN).await);
        answers.insert(
            "from an allowed page",
            client.get(&url).header("Origin", ORIGIN).await,
        );
        answers.insert(
            "from another page",
            client.get(&url).header("Origin", "https://elders.example").await,
        );
        let after_reading = app.probe().traces().await;
        answers.insert("patched", client.patch(&url, &json!({"voornaam": "Fen"})).await);
        answers.insert("put", client.put(&url, &klant("A1")).await);
        answers.insert(
            "other version",
            client.patch(&url, &json!({})).header("If-Match", "\"x\"").await,
        );
        answers.insert("wrong method", client.delete(KLANTEN).await);
        answers.insert("unknown method", client.request("BREW", KLANTEN).await);
        answers.insert("trailing slash", client.get(format!("{KLANTEN}/")).await);
        answers.insert("unknown path", client.get(format!("{BASE}/nergens")).await);
        answers.insert("unknown object", client.get(format!("{KLANTEN}/{NOBODY}")).await);
        answers.insert("no token", app.anonymous().get(KLANTEN).await);
        answers.insert("no page", client.get(format!("{KLANTEN}?page=7")).await);
        answers.insert(
            "not acceptable",
            client.get(KLANTEN).header("Accept", "text/html").await,
        );
        answers.insert(
            "no JSON",
            client
                .request("POST", KLANTEN)
                .content("application/json", "{")
                .await,
        );
        answers.insert(
            "wrong kind",
            client.request("POST", KLANTEN).content("text/plain", "x").await,
        );
        let large = " ".repeat(1024 * 1024 + 1);
        answers.insert(
            "too large",
            client
                .request("POST", KLANTEN)
                .content("application/json", large)
                .await,
        );
        let faulty = klant_with(
            "A2",
            &json!({"voornaam": ["x"], "emailadres": "x", "bronorganisatie": BSN.repeat(2)}),
        );
        answers.insert("invalid", client.post(KLANTEN, &faulty).await);
        let misspelt = format!("{KLANTEN}?subjectNatuurlijkPersoon__bsn={BSN}");
        answers.insert("unknown filter", client.get(misspelt).await);
        answers.insert("removed", client.delete(&url).await);
        let after_deleting = app.probe().traces().await;
        answers.insert("removed again", client.delete(&url).await);
        let after_deleting_again = app.probe().traces().await;
        answers.insert("root", app.anonymous().get(format!("{BASE}/")).await);
        let document = app.anonymous().get(format!("{BASE}/openapi.json")).await;
        let described = document.json();
        answers.insert("document", document);
        answers.insert(
            "document, YAML",
            app.anonymous().get(format!("{BASE}/openapi.yaml")).await,
        );
        Self {
            document: described,
            answers,
            before_reading,
            after_reading,
            after_deleting,
            after_deleting_again,
        }
    }

    pub fn answer(&self, name: &str) -> &Response {
        self.answers
            .get(name)
            .unwrap_or_else(|| panic!("no answer {name:?}"))
    }

    pub fn paths(&self) -> impl Iterator<Item = &String> {
        self.document["paths"]
            .as_object()
            .into_iter()
            .flat_map(|paths| paths.keys())
    }

    pub fn operations(&self) -> impl Iterator<Item = (&String, &Value)> {
        let items = self.document["paths"]
            .as_object()
            .into_iter()
            .flat_map(|paths| paths.values());
        items.filter_map(Value::as_object).flatten()
    }

    /// Asks something of every answer.
    pub fn of_every_answer(&self, question: impl Fn(&Response) -> Result<(), String>) -> Result<(), String> {
        for (name, answer) in &self.answers {
            question(answer).map_err(|complaint| format!("{name}: {complaint}\n{}", answer.describe()))?;
        }
        Ok(())
    }
}

pub fn demand(condition: bool, complaint: impl Into<String>) -> Result<(), String> {
    if condition { Ok(()) } else { Err(complaint.into()) }
}
