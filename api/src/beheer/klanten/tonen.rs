//! Showing a number that is masked, for two minutes, to who said what for. What they said is in the log of reads before
//! anything is shown, also where no such log is kept of other reads.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use openklant_shared::domain::klant::{Identificatie, Klant};
use openklant_shared::storage::klant_browse;
use poem::Response;
use uuid::Uuid;

use super::super::confirm::{self, Confirm};
use super::super::form::Form;
use super::super::language::Text;
use super::super::looked::{Looked, record};
use super::super::page::Frame;
use super::super::problem::Problem;
use super::super::visit::Visit;
use super::naam::naam;

/// How long a number is shown.
const SHOWN: TimeDelta = TimeDelta::minutes(2);

/// The field that says which number.
pub const WHICH: &str = "nummer";

/// The name of the action.
pub const TITLE: Text = Text::new("Nummer tonen", "Show a number");

/// A number that is masked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nummer {
    /// Burgerservicenummer.
    Bsn,
    /// Administratienummer.
    ANummer,
}

impl Nummer {
    /// Both.
    const ALL: [Self; 2] = [Self::Bsn, Self::ANummer];

    /// Its name in forms and in the session.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bsn => "bsn",
            Self::ANummer => "a-nummer",
        }
    }

    /// Its name in the log of reads: that of the API.
    const fn logged(self) -> &'static str {
        match self {
            Self::Bsn => "inpBsn",
            Self::ANummer => "inpANummer",
        }
    }

    /// Its name for people.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Bsn => "BSN",
            Self::ANummer => "A-nummer",
        }
    }

    fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|nummer| nummer.name() == name)
    }

    /// The one that this field of the API has.
    pub fn of_field(field: &str) -> Option<Self> {
        let last = field.rsplit('.').next();
        Self::ALL.into_iter().find(|nummer| last == Some(nummer.logged()))
    }

    /// The number of a klant; `None` when it has none.
    pub fn of(self, klant: &Klant) -> Option<&str> {
        let Some(Identificatie::NatuurlijkPersoon(persoon)) = &klant.identificatie else {
            return None;
        };
        let number = match self {
            Self::Bsn => &persoon.inp_bsn,
            Self::ANummer => &persoon.inp_a_nummer,
        };
        Some(number.as_str()).filter(|number| !number.is_empty())
    }
}

fn item(klant: Uuid) -> String {
    format!("getoond-{}", klant.simple())
}

/// Which numbers of a klant this session shows, and until when. One query, and none for a klant without such a number.
pub async fn shown(visit: &Visit, klant: &Klant) -> Result<Vec<(Nummer, DateTime<Utc>)>, Problem> {
    if Nummer::ALL.iter().all(|nummer| nummer.of(klant).is_none()) {
        return Ok(Vec::new());
    }
    let Some((kept, _)) = visit.kept(&item(klant.uuid)).await? else {
        return Ok(Vec::new());
    };
    let read = |part: &str| {
        let (name, until) = part.split_once('=')?;
        let until = DateTime::from_timestamp_micros(until.parse().ok()?)?;
        Some((Nummer::named(name)?, until))
    };
    Ok(kept
        .expose()
        .split(' ')
        .filter_map(read)
        .filter(|(_, until)| *until > visit.now)
        .collect())
}

/// GET asks what for; POST writes that down, and then shows the number.
pub async fn show(visit: Arc<Visit>) -> Result<Response, Problem> {
    let uuid = visit.uuid()?;
    let here = format!("/klanten/{uuid}");
    let mut tx = visit.state.db.snapshot().await?;
    let found = klant_browse::find(&mut tx, uuid).await?;
    tx.rollback().await?;
    let Some(klant) = found.map(|found| found.klant) else {
        // Its page says what became of it.
        return Ok(visit.go(&here));
    };
    let mut form = Form::empty(&visit);
    let which = match form.value(WHICH) {
        "" => visit.asked(WHICH),
        which => which,
    };
    let nummer = match which {
        "" => Some(Nummer::Bsn),
        which => Nummer::named(which),
    };
    let nummer = nummer
        .filter(|nummer| nummer.of(&klant).is_some())
        .ok_or(Problem::NotFound)?;
    if !visit.is_post() {
        return ask(&visit, &klant, nummer).show(&visit, &form);
    }
    let reason = confirm::reason(&mut form);
    if !form.is_right() {
        return ask(&visit, &klant, nummer).show(&visit, &form);
    }
    let looked = Looked {
        object: Some(uuid),
        searched_by: vec![nummer.logged()],
        reason: Some(reason),
        ..Looked::default()
    };
    record(&visit, looked).await?;
    let mut kept = shown(&visit, &klant).await?;
    kept.retain(|(other, _)| *other != nummer);
    kept.push((nummer, visit.now + SHOWN));
    let kept: Vec<String> = kept
        .into_iter()
        .map(|(nummer, until)| format!("{}={}", nummer.name(), until.timestamp_micros()))
        .collect();
    visit.keep(&item(uuid), &kept.join(" "), SHOWN).await?;
    Ok(visit.go(&here))
}

fn ask(visit: &Visit, klant: &Klant, nummer: Nummer) -> Confirm {
    let label = nummer.label();
    let name = naam(klant);
    let back = format!("/klanten/{}", klant.uuid);
    let question = match visit.language.code() {
        "nl" => format!("{label} van {name} tonen?"),
        _ => format!("Show the {label} of {name}?"),
    };
    Confirm {
        frame: Frame::new(visit, &TITLE)
            .heading(question)
            .crumb(back.clone(), name)
            .last_crumb(TITLE.in_language(visit.language)),
        what_happens: vec![
            Text::new(
                "Uw naam, de reden en het tijdstip komen in het inzagelogboek.",
                "Your name, the reason and the time are written to the log of reads.",
            ),
            Text::new(
                "Het nummer is twee minuten zichtbaar, alleen voor u.",
                "The number can be seen for two minutes, by you only.",
            ),
        ],
        irreversible: None,
        asks_reason: true,
        yes: Text::made(
            format!("Toon {label} en leg vast"),
            format!("Show the {label} and record it"),
        ),
        no: Text::new("Niet tonen", "Do not show"),
        back,
        is_danger: false,
        hidden: vec![(WHICH, nummer.name().to_owned())],
    }
}
