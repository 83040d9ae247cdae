//! What is done to many messages at once: first a page that counts, then, up to the highest number that the page knew,
//! the doing. When there are many more by then, it asks again. A first batch is done at once, the rest behind the scenes;
//! the overview shows how far it is, and stops it.

use std::sync::Arc;

use askama::Template;
use openklant_shared::domain::delivery::State as MessageState;
use openklant_shared::domain::notificatie::{KANALEN, Kanaal};
use openklant_shared::steering::{self, Action, BATCH, Reemit, Run, Turn};
use openklant_shared::storage::operator_log;
use openklant_shared::storage::outbox_filter::MessageFilter;
use openklant_shared::storage::outbox_look::{self, Begin, Row};
use openklant_shared::storage::outbox_monitor::Order;
use openklant_shared::storage::outbox_reemit::SubjectFilter;
use poem::Response;

use super::list::{self, FILTERS};
use super::{MESSAGES, TITLE, words};
use crate::beheer::confirm::{self, Confirm};
use crate::beheer::filters;
use crate::beheer::form::Form;
use crate::beheer::language::{Language, Text};
use crate::beheer::list::Asked;
use crate::beheer::moment as times;
use crate::beheer::page::Frame;
use crate::beheer::problem::Problem;
use crate::beheer::visit::Visit;
use crate::state::State;

/// Fields of the question: how many there were, and the highest number.
const COUNT: &str = "aantal";
const HIGHEST: &str = "tot-en-met";

/// How many may be under way at a time, over all servers.
const MOST_UNDER_WAY: i64 = 5;

/// Filters of sending again.
const REPLAY: [&str; 4] = ["kanaal", "object", "vanaf", "tot"];

/// Filters of making anew.
const REEMIT: [&str; 3] = ["kanaal", "object", "vanaf"];

/// `/wachtrij/opnieuw-proberen`: all that the list found.
pub async fn retry(visit: Arc<Visit>) -> Result<Response, Problem> {
    found(&visit, false).await
}

/// `/wachtrij/annuleren`: all that the list found.
pub async fn cancel(visit: Arc<Visit>) -> Result<Response, Problem> {
    found(&visit, true).await
}

async fn found(visit: &Visit, is_cancel: bool) -> Result<Response, Problem> {
    let mut asked = Asked::of(visit, &FILTERS);
    let chosen = list::chosen(&mut asked);
    let may = chosen
        .state
        .is_some_and(|state| MessageState::unfinished().contains(&state));
    let back = format!("/wachtrij/berichten?{}", chosen.query);
    if asked.wrong().is_some() || !may {
        // The list says what is wrong with it.
        return Ok(visit.go("/wachtrij/berichten"));
    }
    let filter = chosen.filter;
    let (first, last) = ends(visit, &filter).await?;
    let mut what_happens = vec![if is_cancel {
        Text::new(
            "Afnemers horen dan nooit van deze wijzigingen.",
            "Subscribers will never hear of these changes.",
        )
    } else {
        Text::new(
            "Ze worden meteen geprobeerd, op volgorde per object; hun pogingen worden opnieuw geteld.",
            "They are tried at once, in the order of each object; their attempts are counted anew.",
        )
    }];
    what_happens.extend(examples(&first, last.as_ref()));
    let (verb_nl, verb_en) = if is_cancel {
        ("annuleren", "cancel")
    } else {
        ("opnieuw proberen", "try again")
    };
    let question = Question {
        action: if is_cancel {
            Action::Cancel(filter)
        } else {
            Action::Retry(filter)
        },
        verbs: (verb_nl, verb_en),
        what_happens,
        back,
        crumb: Some(("/wachtrij/berichten", MESSAGES)),
        is_danger: is_cancel,
    };
    question.answer(visit).await
}

/// The first five, and the last.
async fn ends(visit: &Visit, filter: &MessageFilter) -> Result<(Vec<Row>, Option<Row>), Problem> {
    let db = &visit.state.db;
    let first = outbox_look::page(db, filter, Order::OldestFirst, Begin::First, 5).await?;
    let last = outbox_look::page(db, filter, Order::NewestFirst, Begin::First, 1).await?;
    Ok((first, last.into_iter().next()))
}

