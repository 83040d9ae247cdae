//! What a person should look at, in words: what it is, what happens to messages meanwhile, and what can be done.

use chrono::{DateTime, Utc};
use openklant_shared::domain::queue_state::Concern;

use super::standing::Stand;
use super::words;
use crate::beheer::language::{Language, Text};
use crate::beheer::moment as times;

/// Characters of an answer that an alert shows.
const ANSWER: usize = 160;

/// Something that a person should look at.
#[derive(Clone, Debug)]
pub struct Alert {
    /// `warn`, `error` or `info`.
    pub kind: &'static str,
    /// What it is.
    pub heading: Text,
    /// What happens to messages, and what can be done.
    pub lines: Vec<Text>,
}

impl Stand {
    /// What there is to look at, the most urgent first.
    pub fn alerts(&self) -> Vec<Alert> {
        self.facts
            .concerns()
            .into_iter()
            .map(|concern| self.alert(concern))
            .collect()
    }

    fn alert(&self, concern: Concern) -> Alert {
        let (kind, heading, lines) = match concern {
            Concern::Denied | Concern::WrongAddress | Concern::NoAnswer => return self.receiver(concern),
            Concern::Paused => ("warn", self.paused(), PAUSED),
            Concern::NoWorker => (
                "error",
                Text::new("Er is geen werker actief", "No worker is alive"),
                NO_WORKER,
            ),
            Concern::Parked => ("warn", self.parked(), PARKED),
            Concern::Late => ("warn", self.late(), LATE),
            Concern::Disabled => (
                "info",
                Text::new("Notificaties staan uit", "Notifications are off"),
                DISABLED,
            ),
            Concern::WithoutApi => (
                "info",
                Text::new(
                    "Er is geen Notificaties API ingesteld",
                    "No Notificaties API is set",
                ),
                WITHOUT_API,
            ),
        };
        Alert {
            kind,
            heading,
            lines: vec![lines],
        }
    }

    /// The receiver takes nothing.
    fn receiver(&self, concern: Concern) -> Alert {
        let (kind, nl, en, advice) = match concern {
            Concern::Denied => (
                "error",
                "De Notificaties API weigert ons",
                "The Notificaties API refuses us",
                Some(DENIED),
            ),
            Concern::WrongAddress => (
                "error",
                "Wat er antwoordt is geen Notificaties API",
                "What answers is no Notificaties API",
                Some(WRONG_ADDRESS),
            ),
            _ => (
                "warn",
                "De Notificaties API antwoordt niet",
                "The Notificaties API does not answer",
                None,
            ),
        };
        let since = self.standing.endpoint.opened_at;
        let mut lines = Vec::from_iter(advice);
        lines.extend([self.waits(), self.answer()]);
        Alert {
            kind,
            heading: Text::in_both(|language| {
                format!(
                    "{} {} {}",
                    language.pick(nl, en),
                    language.pick("sinds", "since"),
                    self.moment(since, language)
                )
            }),
            lines,
        }
    }

    fn moment(&self, at: Option<DateTime<Utc>>, language: Language) -> String {
        at.map_or_else(String::new, |at| times::moment(at, self.at, language, false))
    }

    /// What happens while only probes pass.
    fn waits(&self) -> Text {
        let next = self.standing.endpoint.next_probe_at;
        let next = next.map_or_else(String::new, |at| times::clock(at, true));
        Text::made(
            format!(
                "De verzending wacht. Eén bericht probeert het steeds opnieuw, de volgende keer om {next}. Er gaat niets verloren en berichten verbruiken nu geen pogingen."
            ),
            format!(
                "Sending waits. One message tries again now and then, next at {next}. Nothing is lost, and no message uses up its attempts."
            ),
        )
    }

