//! One message: why it stands still, its attempts with what was answered, its place among those of its object, and what
//! operators did to it.

use std::sync::Arc;

use askama::Template;
use chrono::TimeDelta;
use openklant_shared::domain::delivery::{Class, State};
use openklant_shared::storage::outbox::Attempt;
use openklant_shared::storage::outbox_look::{self, Detail, MOST_NEIGHBOURS};
use poem::Response;

use super::words::{self, Badge, Event};
use super::{MESSAGES, TITLE};
use crate::beheer::filters;
use crate::beheer::form::Form;
use crate::beheer::language::{Language, Text};
use crate::beheer::moment as times;
use crate::beheer::page::Frame;
use crate::beheer::problem::Problem;
use crate::beheer::visit::Visit;

/// Most characters of a note.
pub const MOST_NOTE: usize = 500;

/// An attempt as the page shows it.
struct Shown {
    attempt: Attempt,
    badge: Badge,
    took: String,
    pause: Option<String>,
    advice: Text,
}

/// What can be done with a message in its state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deeds {
    /// What having it sent is called; `None`: it cannot be.
    pub again: Option<Text>,
    /// Whether it can be cancelled.
    pub cancel: bool,
}

impl Deeds {
    /// For a message.
    pub fn of(row: &outbox_look::Row) -> Self {
        let again = match row.state() {
            Some(State::Pending) => Some(Text::new("Nu proberen", "Try now")),
            Some(State::Parked) => Some(Text::new("Opnieuw proberen", "Try again")),
            Some(State::Cancelled) => Some(Text::new("Weer in de wachtrij", "Back into the queue")),
            // A message that is a repetition itself: the first one can be repeated.
            Some(State::Delivered) if row.origin != "replay" => {
                Some(Text::new("Nog een keer verzenden", "Send once more"))
            }
            _ => None,
        };
        Self {
            again,
            cancel: row
                .state()
                .is_some_and(|state| State::unfinished().contains(&state)),
        }
    }
}

#[derive(Template)]
#[template(path = "beheer/wachtrij/bericht.html")]
struct View<'a> {
    frame: Frame,
    detail: &'a Detail,
    event: Event,
    badge: Badge,
    deeds: Deeds,
    why: Vec<Text>,
    is_error: bool,
    attempts: Vec<Shown>,
    content: String,
    place: Text,
    origin: Text,
    is_pending: bool,
    form: &'a Form,
}

/// The page.
pub async fn show(visit: Arc<Visit>) -> Result<Response, Problem> {
    page(&visit, &Form::empty(&visit)).await
}

/// The number of the message in the path.
///
/// # Errors
/// 404 when it is none.
pub fn number(visit: &Visit) -> Result<i64, Problem> {
    visit.parameter("id").parse().map_err(|_| Problem::NotFound)
}

/// The page with what somebody typed as a note.
pub async fn page(visit: &Visit, form: &Form) -> Result<Response, Problem> {
    let detail = outbox_look::detail(&visit.state.db, number(visit)?)
        .await?
        .ok_or(Problem::NotFound)?;
    let row = &detail.row;
    let language = visit.language;
    let event = words::event(row);
    let id = row.id;
    let named = event.text.in_language(language).to_owned();
    let title = Text::made(format!("Bericht {id}"), format!("Message {id}"));
    let view = View {
        frame: Frame::new(visit, &title)
            .heading(format!("{}: {named}", title.in_language(language)))
            .crumb("/wachtrij", TITLE.in_language(language))
            .crumb("/wachtrij/berichten", MESSAGES.in_language(language))
            .last_crumb(id.to_string())
            .about(form),
        badge: words::badge(row),
        deeds: Deeds::of(row),
        why: why(&detail),
        is_error: row.state() == Some(State::Parked),
        attempts: attempts(&detail, language),
        content: pretty(&row.message),
        place: place(&detail),
        origin: match row.origin.as_str() {
            "replay" => Text::new("opnieuw verzonden door een operator", "sent again by an operator"),
            "reemit" => Text::new("opnieuw opgesteld door een operator", "made anew by an operator"),
            _ => Text::new("een wijziging", "a change"),
        },
        is_pending: row.state() == Some(State::Pending),
        event,
        form,
        detail: &detail,
    };
    visit.show_form(form, &view)
}

/// The message in lines; as it is when it is no JSON.
fn pretty(message: &str) -> String {
    serde_json::from_str::<serde_json::Value>(message)
        .and_then(|message| serde_json::to_string_pretty(&message))
        .unwrap_or_else(|_| message.to_owned())
}

fn attempts(detail: &Detail, language: Language) -> Vec<Shown> {
    let mut newer = None;
    let mut shown = Vec::new();
    for attempt in &detail.attempts {
        let end = attempt.started_at + TimeDelta::milliseconds(attempt.duration_ms);
        let next = newer
            .or_else(|| (detail.row.state() == Some(State::Pending)).then_some(detail.row.next_attempt_at));
        let class = Class::from_name(&attempt.class);
        let words = words::stored_class(Some(&attempt.class));
        let text = match attempt.status {
            Some(status) => Text::in_both(|language| format!("{status} {}", words.in_language(language))),
            None => words,
        };
        shown.push(Shown {
            badge: Badge {
                kind: match class {
                    Some(Class::Delivered) => "ok",
                    Some(Class::Refused) => "error",
                    _ => "warn",
                },
                text,
            },
            took: format!("{} ms", times::number(attempt.duration_ms, language)),
            pause: next
                .and_then(|next| (next - end).to_std().ok())
                .map(|pause| words::took(pause, language)),
            advice: class.map_or_else(|| Text::same(""), advice),
            attempt: attempt.clone(),
        });
        newer = Some(attempt.started_at);
    }
    shown
}