fn examples(first: &[Row], last: Option<&Row>) -> Vec<Text> {
    let (Some(oldest), Some(newest)) = (first.first(), last) else {
        return Vec::new();
    };
    let named =
        |row: &Row, language| format!("{} ({})", row.id, words::event(row).text.in_language(language));
    let range = Text::in_both(|language| {
        let (oldest_at, newest_at) = (
            times::moment(oldest.created_at, newest.created_at, language, true),
            times::moment(newest.created_at, oldest.created_at, language, true),
        );
        let at = |moment: &str| {
            moment
                .trim_start_matches(language.pick("vandaag ", "today "))
                .to_owned()
        };
        let (from, until) = (named(oldest, language), named(newest, language));
        match language {
            Language::Nl => format!(
                "Van bericht {from}, gemaakt {}, tot en met {until}, gemaakt {}.",
                at(&oldest_at),
                at(&newest_at)
            ),
            Language::En => format!(
                "From message {from}, made {}, up to {until}, made {}.",
                at(&oldest_at),
                at(&newest_at)
            ),
        }
    });
    let some = Text::in_both(|language| {
        let some: Vec<String> = first.iter().map(|row| named(row, language)).collect();
        format!(
            "{}: {}.",
            language.pick("De eerste", "The first"),
            some.join(", ")
        )
    });
    vec![range, some]
}

/// A question about many messages.
struct Question {
    action: Action,
    /// What is done, in both languages.
    verbs: (&'static str, &'static str),
    what_happens: Vec<Text>,
    back: String,
    crumb: Option<(&'static str, Text)>,
    is_danger: bool,
}

impl Question {
    /// Asks, or does it.
    async fn answer(self, visit: &Visit) -> Result<Response, Problem> {
        let (count, newest) = self.action.count(&visit.state.db).await?;
        let Some(newest) = newest else {
            let text = Text::new(
                "Er zijn geen berichten die het betreft.",
                "There are no such messages.",
            );
            visit.say("info", &text).await?;
            return Ok(visit.go(&self.back));
        };
        let mut form = Form::empty(visit);
        if visit.is_post() {
            let seen: Option<i64> = form.value(COUNT).parse().ok();
            let highest: Option<i64> = form.value(HIGHEST).parse().ok();
            let reason = confirm::reason(&mut form);
            if let (Some(seen), Some(highest)) = (seen, highest) {
                if count > seen.saturating_add(seen / 10) {
                    form.refuse(
                        confirm::REASON,
                        Text::in_both(|language| {
                            let (seen, count) = (times::number(seen, language), times::number(count, language));
                            match language {
                                Language::Nl => format!("Het zijn er intussen {count}, in plaats van {seen}. Kijk of u dat ook wilt, en bevestig opnieuw"),
                                Language::En => format!("By now there are {count} instead of {seen}. See whether you want that too, and confirm again"),
                            }
                        }),
                    );
                }
                if form.is_right() {
                    return self.begin(visit, (count, highest.min(newest)), reason).await;
                }
            } else {
                form.refuse(
                    confirm::REASON,
                    Text::new(
                        "Het formulier is niet volledig. Bevestig opnieuw",
                        "The form is not complete. Confirm again",
                    ),
                );
            }
        }
        self.ask(visit, &form, count, newest)
    }

    fn ask(self, visit: &Visit, form: &Form, count: i64, newest: i64) -> Result<Response, Problem> {
        let (nl, en) = self.verbs;
        let language = visit.language;
        let messages = |language: Language| match count {
            1 => language.pick("1 bericht", "1 message").to_owned(),
            count => format!(
                "{} {}",
                times::number(count, language),
                language.pick("berichten", "messages")
            ),
        };
        let title = Text::made(
            format!("{} {nl}?", messages(Language::Nl)),
            format!("{} {}?", capital(en), messages(Language::En)),
        );
        let mut frame = Frame::new(visit, &title).crumb("/wachtrij", TITLE.in_language(language));
        if let Some((path, text)) = &self.crumb {
            frame = frame.crumb(*path, text.in_language(language));
        }
        let ask = Confirm {
            frame,
            what_happens: self.what_happens,
            irreversible: self.is_danger.then(|| {
                Text::new(
                    "Geannuleerde berichten kunt u tot de opruiming alleen een voor een terugzetten.",
                    "Until they are cleaned up, cancelled messages can be put back one by one only.",
                )
            }),
            asks_reason: true,
            yes: Text::made(
                format!("{} {nl}", messages(Language::Nl)),
                format!("{} {}", capital(en), messages(Language::En)),
            ),
            no: Text::new("Niets doen", "Do nothing"),
            back: self.back,
            is_danger: self.is_danger,
            hidden: vec![(COUNT, count.to_string()), (HIGHEST, newest.to_string())],
        };
        ask.show(visit, form)
    }

