//! Several clients write one klant at the same time, in any order that comes about. Whatever it was, it must be one order:
//! the trail tells it, and every answer, every condition and every message must agree with that.

use futures_util::future::join_all;
use openklant_tests::fixtures::{KLANTEN, klant};
use openklant_tests::laws::law;
use openklant_tests::{App, Client, on_both};
use proptest::collection::vec;
use proptest::prelude::{Strategy, any};
use proptest::prop_oneof;
use proptest::test_runner::TestCaseError;
use serde_json::{Value, json};

/// Clients that write at the same time.
const CLIENTS: usize = 3;

/// The most that one of them does.
const MOST_STEPS: usize = 4;

/// What a client does.
#[derive(Clone, Copy, Debug)]
enum Step {
    /// Changes one field; `on_what_was_read`: only when the klant is still as this client last saw it.
    Patch { field: Field, on_what_was_read: bool },
    /// Writes the whole klant as it was last seen, with one other field, only when it is still so.
    Put(Field),
    /// Removes it.
    Delete { on_what_was_read: bool },
}

#[derive(Clone, Copy, Debug)]
enum Field {
    Voornaam,
    Achternaam,
}

impl Field {
    const fn name(self) -> &'static str {
        match self {
            Self::Voornaam => "voornaam",
            Self::Achternaam => "achternaam",
        }
    }
}

fn field() -> impl Strategy<Value = Field> {
    prop_oneof![
        proptest::strategy::Just(Field::Voornaam),
        proptest::strategy::Just(Field::Achternaam)
    ]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        5 => (field(), any::<bool>()).prop_map(|(field, on_what_was_read)| Step::Patch { field, on_what_was_read }),
        4 => field().prop_map(Step::Put),
        1 => any::<bool>().prop_map(|on_what_was_read| Step::Delete { on_what_was_read }),
    ]
}

/// What one step came to.
#[derive(Debug)]
struct Done {
    step: Step,
    /// The value that no other step writes.
    mark: String,
    /// What the client had seen, when the step was only for that.
    seen: Option<Value>,
    status: u16,
    answer: Value,
}

/// What the client knows of the klant.
struct Seen {
    body: Value,
    etag: String,
}

async fn look(client: &Client, url: &str) -> Option<Seen> {
    let answer = client.get(url).await;
    (answer.status() == 200).then(|| Seen {
        etag: answer.header("etag").unwrap_or_default().to_owned(),
        body: answer.json(),
    })
}

/// One client takes its steps, one after the other.
async fn work(client: Client, url: &str, name: usize, steps: &[Step]) -> Vec<Done> {
    let mut done = Vec::new();
    for (nr, step) in steps.iter().enumerate() {
        let Some(seen) = look(&client, url).await else {
            break;
        };
        let mark = format!("client {name} stap {nr}");
        let (call, is_conditional) = match *step {
            Step::Patch {
                field,
                on_what_was_read,
            } => (client.patch(url, &json!({field.name(): mark})), on_what_was_read),
            Step::Put(field) => {
                let mut body = seen.body.clone();
                body[field.name()] = json!(mark);
                (client.put(url, &body), true)
            }
            Step::Delete { on_what_was_read } => (client.delete(url), on_what_was_read),
        };
        let call = if is_conditional {
            call.header("If-Match", &seen.etag)
        } else {
            call
        };
        let answer = call.await;
        done.push(Done {
            step: *step,
            mark,
            seen: is_conditional.then_some(seen.body),
            status: answer.status(),
            answer: if answer.status() == 200 {
                answer.json()
            } else {
                Value::Null
            },
        });
    }
    done
}

/// One row of the trail: what was done, to what, with what result.
#[derive(Debug)]
struct Row {
    actie: String,
    before: Value,
    after: Value,
}

async fn trail(app: &App, url: &str) -> Vec<Row> {
    let column = |expression: &str| {
        format!("SELECT {expression} FROM audittrail WHERE resource_url = '{url}' ORDER BY id")
    };
    let acties = app.probe().texts(&column("actie")).await;
    let before = app
        .probe()
        .texts(&column("coalesce(CAST(oud AS TEXT), 'null')"))
        .await;
    let after = app
        .probe()
        .texts(&column("coalesce(CAST(nieuw AS TEXT), 'null')"))
        .await;
    let read = |text: &String| serde_json::from_str(text).expect("a trail holds JSON");
    acties
        .into_iter()
        .zip(before.iter().map(read).zip(after.iter().map(read)))
        .map(|(actie, (before, after))| Row { actie, before, after })
        .collect()
}

