//! What is done to one message. The form says in which state it was seen; when that is another by now, nothing is done.

use std::sync::Arc;

use openklant_shared::domain::delivery::State;
use openklant_shared::steering::{self, Action, Run};
use openklant_shared::storage::outbox_filter::{MessageFilter, MessageRef};
use openklant_shared::storage::outbox_look::{self, Detail, Row};
use poem::Response;

use super::message::{self, Deeds, MOST_NOTE, number};
use super::{MESSAGES, TITLE, words};
use crate::beheer::confirm::{self, Confirm, VERSION};
use crate::beheer::form::Form;
use crate::beheer::language::Text;
use crate::beheer::page::Frame;
use crate::beheer::problem::Problem;
use crate::beheer::visit::Visit;

/// `…/opnieuw`: has it sent, whatever that is called in its state.
pub async fn retry(visit: Arc<Visit>) -> Result<Response, Problem> {
    let detail = found(&visit).await?;
    let row = &detail.row;
    if visit.is_post() {
        let form = Form::empty(&visit);
        let filter = seen(&form, row)?;
        let (action, said) = if filter.states == [State::Delivered] {
            (
                Action::Replay(filter),
                Text::new(
                    "Het bericht staat nog een keer in de wachtrij, als nieuw bericht.",
                    "The message is in the queue once more, as a new one.",
                ),
            )
        } else {
            (
                Action::Retry(filter),
                Text::new(
                    "Het bericht wordt opnieuw geprobeerd.",
                    "The message is tried again.",
                ),
            )
        };
        return done(&visit, row.id, action, None, said).await;
    }
    let Some(yes) = Deeds::of(row).again else {
        return Err(too_late(row.state()));
    };
    let mut what_happens = vec![match row.state() {
        Some(State::Delivered) => Text::new(
            "Hetzelfde bericht wordt nog een keer verzonden, als nieuw bericht achteraan in de wachtrij. Afnemers die het al hadden, krijgen het nog een keer.",
            "The same message is sent once more, as a new one at the end of the queue. Subscribers that had it get it again.",
        ),
        _ => Text::new(
            "Het bericht wordt meteen geprobeerd, zodra de verzending aanstaat en de Notificaties API antwoordt.",
            "The message is tried at once, as soon as sending is on and the Notificaties API answers.",
        ),
    }];
    if row.state() != Some(State::Delivered) {
        what_happens.push(Text::new(
            "De pogingen worden opnieuw geteld.",
            "Its attempts are counted anew.",
        ));
    }
    if row.is_behind() {
        what_happens.push(Text::new(
            "Een ouder bericht over hetzelfde object is nog niet klaar. Dit bericht wacht daarop.",
            "An older message about the same object is not finished. This one waits for it.",
        ));
    }
    if detail.neighbours.newer_delivered > 0 && row.state() != Some(State::Delivered) {
        what_happens.push(message::order(detail.neighbours.newer_delivered));
    }
    ask(&visit, row, yes, what_happens, None).show(&visit, &Form::empty(&visit))
}

/// `…/annuleren`.
pub async fn cancel(visit: Arc<Visit>) -> Result<Response, Problem> {
    let detail = found(&visit).await?;
    let row = &detail.row;
    let mut form = Form::empty(&visit);
    if visit.is_post() {
        let reason = confirm::reason(&mut form);
        if form.is_right() {
            let action = Action::Cancel(seen(&form, row)?);
            let said = Text::new("Het bericht is geannuleerd.", "The message is cancelled.");
            return done(&visit, row.id, action, Some(reason), said).await;
        }
    }
    if !Deeds::of(row).cancel {
        return Err(too_late(row.state()));
    }
    let what_happens = vec![
        Text::new(
            "Afnemers horen dan nooit van deze wijziging.",
            "Subscribers will never hear of this change.",
        ),
        Text::new(
            "Latere berichten over hetzelfde object hoeven er niet meer op te wachten.",
            "Later messages about the same object need not wait for it any more.",
        ),
    ];
    let irreversible = Text::new(
        "Tot het wordt opgeruimd kunt u het bericht weer in de wachtrij zetten.",
        "Until it is cleaned up you can put the message back into the queue.",
    );
    let yes = Text::new("Bericht annuleren", "Cancel message");
    ask(&visit, row, yes, what_happens, Some(irreversible)).show(&visit, &form)
}