    /// Does a first batch, and leaves the rest to go on behind the scenes.
    async fn begin(
        self,
        visit: &Visit,
        (count, up_to): (i64, i64),
        reason: String,
    ) -> Result<Response, Problem> {
        let state = &visit.state;
        let session = &visit.person()?.session;
        if count > BATCH {
            check_room(visit).await?;
        }
        let command = self.action.command();
        let mut run = Run::new(self.action, session.name.clone(), (count, up_to), visit.now).because(reason);
        let turn = run.batch(&state.db, &state.clock, &state.ids).await?;
        tracing::info!(account = %session.account, command, messages = count, "beheer: the queue was steered");
        let text = if turn == Turn::Ended || count <= BATCH {
            run.finish(&state.db, &state.clock, &state.ids, |_| {}).await?;
            let done = i64::try_from(run.done()).unwrap_or(i64::MAX);
            Text::in_both(|language| {
                let done = times::number(done, language);
                format!(
                    "{}: {done} {}.",
                    language.pick("Gedaan", "Done"),
                    language.pick("berichten", "messages")
                )
            })
        } else {
            go_on(Arc::clone(state), run, command);
            Text::new(
                "Het is begonnen. Hieronder ziet u hoe ver het is.",
                "It has begun. Below you see how far it is.",
            )
        };
        visit.go_and_say("/wachtrij", text).await
    }
}

/// Not too much at a time: each takes the database of everybody.
async fn check_room(visit: &Visit) -> Result<(), Problem> {
    let mut tx = visit.state.db.snapshot().await?;
    let under_way = operator_log::under_way(&mut tx, MOST_UNDER_WAY).await?;
    tx.rollback().await?;
    let busy = under_way.iter().filter(|one| !one.is_cut_off(visit.now)).count();
    if i64::try_from(busy).unwrap_or(i64::MAX) >= MOST_UNDER_WAY {
        return Err(Problem::TooMany(Text::new(
            "Er lopen al vijf opdrachten. Wacht tot er een klaar is. Er is niets gedaan.",
            "Five are under way already. Wait until one has ended. Nothing was done.",
        )));
    }
    Ok(())
}

fn go_on(state: Arc<State>, mut run: Run, command: &'static str) {
    tokio::spawn(async move {
        let outcome = run.finish(&state.db, &state.clock, &state.ids, |_| {}).await;
        let messages = run.done();
        match outcome {
            Ok(_) => tracing::info!(command, messages, "beheer: what was steered has ended"),
            Err(error) => {
                tracing::error!(command, messages, %error, "beheer: what was steered was cut off; what was done is done");
            }
        }
    });
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// `POST /wachtrij/opdrachten/{id}/stoppen`.
pub async fn stop(visit: Arc<Visit>) -> Result<Response, Problem> {
    let id = super::message::number(&visit)?;
    let session = &visit.person()?.session;
    if !steering::stop(&visit.state.db, id, &session.name, visit.now).await? {
        return Err(Problem::Conflict(Text::new(
            "Dit was al klaar. Er is niets gedaan.",
            "This had ended already. Nothing was done.",
        )));
    }
    tracing::info!(account = %session.account, command = "outbox stop", "beheer: the queue was steered");
    let said = Text::new(
        "Het is gestopt. Wat gedaan is, blijft gedaan.",
        "It was stopped. What was done stays done.",
    );
    visit.go_and_say("/wachtrij", said).await
}

#[derive(Template)]
#[template(path = "beheer/wachtrij/opnieuw.html")]
struct View {
    frame: Frame,
    wrong: Option<Text>,
    is_replay: bool,
    kanalen: Vec<&'static str>,
}

/// The form that asks which messages, or which objects.
fn which(visit: &Visit, is_replay: bool, wrong: Option<&Text>) -> Result<Response, Problem> {
    let title = if is_replay {
        Text::new("Opnieuw verzenden", "Send again")
    } else {
        Text::new("Opnieuw opstellen", "Make anew")
    };
    visit.show(&View {
        frame: Frame::new(visit, &title)
            .crumb("/wachtrij", TITLE.in_language(visit.language))
            .narrow(),
        wrong: wrong.cloned(),
        is_replay,
        kanalen: KANALEN.iter().map(|kanaal| kanaal.naam).collect(),
    })
}

fn kanaal(text: &str) -> Option<&'static Kanaal> {
    KANALEN.into_iter().find(|kanaal| kanaal.naam == text)
}

/// `/wachtrij/opnieuw-verzenden`: stored messages once more, unchanged.
pub async fn replay(visit: Arc<Visit>) -> Result<Response, Problem> {
    let mut asked = Asked::of(&visit, &REPLAY);
    let filter = MessageFilter {
        kanaal: asked.read("kanaal", kanaal).map(|kanaal| kanaal.naam.to_owned()),
        object: asked.read("object", list::object),
        since: asked.read("vanaf", times::typed),
        until: asked.read("tot", times::typed),
        ..MessageFilter::default()
    };
    if !asked.is_filtered() || asked.wrong().is_some() {
        return which(&visit, true, asked.wrong());
    }
    let mut what_happens = vec![Text::new(
        "Afnemers die deze berichten al hadden, krijgen ze nog een keer, als nieuwe berichten met dezelfde inhoud.",
        "Subscribers that had these messages get them again, as new messages with the same content.",
    )];
    if !visit.is_post() {
        if filter.kanaal.is_none() {
            what_happens.push(per_kanaal(&visit, &filter).await?);
        }
        let delivered = MessageFilter {
            states: vec![MessageState::Delivered],
            ..filter.clone()
        };
        let (first, last) = ends(&visit, &delivered).await?;
        what_happens.extend(examples(&first, last.as_ref()));
    }
    let question = Question {
        action: Action::Replay(filter),
        verbs: ("opnieuw verzenden", "send again"),
        what_happens,
        back: "/wachtrij".to_owned(),
        crumb: None,
        is_danger: false,
    };
    question.answer(&visit).await
}

async fn per_kanaal(visit: &Visit, filter: &MessageFilter) -> Result<Text, Problem> {
    let mut parts = Vec::new();
    for kanaal in KANALEN {
        let one = MessageFilter {
            kanaal: Some(kanaal.naam.to_owned()),
            ..filter.clone()
        };
        let (count, _) = Action::Replay(one).count(&visit.state.db).await?;
        parts.push((kanaal.naam, count));
    }
    Ok(Text::in_both(|language| {
        let parts: Vec<String> = parts
            .iter()
            .map(|(naam, count)| format!("{naam} {}", times::number(*count, language)))
            .collect();
        format!(
            "{}: {}.",
            language.pick("Per kanaal", "Per kanaal"),
            parts.join(", ")
        )
    }))
}

/// `/wachtrij/opnieuw-opstellen`: new messages of objects as they are now.
pub async fn reemit(visit: Arc<Visit>) -> Result<Response, Problem> {
    let settings = &visit.state.settings;
    if settings.notificaties.disabled {
        return Err(Problem::Conflict(Text::new(
            "Notificaties staan uit: er zijn geen berichten. Er is niets gedaan.",
            "Notifications are off: there are no messages. Nothing was done.",
        )));
    }
    let Some(base) = settings.server.base() else {
        return Err(Problem::Conflict(Text::new(
            "OPENKLANT_BASE_URL is niet ingesteld, en berichten noemen de URL van hun object. Er is niets gedaan.",
            "OPENKLANT_BASE_URL is not set, and messages name the URL of their object. Nothing was done.",
        )));
    };
    let mut asked = Asked::of(&visit, &REEMIT);
    let kanaal = asked.read("kanaal", kanaal);
    let filter = SubjectFilter {
        object: asked.read("object", list::object),
        since: asked.read("vanaf", times::typed),
    };
    let Some(kanaal) = kanaal.filter(|_| asked.wrong().is_none()) else {
        return which(&visit, false, asked.wrong());
    };
    let question = Question {
        action: Action::Reemit(Reemit {
            kanaal,
            filter,
            base: base.to_owned(),
            journal: visit.state.journal.clone(),
        }),
        verbs: ("opstellen", "make"),
        what_happens: vec![
            Text::in_both(|language| {
                format!(
                    "{} {}.",
                    language.pick(
                        "Van elk object wordt een nieuw bericht “gewijzigd” gemaakt, zoals het nu is, op kanaal",
                        "Of each object a new message “changed” is made, as it is now, on kanaal"
                    ),
                    kanaal.naam
                )
            }),
            Text::new(
                "Voor een afnemer die alles kwijt is. Ook afnemers die niets kwijt zijn, krijgen deze berichten.",
                "For a subscriber that lost everything. Subscribers that lost nothing get these messages too.",
            ),
            Text::new(
                "Van verwijderde objecten komt er geen bericht.",
                "Of deleted objects there is no message.",
            ),
        ],
        back: "/wachtrij".to_owned(),
        crumb: None,
        is_danger: false,
    };
    question.answer(&visit).await
}