fn demand(holds: bool, what: impl FnOnce() -> String) -> Result<(), TestCaseError> {
    if holds {
        Ok(())
    } else {
        Err(TestCaseError::fail(what()))
    }
}

/// The place in the trail of a step that succeeded.
fn place(rows: &[Row], done: &Done) -> Option<usize> {
    rows.iter().position(|row| match done.step {
        Step::Patch { field, .. } | Step::Put(field) => {
            row.after[field.name()] == json!(done.mark) && row.before[field.name()] != json!(done.mark)
        }
        Step::Delete { .. } => row.actie == "destroy",
    })
}

/// Holds the steps of all clients against the one order that the trail tells.
fn agrees(rows: &[Row], clients: &[Vec<Done>]) -> Result<(), TestCaseError> {
    let chain = rows.windows(2).all(|pair| pair[0].after == pair[1].before);
    demand(chain && rows[0].before == Value::Null, || {
        format!("no chain: {rows:#?}")
    })?;
    let mut explained = 1;
    for steps in clients {
        let mut last = 0;
        for done in steps {
            let found = place(rows, done);
            let tell = || format!("{done:#?}\nin {rows:#?}");
            match done.status {
                200 | 204 => {
                    let Some(found) = found else {
                        return Err(TestCaseError::fail(format!("lost: {}", tell())));
                    };
                    let row = &rows[found];
                    explained += 1;
                    demand(found > last, || {
                        format!("before what the same client did earlier: {}", tell())
                    })?;
                    last = found;
                    demand(row.after == done.answer, || format!("another answer: {}", tell()))?;
                    let mut expected = done.seen.clone().unwrap_or_else(|| row.before.clone());
                    demand(done.seen.is_none() || row.before == expected, || {
                        format!("not the version that was seen: {}", tell())
                    })?;
                    match done.step {
                        Step::Patch { field, .. } | Step::Put(field) => {
                            expected[field.name()] = json!(done.mark);
                        }
                        Step::Delete { .. } => expected = Value::Null,
                    }
                    demand(row.after == expected, || {
                        format!("more or less than was asked: {}", tell())
                    })?;
                }
                412 => {
                    let moved_on = rows.iter().any(|row| Some(&row.before) == done.seen.as_ref());
                    demand(moved_on, || format!("refused without a reason: {}", tell()))?;
                    let is_delete = matches!(done.step, Step::Delete { .. });
                    demand(is_delete || found.is_none(), || {
                        format!("refused and done: {}", tell())
                    })?;
                }
                404 => demand(rows.iter().any(|row| row.actie == "destroy"), || {
                    format!("not gone: {}", tell())
                })?,
                _ => return Err(TestCaseError::fail(tell())),
            }
        }
    }
    demand(explained == rows.len(), || {
        format!(
            "{explained} of {} rows are explained: {rows:#?}\n{clients:#?}",
            rows.len()
        )
    })
}

on_both! {
    async fn writes_at_the_same_time_are_as_if_one_came_after_the_other(app: App) {
        law(&vec(vec(step(), 1..=MOST_STEPS), CLIENTS), async |scripts| {
            let number = (app.probe().count("audittrail").await + 1).to_string();
            let client = app.client();
            let url = client.post(KLANTEN, &klant(&number)).await.expect(201).url();
            let clients = join_all(
                scripts.iter().enumerate().map(|(name, steps)| work(client.clone(), &url, name, steps)),
            )
            .await;
            let rows = trail(&app, &url).await;
            agrees(&rows, &clients)?;
            let last = &rows.last().expect("the klant was made").after;
            let shown = client.get(&url).await;
            let is_last = if *last == Value::Null {
                shown.status() == 404
            } else {
                shown.status() == 200 && shown.json() == *last
            };
            demand(is_last, || format!("{}\ninstead of {last}", shown.describe()))?;
            let messages: Vec<String> = app
                .probe()
                .outbox()
                .await
                .iter()
                .map(openklant_tests::probe::Queued::message)
                .filter(|message| message["hoofdObject"] == json!(url))
                .map(|message| message["actie"].as_str().unwrap_or_default().to_owned())
                .collect();
            let acties: Vec<&str> = rows.iter().map(|row| row.actie.as_str()).collect();
            demand(messages == acties, || format!("messages {messages:?}, trail {acties:?}"))
        });
    }
}