/// `POST …/notitie`.
pub async fn note(visit: Arc<Visit>) -> Result<Response, Problem> {
    let id = number(&visit)?;
    let mut form = Form::empty(&visit);
    let text = form.value("notitie").to_owned();
    if text.is_empty() {
        form.refuse("notitie", Text::new("Vul een notitie in", "Write a note"));
    } else if text.chars().count() > MOST_NOTE {
        form.refuse(
            "notitie",
            Text::new(
                "De notitie is te lang: hoogstens 500 tekens",
                "The note is too long: at most 500 characters",
            ),
        );
    }
    if !form.is_right() {
        return message::page(&visit, &form).await;
    }
    let db = &visit.state.db;
    outbox_look::find(db, id).await?.ok_or(Problem::NotFound)?;
    steering::note(db, &visit.person()?.session.name, id, &text, visit.now).await?;
    visit
        .go_and_say(
            &format!("/wachtrij/berichten/{id}"),
            Text::new("De notitie is opgeslagen.", "The note is saved."),
        )
        .await
}

async fn found(visit: &Visit) -> Result<Detail, Problem> {
    outbox_look::detail(&visit.state.db, number(visit)?)
        .await?
        .ok_or(Problem::NotFound)
}

/// The message in the state that the form saw.
fn seen(form: &Form, row: &Row) -> Result<MessageFilter, Problem> {
    let state = State::from_name(form.value(VERSION)).ok_or_else(|| too_late(row.state()))?;
    if row.state() != Some(state) {
        return Err(too_late(row.state()));
    }
    Ok(MessageFilter {
        messages: vec![MessageRef::Number(row.id)],
        states: vec![state],
        ..MessageFilter::default()
    })
}

/// Does it, if the message is still as it was seen.
async fn done(
    visit: &Visit,
    id: i64,
    action: Action,
    reason: Option<String>,
    said: Text,
) -> Result<Response, Problem> {
    let state = &visit.state;
    let session = &visit.person()?.session;
    let command = action.command();
    let mut run = Run::new(action, session.name.clone(), (1, id), visit.now);
    if let Some(reason) = reason {
        run = run.because(reason);
    }
    run.finish(&state.db, &state.clock, &state.ids, |_| {}).await?;
    if run.done() == 0 {
        let row = outbox_look::find(&state.db, id).await?.ok_or(Problem::NotFound)?;
        return Err(too_late(row.state()));
    }
    tracing::info!(account = %session.account, command, messages = run.done(), "beheer: the queue was steered");
    visit.go_and_say(&format!("/wachtrij/berichten/{id}"), said).await
}

/// It is not as it was seen, or such that it cannot be done.
fn too_late(state: Option<State>) -> Problem {
    Problem::Conflict(match state {
        Some(State::Delivering) => Text::new(
            "Dit bericht wordt op dit moment verzonden. Er is niets gedaan.",
            "This message is being sent at this moment. Nothing was done.",
        ),
        Some(state) => Text::in_both(|language| {
            let state = words::state(state);
            format!(
                "{} {}. {}",
                language.pick("Dit bericht is intussen:", "This message is by now:"),
                state.in_language(language),
                language.pick("Er is niets gedaan.", "Nothing was done.")
            )
        }),
        None => Text::new("Er is niets gedaan.", "Nothing was done."),
    })
}

fn ask(visit: &Visit, row: &Row, yes: Text, what_happens: Vec<Text>, irreversible: Option<Text>) -> Confirm {
    let id = row.id;
    let back = format!("/wachtrij/berichten/{id}");
    let is_danger = irreversible.is_some();
    let language = visit.language;
    let title = Text::in_both(|language| {
        format!(
            "{} {id}: {}?",
            language.pick("Bericht", "Message"),
            yes.in_language(language).to_lowercase()
        )
    });
    Confirm {
        frame: Frame::new(visit, &title)
            .crumb("/wachtrij", TITLE.in_language(language))
            .crumb("/wachtrij/berichten", MESSAGES.in_language(language))
            .crumb(back.clone(), id.to_string())
            .last_crumb(yes.in_language(language)),
        what_happens,
        irreversible,
        asks_reason: is_danger,
        yes,
        no: if is_danger {
            Text::new("Niet annuleren", "Do not cancel")
        } else {
            Text::new("Niets doen", "Do nothing")
        },
        back,
        is_danger,
        hidden: vec![(VERSION, row.state().map_or("", State::name).to_owned())],
    }
}
