//! The overview of the queue: what is wrong, how much waits, how the last day went.

use std::sync::Arc;

use askama::Template;
use openklant_shared::storage::operator_log::UnderWay;
use openklant_shared::storage::outbox_look::Row;
use poem::Response;
use poem::http::{HeaderName, HeaderValue};

use super::alerts::Alert;
use super::chart::{self, Bars, Times};
use super::standing::Stand;
use super::{TITLE, words};
use crate::beheer::filters;
use crate::beheer::language::{Language, Text};
use crate::beheer::moment as times;
use crate::beheer::page::Frame;
use crate::beheer::problem::Problem;
use crate::beheer::visit::Visit;

/// Seconds after which a page without a script may load itself again, when asked for.
const REFRESH: &str = "30";

/// A message in the list of those that are parked.
struct Parked {
    row: Row,
    event: Text,
    reason: Text,
}

/// A worker.
struct Worker {
    name: String,
    host: String,
    version: String,
    is_alive: bool,
    seen: String,
}

/// What an operator asked for and is not done yet.
struct Progress {
    id: i64,
    text: Text,
    is_cut_off: bool,
    done: i64,
    matched: i64,
}

/// An hour of the table.
struct HourRow {
    clock: String,
    accepted: i64,
    failed: i64,
    median: String,
}

#[derive(Template)]
#[template(path = "beheer/wachtrij/overzicht.html")]
struct View<'a> {
    frame: Frame,
    stand: &'a Stand,
    live: Vec<(&'static str, String)>,
    alerts: Vec<Alert>,
    bars: Bars,
    bars_name: Text,
    times: Times,
    times_name: Text,
    axis: Vec<String>,
    limit: String,
    median_now: String,
    hours: Vec<HourRow>,
    parked: Vec<Parked>,
    workers: Vec<Worker>,
    progress: Vec<Progress>,
    usual: i64,
    stream: bool,
    is_live: bool,
    spoken: String,
}

impl View<'_> {
    /// A part that changes while somebody looks.
    fn now(&self, name: &str) -> &str {
        self.live
            .iter()
            .find(|(known, _)| *known == name)
            .map_or("", |(_, value)| value)
    }
}

/// The page.
pub async fn show(visit: Arc<Visit>) -> Result<Response, Problem> {
    let refresh = visit.asked("ververs") == REFRESH;
    let stand = visit.state.queue.fresh(&visit.state).await?;
    let language = visit.language;
    let standing = &stand.standing;
    let took =
        |time: Option<std::time::Duration>| time.map_or_else(String::new, |time| words::took(time, language));
    let bars = chart::bars(&stand.hours);
    let view = View {
        frame: Frame::new(&visit, &TITLE),
        live: stand.live(language),
        alerts: stand.alerts(),
        bars_name: bars_name(&stand),
        bars,
        times: chart::times(&stand.hours, stand.limit),
        times_name: times_name(&stand),
        axis: stand
            .hours
            .iter()
            .step_by(6)
            .map(|hour| times::clock(hour.start, false))
            .collect(),
        limit: words::took(stand.limit, language),
        median_now: took(stand.hours.last().and_then(|hour| hour.median)),
        hours: stand
            .hours
            .iter()
            .map(|hour| HourRow {
                clock: times::clock(hour.start, false),
                accepted: hour.accepted,
                failed: hour.failed,
                median: took(hour.median),
            })
            .collect(),
        parked: standing
            .newest_parked
            .iter()
            .map(|row| Parked {
                event: words::event(row).text,
                reason: words::stored_class(row.last_class.as_deref()),
                row: row.clone(),
            })
            .collect(),
        workers: standing
            .workers
            .iter()
            .map(|worker| Worker {
                name: worker.worker.clone(),
                host: worker.host.clone(),
                version: worker.version.clone(),
                is_alive: worker.is_alive(stand.at),
                seen: words::age((stand.at - worker.seen_at).to_std().unwrap_or_default(), language),
            })
            .collect(),
        progress: standing
            .under_way
            .iter()
            .map(|one| progress(one, &stand))
            .collect(),
        usual: stand.usual_rate(),
        stream: !refresh,
        is_live: !visit.person()?.preferences.not_live,
        spoken: stand.spoken(language),
        stand: &stand,
    };
    let mut answer = visit.show(&view)?;
    if refresh {
        answer.headers_mut().insert(
            HeaderName::from_static("refresh"),
            HeaderValue::from_static(REFRESH),
        );
    }
    Ok(answer)
}

fn progress(one: &UnderWay, stand: &Stand) -> Progress {
    let (nl, en) = match one.command.as_str() {
        "outbox retry" => ("Opnieuw proberen", "Trying again"),
        "outbox cancel" => ("Annuleren", "Cancelling"),
        "outbox replay" => ("Opnieuw verzenden", "Sending again"),
        "outbox reemit" => ("Opnieuw opstellen", "Making anew"),
        other => (other, other),
    };
    Progress {
        id: one.id,
        text: Text::in_both(|language| {
            let number = |count| times::number(count, language);
            format!(
                "{} {} {}: {} {} {}",
                language.pick(nl, en),
                language.pick("door", "by"),
                one.operator,
                number(one.done),
                language.pick("van", "of"),
                number(one.matched)
            )
        }),
        is_cut_off: one.is_cut_off(stand.at),
        done: one.done,
        matched: one.matched,
    }
}

/// The chart of a day in one sentence.
fn bars_name(stand: &Stand) -> Text {
    let most = stand.hours.iter().map(|hour| hour.accepted).max().unwrap_or(0);
    let (accepted, failed) = stand
        .hours
        .last()
        .map_or((0, 0), |hour| (hour.accepted, hour.failed));
    Text::in_both(|language| {
        let number = |count| times::number(count, language);
        let (most, accepted, failed) = (number(most), number(accepted), number(failed));
        match language {
            Language::Nl => format!(
                "Staafdiagram: hoogstens {most} aanvaard in een uur. In het laatste uur {accepted} aanvaard en {failed} mislukte pogingen."
            ),
            Language::En => format!(
                "Bar chart: at most {most} accepted in an hour. In the last hour {accepted} accepted and {failed} failed attempts."
            ),
        }
    })
}

fn times_name(stand: &Stand) -> Text {
    let medians = || stand.hours.iter().filter_map(|hour| hour.median);
    let (shortest, longest) = (medians().min(), medians().max());
    Text::in_both(|language| {
        let limit = words::took(stand.limit, language);
        match (shortest, longest, language) {
            (Some(shortest), Some(longest), Language::Nl) => format!(
                "Lijndiagram: tussen {} en {}. De grens voor een waarschuwing is {limit}.",
                words::took(shortest, language),
                words::took(longest, language)
            ),
            (Some(shortest), Some(longest), Language::En) => format!(
                "Line chart: between {} and {}. The limit for a warning is {limit}.",
                words::took(shortest, language),
                words::took(longest, language)
            ),
            (_, _, Language::Nl) => "Lijndiagram: in de laatste 24 uur is niets aanvaard.".to_owned(),
            (_, _, Language::En) => "Line chart: nothing was accepted in the last 24 hours.".to_owned(),
        }
    })
}
