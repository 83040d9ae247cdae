//! The queue and the jobs in a few sentences, for the first page of an operator.

use openklant_shared::storage::job_run;

use super::words;
use crate::beheer::language::{Language, Text};
use crate::beheer::moment as times;
use crate::beheer::problem::Problem;
use crate::beheer::rights::Right;
use crate::beheer::visit::Visit;

/// A sentence, and the page that says more.
#[derive(Clone, Debug)]
pub struct Sentence {
    /// What it says.
    pub text: Text,
    /// Path of the page.
    pub path: &'static str,
}

/// What there is to say; nothing to who may not see the queue. The numbers are at most two seconds old.
pub async fn sentences(visit: &Visit) -> Result<Vec<Sentence>, Problem> {
    if !visit.may(Right::Wachtrij) {
        return Ok(Vec::new());
    }
    let state = &visit.state;
    let stand = state.queue.recent(state).await?;
    let waiting = stand.standing.pending + stand.standing.delivering;
    let since = stand.standing.waiting_since;
    let waits = match since.and_then(|since| (stand.at - since).to_std().ok()) {
        Some(age) if waiting > 0 => Text::in_both(|language| {
            let (waiting, age) = (times::number(waiting, language), words::age(age, language));
            match language {
                Language::Nl => format!("Berichten die wachten: {waiting}, het oudste {age}."),
                Language::En => format!("Messages that wait: {waiting}, the oldest for {age}."),
            }
        }),
        _ => Text::new("Alles is verzonden.", "Everything was sent."),
    };
    let mut sentences = vec![Sentence {
        text: waits,
        path: "/wachtrij",
    }];
    sentences.extend(stand.alerts().into_iter().map(|alert| Sentence {
        text: alert.heading,
        path: "/wachtrij",
    }));
    let failed = job_run::last_of_each(&state.db)
        .await?
        .iter()
        .filter(|run| run.outcome(visit.now) == Some("failed"))
        .count();
    if failed > 0 {
        sentences.push(Sentence {
            text: Text::made(
                format!("Taken die de laatste keer mislukten: {failed}."),
                format!("Jobs whose last run failed: {failed}."),
            ),
            path: "/taken",
        });
    }
    Ok(sentences)
}
