//! How the queue stands, in words and numbers: what the overview shows, and what its stream keeps up to date.

use chrono::{DateTime, TimeDelta, Utc};
use openklant_shared::domain::delivery::Class;
use openklant_shared::domain::delivery_hour::{self, Hour};
use openklant_shared::domain::queue_state::{Configured, Facts, RATE_MINUTES, drain_time};
use openklant_shared::settings::Settings;
use openklant_shared::storage::outbox_look::Standing;

use super::words;
use crate::beheer::language::{Language, Text};
use crate::beheer::moment as times;

/// Hours of a chart.
const HOURS: i32 = 24;

/// How the queue stood when it was read.
#[derive(Debug)]
pub struct Stand {
    /// What was read.
    pub standing: Standing,
    /// When.
    pub at: DateTime<Utc>,
    /// The hours of a day, the oldest first.
    pub hours: Vec<Hour>,
    /// From which age on a message waits too long.
    pub limit: std::time::Duration,
    pub(super) facts: Facts,
    host: String,
}

/// What the settings say about delivery.
pub fn configured(settings: &Settings) -> Configured {
    if settings.notificaties.disabled {
        Configured::Disabled
    } else if settings.notificaties.api.is_none() {
        Configured::WithoutApi
    } else {
        Configured::On
    }
}

impl Stand {
    /// What these rows mean under these settings.
    pub fn new(standing: Standing, settings: &Settings, at: DateTime<Utc>) -> Self {
        let limit = settings.alert.pending_age;
        let endpoint = &standing.endpoint;
        let facts = Facts {
            configured: configured(settings),
            breaker: endpoint.breaker(),
            last_class: endpoint.last_class.as_deref().and_then(Class::from_name),
            is_paused: endpoint.paused_at.is_some(),
            has_worker: standing.workers.iter().any(|worker| worker.is_alive(at)),
            parked: standing.parked,
            waiting_since: standing.waiting_since,
            limit: TimeDelta::from_std(limit).unwrap_or(TimeDelta::MAX),
            now: at,
        };
        let host = settings
            .notificaties
            .api
            .as_ref()
            .and_then(|api| api.root.host_str());
        Self {
            hours: delivery_hour::hours(&standing.counts, at, HOURS),
            host: host.unwrap_or_default().to_owned(),
            limit,
            facts,
            standing,
            at,
        }
    }

    /// Whether nothing needs a person, and nothing waits.
    pub fn is_calm(&self) -> bool {
        self.facts.concerns().is_empty()
    }

    /// Where messages go; empty: nowhere.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Messages that were accepted in the hours of the charts.
    pub fn accepted(&self) -> i64 {
        self.hours.iter().map(|hour| hour.accepted).sum()
    }

    /// Messages that were cancelled in the same time.
    pub fn cancelled(&self) -> i64 {
        self.hours.iter().map(|hour| hour.cancelled).sum()
    }

    /// How many a minute are accepted now.
    pub fn rate(&self) -> i64 {
        self.standing.delivered_lately / RATE_MINUTES
    }

    /// How many a minute were accepted over the hours before this one.
    pub fn usual_rate(&self) -> i64 {
        let before = self.hours.split_last().map_or(&[][..], |(_, before)| before);
        let all: i64 = before.iter().map(|hour| hour.accepted).sum();
        let minutes = i64::try_from(before.len()).unwrap_or(i64::MAX).max(1) * 60;
        (all + minutes / 2) / minutes
    }

    /// Until nothing waits.
    pub fn drain(&self) -> Text {
        let waiting = self.standing.pending + self.standing.delivering;
        if waiting == 0 {
            return Text::new("er wacht niets", "nothing waits");
        }
        match drain_time(waiting, self.standing.delivered_lately).and_then(|time| time.to_std().ok()) {
            Some(time) => Text::in_both(|language| {
                format!(
                    "{} {}",
                    language.pick("ongeveer", "about"),
                    words::took(time, language)
                )
            }),
            None => Text::new(
                "onbekend: er is de laatste minuten niets aanvaard",
                "unknown: nothing was accepted in the last minutes",
            ),
        }
    }

    /// The breaker in a word, with its look.
    pub fn breaker(&self) -> words::Badge {
        let (kind, text) = match (self.facts.breaker.is_open(), self.standing.delivering) {
            (false, _) => ("ok", Text::new("dicht", "closed")),
            (true, 0) => ("warn", Text::new("open", "open")),
            (true, _) => ("info", Text::new("proef", "probing")),
        };
        words::Badge { kind, text }
    }

    /// The parts of the page that change while somebody looks, by name.
    pub fn live(&self, language: Language) -> Vec<(&'static str, String)> {
        let standing = &self.standing;
        let number = |count| times::number(count, language);
        vec![
            ("stand", times::clock(self.at, true)),
            ("wacht", number(standing.pending)),
            ("oudste", self.oldest().in_language(language).to_owned()),
            ("verzending", number(standing.delivering)),
            ("geparkeerd", number(standing.parked)),
            ("aanvaard", number(self.accepted())),
            ("geannuleerd", number(self.cancelled())),
            ("zekering", self.breaker().text.in_language(language).to_owned()),
            ("pauze", self.switch().in_language(language).to_owned()),
            ("tempo", number(self.rate())),
            ("leeg", self.drain().in_language(language).to_owned()),
        ]
    }

    /// What is worth saying aloud when it changes.
    pub fn spoken(&self, language: Language) -> String {
        let parked = times::number(self.standing.parked, language);
        let breaker = self.breaker().text;
        match language {
            Language::Nl => format!(
                "{}, zekering {}, {parked} geparkeerd",
                self.switch().in_language(language),
                breaker.in_language(language)
            ),
            Language::En => format!(
                "{}, breaker {}, {parked} parked",
                self.switch().in_language(language),
                breaker.in_language(language)
            ),
        }
    }

    /// Whether delivery is on.
    pub fn switch(&self) -> Text {
        match self.facts.configured {
            Configured::Disabled | Configured::WithoutApi => Text::new("uit", "off"),
            Configured::On if self.facts.is_paused => Text::new("gepauzeerd", "paused"),
            Configured::On => Text::new("aan", "on"),
        }
    }

    /// Whether an operator paused it.
    pub const fn is_paused(&self) -> bool {
        self.facts.is_paused
    }

    /// Age of the oldest message that waits.
    pub fn oldest(&self) -> Text {
        match self.standing.waiting_since {
            Some(since) => Text::in_both(|language| {
                let age = (self.at - since).to_std().unwrap_or_default();
                let age = words::age(age, language);
                format!("{}: {age}", language.pick("oudste", "oldest"))
            }),
            None => Text::new("er wacht niets", "nothing waits"),
        }
    }
}