    /// What the receiver said last, as text.
    fn answer(&self) -> Text {
        let answer = self.standing.endpoint.last_answer.as_deref().unwrap_or_default();
        let answer = answer.split_whitespace().collect::<Vec<_>>().join(" ");
        let answer: String = answer.chars().take(ANSWER).collect();
        let host = self.host();
        Text::made(
            format!("Laatste antwoord van {host}: {answer}"),
            format!("Last answer of {host}: {answer}"),
        )
    }

    fn paused(&self) -> Text {
        let endpoint = &self.standing.endpoint;
        let by = endpoint.paused_by.as_deref().unwrap_or_default();
        Text::in_both(|language| {
            let mut text = format!(
                "{} {by} {} {}",
                language.pick("Gepauzeerd door", "Paused by"),
                language.pick("sinds", "since"),
                self.moment(endpoint.paused_at, language)
            );
            if let Some(why) = &endpoint.paused_why {
                text.push_str(": ");
                text.push_str(why);
            }
            text
        })
    }

    fn parked(&self) -> Text {
        if self.standing.parked == 1 {
            return Text::new("1 bericht is geparkeerd", "1 message is parked");
        }
        Text::in_both(|language| {
            let count = times::number(self.standing.parked, language);
            format!(
                "{count} {}",
                language.pick("berichten zijn geparkeerd", "messages are parked")
            )
        })
    }

    fn late(&self) -> Text {
        Text::in_both(|language| {
            let limit = words::took(self.limit, language);
            format!(
                "{} {limit}",
                language.pick(
                    "Het oudste bericht wacht langer dan",
                    "The oldest message waits for longer than"
                )
            )
        })
    }
}

const DENIED: Text = Text::new(
    "Het client-id of het geheim klopt daar of hier niet, of de autorisatie ontbreekt. Vraag de beheerder van de Notificaties API en vergelijk OPENKLANT_NOTIFICATIES_CLIENT_ID en OPENKLANT_NOTIFICATIES_SECRET.",
    "The client id or the secret is wrong there or here, or the autorisatie is missing. Ask whoever runs the Notificaties API, and compare OPENKLANT_NOTIFICATIES_CLIENT_ID and OPENKLANT_NOTIFICATIES_SECRET.",
);
const WRONG_ADDRESS: Text = Text::new(
    "Controleer OPENKLANT_NOTIFICATIES_API_ROOT.",
    "Check OPENKLANT_NOTIFICATIES_API_ROOT.",
);
const PAUSED: Text = Text::new(
    "Berichten wachten en gaan niet verloren. Na hervatten worden ze op volgorde verzonden.",
    "Messages wait and are not lost. After resuming they are sent in their order.",
);
const NO_WORKER: Text = Text::new(
    "Berichten wachten tot er een werker draait. Vraag het platformteam om openklant worker of openklant up te starten.",
    "Messages wait until a worker runs. Ask the platform team to start openklant worker or openklant up.",
);
const PARKED: Text = Text::new(
    "Geparkeerde berichten worden pas verzonden als iemand daarom vraagt. Afnemers weten nog niet van deze wijzigingen.",
    "Parked messages are sent only when somebody asks for it. Subscribers do not know of these changes yet.",
);
const LATE: Text = Text::new(
    "Afnemers lopen achter. Als er niets anders gemeld wordt, zijn er meer wijzigingen dan er verzonden kunnen worden.",
    "Subscribers lag behind. If nothing else is reported here, there are more changes than can be sent.",
);
const DISABLED: Text = Text::new(
    "Wijzigingen maken geen berichten: NOTIFICATIONS_DISABLED is true. Wat nu wijzigt, kan later alleen opnieuw worden opgesteld.",
    "Changes make no messages: NOTIFICATIONS_DISABLED is true. What changes now can later only be made anew.",
);
const WITHOUT_API: Text = Text::new(
    "Berichten worden bewaard en wachten. Stel OPENKLANT_NOTIFICATIES_API_ROOT in om ze te verzenden.",
    "Messages are kept and wait. Set OPENKLANT_NOTIFICATIES_API_ROOT to send them.",
);
