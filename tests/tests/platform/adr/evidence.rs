//! Answers of every kind that the API gives, gathered once for all rules.

use std::collections::BTreeMap;

use openklant_tests::fixtures::{
    BSN, CONTACTMOMENTEN, KLANTEN, NOBODY, contactmoment, contactmoment_with, klant, klant_with,
};
use openklant_tests::{App, Response};
use serde_json::{Value, json};

use crate::resources::rows;

/// A page that may call the API.
pub const ORIGIN: &str = "https://kcc.waterdam.example";

/// What is asked of an API.
pub struct Questions {
    pub base: &'static str,
    list: &'static str,
    body: Value,
    change: Value,
    /// A body with three faults.
    faulty: Value,
    /// The names of those.
    pub faults: [&'static str; 3],
    misspelt: &'static str,
}

/// What is asked of each API.
pub fn questions() -> [Questions; 2] {
    let long = BSN.repeat(2);
    [
        Questions {
            base: "/klanten/api/v1",
            list: KLANTEN,
            body: klant("A1"),
            change: json!({"voornaam": "Fen"}),
            faulty: klant_with(
                "A2",
                &json!({"voornaam": ["x"], "emailadres": "x", "bronorganisatie": long}),
            ),
            faults: ["bronorganisatie", "emailadres", "voornaam"],
            misspelt: "subjectNatuurlijkPersoon__bsn",
        },
        Questions {
            base: "/contactmomenten/api/v1",
            list: CONTACTMOMENTEN,
            body: contactmoment(),
            change: json!({"kanaal": "chat"}),
            faulty: contactmoment_with(&json!({"kanaal": ["x"], "medewerker": "x", "bronorganisatie": long})),
            faults: ["bronorganisatie", "kanaal", "medewerker"],
            misspelt: "klant__bsn",
        },
    ]
}

/// Answers of every kind, and what was in the database around them.
pub struct Evidence {
    pub questions: Questions,
    pub document: Value,
    pub answers: BTreeMap<&'static str, Response>,
    pub before_reading: Vec<i64>,
    pub after_reading: Vec<i64>,
    pub after_deleting: Vec<i64>,
    pub after_deleting_again: Vec<i64>,
}

impl Evidence {
    pub async fn gather(app: &App, questions: Questions) -> Self {
        let client = app.client();
        let (base, list) = (questions.base, questions.list);
        let mut answers = BTreeMap::new();
        let made = client.post(list, &questions.body).await.expect(201);
        let url = made.url();
        let trail = format!("{url}/audittrail");
        answers.insert("made", made);
        let before_reading = rows(app).await;
        answers.insert("list", client.get(list).await);
        answers.insert("list, head", client.head(list).await);
        let read = client.get(&url).await;
        let tag = read.header("etag").unwrap_or_default().to_owned();
        answers.insert("read", read);
        answers.insert("read, head", client.head(&url).await);
        answers.insert(
            "not modified",
            client.get(&url).header("If-None-Match", &tag).await,
        );
        answers.insert("audit trail", client.get(&trail).await);
        answers.insert("options", client.options(list).await);
        answers.insert(
            "from an allowed page",
            client.get(&url).header("Origin", ORIGIN).await,
        );
        answers.insert(
            "from another page",
            client.get(&url).header("Origin", "https://elders.example").await,
        );
        let after_reading = rows(app).await;
        answers.insert("patched", client.patch(&url, &questions.change).await);
        answers.insert("put", client.put(&url, &questions.body).await);
        answers.insert(
            "other version",
            client.patch(&url, &json!({})).header("If-Match", "\"x\"").await,
        );
        answers.insert("wrong method", client.delete(list).await);
        answers.insert("unknown method", client.request("BREW", list).await);
        answers.insert("trailing slash", client.get(format!("{list}/")).await);
        answers.insert("unknown path", client.get(format!("{base}/nergens")).await);
        answers.insert("unknown object", client.get(format!("{list}/{NOBODY}")).await);
        answers.insert("no token", app.anonymous().get(list).await);
        answers.insert("no page", client.get(format!("{list}?page=7")).await);
        answers.insert(
            "not acceptable",
            client.get(list).header("Accept", "text/html").await,
        );
        answers.insert(
            "no JSON",
            client
                .request("POST", list)
                .content("application/json", "{")
                .await,
        );
        answers.insert(
            "wrong kind",
            client.request("POST", list).content("text/plain", "x").await,
        );
        let large = " ".repeat(1024 * 1024 + 1);
        answers.insert(
            "too large",
            client
                .request("POST", list)
                .content("application/json", large)
                .await,
        );
        answers.insert("invalid", client.post(list, &questions.faulty).await);
        let misspelt = format!("{list}?{}={BSN}", questions.misspelt);
        answers.insert("unknown filter", client.get(misspelt).await);
        answers.insert("removed", client.delete(&url).await);
        let after_deleting = rows(app).await;
        answers.insert("removed again", client.delete(&url).await);
        let after_deleting_again = rows(app).await;
        answers.insert("root", app.anonymous().get(format!("{base}/")).await);
        let document = app.anonymous().get(format!("{base}/openapi.json")).await;
        let described = document.json();
        answers.insert("document", document);
        answers.insert(
            "document, YAML",
            app.anonymous().get(format!("{base}/openapi.yaml")).await,
        );
        Self {
            questions,
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
