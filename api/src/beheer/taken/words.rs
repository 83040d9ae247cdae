//! The jobs in words.

use chrono::{DateTime, TimeDelta, Utc};
use openklant_shared::jobs::{Job, Work};

use crate::beheer::language::{Language, Text};
use crate::beheer::moment as times;

/// The name of a job.
pub const fn name(job: &Job) -> Text {
    match job.work {
        Work::Messages => Text::new("Berichten opruimen", "Clean up messages"),
        Work::Audit => Text::new("Wijzigingen opruimen", "Clean up the audit trail"),
        Work::OperatorLog => Text::new("Bedieningslogboek opruimen", "Clean up the operators' log"),
        Work::ReadLog => Text::new("Inzage opruimen", "Clean up the log of reads"),
        Work::Leases => Text::new("Berichten teruggeven", "Give messages back"),
        Work::Kanalen => Text::new("Kanalen registreren", "Register the kanalen"),
        Work::Upkeep => Text::new("Database onderhouden", "Look after the database"),
        Work::Sessions => Text::new("Sessies opruimen", "Clean up sessions"),
        Work::History => Text::new("Geschiedenis opruimen", "Clean up the history"),
    }
}

/// What it does.
pub const fn about(job: &Job) -> Text {
    match job.work {
        Work::Messages => Text::new(
            "Verwijdert aanvaarde en geannuleerde berichten, met hun pogingen, na de bewaartermijn (OPENKLANT_MESSAGE_RETENTION).",
            "Removes accepted and cancelled messages, with their attempts, after their retention (OPENKLANT_MESSAGE_RETENTION).",
        ),
        Work::Audit => Text::new(
            "Verwijdert regels van het logboek Wijzigingen na de bewaartermijn (OPENKLANT_AUDIT_RETENTION); niets als die niet is ingesteld.",
            "Removes rows of the audit trail after their retention (OPENKLANT_AUDIT_RETENTION); nothing when that is not set.",
        ),
        Work::OperatorLog => Text::new(
            "Verwijdert regels van het logboek Bediening na de bewaartermijn (OPENKLANT_OPERATOR_LOG_RETENTION).",
            "Removes rows of the operators' log after their retention (OPENKLANT_OPERATOR_LOG_RETENTION).",
        ),
        Work::ReadLog => Text::new(
            "Verwijdert regels van het logboek Inzage na de bewaartermijn (OPENKLANT_READ_LOG_RETENTION).",
            "Removes rows of the log of reads after their retention (OPENKLANT_READ_LOG_RETENTION).",
        ),
        Work::Leases => Text::new(
            "Geeft berichten terug aan de wachtrij als hun werker is verdwenen.",
            "Gives messages back to the queue whose worker is gone.",
        ),
        Work::Kanalen => Text::new(
            "Registreert de kanalen bij de Notificaties API, of werkt ze bij.",
            "Registers the kanalen at the Notificaties API, or brings them up to date.",
        ),
        Work::Upkeep => Text::new(
            "Werkt de statistieken van de database bij; bij SQLite ook het wijzigingsbestand.",
            "Brings the statistics of the database up to date; on SQLite also the log of changes into the file.",
        ),
        Work::Sessions => Text::new(
            "Verwijdert sessies van deze site een dag na hun einde, en bewaarde invoer na een half uur.",
            "Removes sessions of this site a day after they ended, and what was typed into forms after half an hour.",
        ),
        Work::History => Text::new(
            "Verwijdert uitkomsten van taken en aantallen per uur na 30 dagen, aantallen per client-id na 8 dagen, en werkers die een dag zwegen.",
            "Removes runs of jobs and counts per hour after 30 days, counts per client id after 8 days, and workers that were silent for a day.",
        ),
    }
}

/// What it never touches.
pub const fn never(job: &Job) -> Text {
    match job.work {
        Work::Messages => Text::new(
            "Wachtende en geparkeerde berichten blijven altijd staan.",
            "Messages that wait or are parked always stay.",
        ),
        Work::Audit | Work::OperatorLog | Work::ReadLog => Text::new(
            "Klanten, contactmomenten en berichten blijven zoals ze zijn.",
            "Klanten, contactmomenten and messages stay as they are.",
        ),
        Work::Leases => Text::new(
            "Berichten van werkers die nog leven blijven bij hen.",
            "Messages of workers that are alive stay with them.",
        ),
        Work::Kanalen => Text::new(
            "Abonnementen van afnemers blijven zoals ze zijn.",
            "Subscriptions stay as they are.",
        ),
        Work::Upkeep => Text::new(
            "De gegevens zelf veranderen niet.",
            "The data itself does not change.",
        ),
        Work::Sessions => Text::new("Lopende sessies blijven.", "Sessions that are open stay."),
        Work::History => Text::new(
            "De laatste keer van elke taak blijft altijd staan.",
            "The last run of each job always stays.",
        ),
    }
}

/// When it runs, on the clocks of Amsterdam.
pub fn schedule(job: &Job, now: DateTime<Utc>) -> Text {
    let clock = job
        .next(now)
        .map_or_else(String::new, |next| times::clock(next, false));
    let minute = clock.rsplit(':').next().unwrap_or_default().to_owned();
    let words = |language: Language| {
        if job.period >= TimeDelta::days(1) {
            format!("{} {clock}", language.pick("elke dag om", "every day at"))
        } else if job.period >= TimeDelta::hours(1) {
            format!("{} :{minute}", language.pick("elk uur om", "every hour at"))
        } else {
            language.pick("elke minuut", "every minute").to_owned()
        }
    };
    Text::made(words(Language::Nl), words(Language::En))
}

#[cfg(test)]
mod tests {
    use openklant_shared::jobs::find;

    use super::*;

    #[test]
    fn schedules_are_told_on_the_clocks_of_amsterdam() {
        let told = |name: &str, now: &str| {
            let job = find(name).expect(name);
            let now = now.parse().expect("a moment");
            schedule(job, now).in_language(Language::Nl).to_owned()
        };
        assert_eq!(told("messages", "2026-11-25T10:00:00Z"), "elke dag om 03:10");
        assert_eq!(told("messages", "2026-07-25T10:00:00Z"), "elke dag om 04:10");
        assert_eq!(told("kanalen", "2026-11-25T10:00:00Z"), "elk uur om :20");
        assert_eq!(told("leases", "2026-11-25T10:00:00Z"), "elke minuut");
    }
}