/// What a class means for a message.
const fn advice(class: Class) -> Text {
    match class {
        Class::Delivered => Text::new(
            "De Notificaties API heeft het bericht aangenomen.",
            "The Notificaties API took the message.",
        ),
        Class::Temporary => Text::new(
            "De Notificaties API gaf geen antwoord, of zei “nu niet”. Wachten helpt.",
            "The Notificaties API did not answer, or said “not now”. Waiting helps.",
        ),
        Class::Clock => Text::new(
            "Geweigerd omdat onze klok voorloopt op die van de Notificaties API. Wachten helpt; laat de klokken nakijken.",
            "Refused because our clock is ahead of that of the Notificaties API. Waiting helps; have the clocks checked.",
        ),
        Class::Kanaal => Text::new(
            "Geweigerd omdat het kanaal daar niet geregistreerd is. Dat gebeurt vanzelf; de taak kanalen laat zien of het lukt.",
            "Refused because the kanaal is not registered there. That is done by itself; the job kanalen shows whether it works.",
        ),
        Class::Denied => Text::new(
            "Geen toegang: het client-id, het geheim of de autorisatie klopt niet. Wachten helpt niet: iemand moet dat herstellen.",
            "No access: client id, secret or autorisatie is wrong. Waiting does not help: somebody has to mend it.",
        ),
        Class::Endpoint => Text::new(
            "Wat er antwoordde is geen Notificaties API. Wachten helpt niet: controleer OPENKLANT_NOTIFICATIES_API_ROOT.",
            "What answered is no Notificaties API. Waiting does not help: check OPENKLANT_NOTIFICATIES_API_ROOT.",
        ),
        Class::Refused => Text::new(
            "De Notificaties API heeft dit bericht geweigerd; het antwoord hieronder zegt waarom. Opnieuw proberen helpt pas als daar iets is veranderd.",
            "The Notificaties API refused this message; its answer below says why. Trying again helps only when something has changed there.",
        ),
    }
}

/// Why it stands still, and what its order means.
fn why(detail: &Detail) -> Vec<Text> {
    let row = &detail.row;
    let mut lines = Vec::new();
    let class = row.last_class.as_deref().and_then(Class::from_name);
    match row.state() {
        Some(State::Pending) if row.is_behind() => lines.push(Text::new(
            "Een ouder bericht over hetzelfde object is nog niet klaar. Dit bericht gaat daarna: afnemers krijgen wijzigingen op volgorde.",
            "An older message about the same object is not finished. This one goes after it: subscribers get changes in their order.",
        )),
        Some(State::Pending) if row.attempts > 0 => lines.extend(class.map(advice)),
        Some(State::Parked) => {
            lines.extend(class.map(advice));
            if class == Some(Class::Temporary) {
                lines.push(Text::new(
                    "Het is zo lang geprobeerd als de instellingen toestaan.",
                    "It was tried for as long as the settings allow.",
                ));
            }
        }
        Some(State::Cancelled) => lines.push(Text::new(
            "Iemand heeft besloten dat dit bericht niet verzonden wordt. Afnemers weten niet van deze wijziging.",
            "Somebody decided that this message is not sent. Subscribers do not know of this change.",
        )),
        _ => {}
    }
    if !lines.is_empty() && detail.neighbours.newer_delivered > 0 {
        lines.push(order(detail.neighbours.newer_delivered));
    }
    lines
}

/// What sending it now means for the order.
pub fn order(newer: i64) -> Text {
    match newer {
        1 => Text::new(
            "1 later bericht over hetzelfde object is al aanvaard. Als u dit bericht alsnog verzendt, komt het dus daarna aan.",
            "1 later message about the same object was accepted already. If you send this one now, it arrives after it.",
        ),
        newer => Text::in_both(|language| {
            let newer = times::number(newer, language);
            match language {
                Language::Nl => format!(
                    "{newer} latere berichten over hetzelfde object zijn al aanvaard. Als u dit bericht alsnog verzendt, komt het dus na die {newer} aan."
                ),
                Language::En => format!(
                    "{newer} later messages about the same object were accepted already. If you send this one now, it arrives after those {newer}."
                ),
            }
        }),
    }
}

/// Its place among the messages of its object.
fn place(detail: &Detail) -> Text {
    let neighbours = detail.neighbours;
    if neighbours.all >= MOST_NEIGHBOURS {
        return Text::new(
            "een van meer dan 1.000 over dit object",
            "one of more than 1,000 about this object",
        );
    }
    let (nr, all) = (neighbours.older + 1, neighbours.all);
    Text::made(
        format!("{nr}e van {all} over dit object"),
        format!("number {nr} of {all} about this object"),
    )
}
