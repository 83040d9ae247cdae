//! What the searches of the logs have in common: the stretch of time, the object that was typed, the place in the list.

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use openklant_shared::storage::keyset::{Begin, Period, Place};
use url::form_urlencoded;
use uuid::Uuid;

use crate::beheer::form::{Fields, Form};
use crate::beheer::language::Text;
use crate::beheer::list::{Asked, Cursor, Start};
use crate::beheer::moment;
use crate::beheer::visit::Visit;

/// Names of the filters for the stretch of time, in addresses and forms.
pub const SINCE: &str = "vanaf";
/// See [`SINCE`]; the day itself belongs to it.
pub const UNTIL: &str = "tot";

/// Name of the filter for who did something.
const PERSON: &str = "persoon";

/// Days that are looked at unless somebody says otherwise.
const DAYS: u64 = 7;

/// Most characters of a klantnummer.
const KLANTNUMMER: usize = 8;

/// The value of [`SINCE`] for the last seven days.
pub fn week_of(now: DateTime<Utc>) -> String {
    days_before(now, DAYS)
}

/// The value of [`SINCE`] for the year before a moment.
pub fn year_of(at: DateTime<Utc>) -> String {
    days_before(at, 366)
}

fn days_before(at: DateTime<Utc>, days: u64) -> String {
    let today = moment::local(at).date_naive();
    today
        .checked_sub_days(Days::new(days))
        .unwrap_or(today)
        .format("%Y-%m-%d")
        .to_string()
}

fn day(text: &str) -> Option<(NaiveDate, DateTime<Utc>)> {
    let day: NaiveDate = text.parse().ok()?;
    Some((day, moment::typed(&day.to_string())?))
}

fn end_of(text: &str) -> Option<DateTime<Utc>> {
    let (day, _) = day(text)?;
    moment::typed(&day.succ_opt()?.to_string())
}

/// The stretch of time that an address asks for: without an end until now, and without a beginning the last seven days.
pub fn period(asked: &mut Asked, now: DateTime<Utc>) -> Period {
    let since = asked.read(SINCE, |text| day(text).map(|(_, begin)| begin));
    let until = asked.read(UNTIL, end_of);
    let period = Period {
        since: since
            .or_else(|| day(&week_of(now)).map(|(_, begin)| begin))
            .unwrap_or(now),
        // What comes in while somebody looks belongs to it.
        until: until.unwrap_or(now + TimeDelta::days(1)),
    };
    if asked.wrong().is_none() && period.since >= period.until {
        asked.refuse_because(WRONG_WAY_ROUND);
    }
    period
}

const WRONG_WAY_ROUND: Text = Text::new(
    "De periode eindigt voor zij begint",
    "The period ends before it begins",
);

/// Notes what is wrong with the stretch of time in a form.
pub fn check_period(form: &mut Form) {
    let since = day(form.value(SINCE)).map(|(_, begin)| begin);
    if since.is_none() {
        form.refuse(
            SINCE,
            Text::new(
                "Vul de dag in waarop de periode begint, zoals 2026-01-05",
                "Fill in the day on which the period begins, such as 2026-01-05",
            ),
        );
    }
    let last = form.value(UNTIL);
    if last.is_empty() {
        return;
    }
    match (since, end_of(last)) {
        (Some(since), Some(until)) if since >= until => form.refuse(UNTIL, WRONG_WAY_ROUND),
        (_, Some(_)) => {}
        (_, None) => form.refuse(
            UNTIL,
            Text::new(
                "Vul de laatste dag van de periode in, of niets",
                "Fill in the last day of the period, or nothing",
            ),
        ),
    }
}

/// What was typed to name an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Named {
    /// Its uuid, alone or at the end of its URL.
    Object(Uuid),
    /// The number of a klant.
    Klantnummer(String),
}

/// Reads a URL, a uuid or a klantnummer.
pub fn named(text: &str) -> Option<Named> {
    let last = text.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    if let Ok(uuid) = Uuid::try_parse(last) {
        return Some(Named::Object(uuid));
    }
    klantnummer(text).map(Named::Klantnummer)
}

/// Reads a klantnummer.
pub fn klantnummer(text: &str) -> Option<String> {
    let length = text.chars().count();
    (0 < length && length <= KLANTNUMMER && !text.contains('/')).then(|| text.to_owned())
}

/// What is wrong with an object that cannot be read.
pub const NO_OBJECT: Text = Text::new(
    "Typ een URL, een uuid of een klantnummer van hoogstens 8 tekens",
    "Type a URL, a uuid or a klantnummer of at most 8 characters",
);

/// What is wrong with a person who is not known.
const NOBODY: Text = Text::new(
    "In dit logboek staat niemand met precies deze naam",
    "Nobody with exactly this name is in this log",
);

/// The filters that all logs have, as an address fills in their form.
pub fn fields(asked: &Asked, now: DateTime<Utc>) -> Fields {
    let since = match asked.value(SINCE) {
        "" => week_of(now),
        since => since.to_owned(),
    };
    vec![
        (SINCE.to_owned(), since),
        (UNTIL.to_owned(), asked.value(UNTIL).to_owned()),
        ("van".to_owned(), asked.value("persoon").to_owned()),
    ]
}

/// Fields of a form that go into the address as they are, and the person that was chosen before, unless another was typed.
pub fn typed<'a>(form: &Form, names: &[&'a str]) -> Vec<(&'a str, String)> {
    let mut query: Vec<_> = names
        .iter()
        .map(|name| (*name, form.value(name).to_owned()))
        .collect();
    if typed_person(form).is_none() {
        query.push((PERSON, form.value("van").to_owned()));
    }
    query
}

/// The name of a person that was typed.
pub fn typed_person(form: &Form) -> Option<&str> {
    Some(form.value(PERSON)).filter(|name| !name.is_empty())
}

/// Puts the person of that name into the address, by a row of theirs: no name stands in it. `None`: there is nobody.
pub fn add_person(form: &mut Form, query: &mut Vec<(&str, String)>, row: Option<impl ToString>) {
    match row {
        Some(row) => query.push((PERSON, row.to_string())),
        None => form.refuse(PERSON, NOBODY),
    }
}

/// The address of a list with these filters; empty ones are left out.
pub fn address(path: &str, filters: Vec<(&str, String)>) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    for (name, value) in filters {
        if !value.is_empty() {
            query.append_pair(name, &value);
        }
    }
    format!("{path}?{}", query.finish())
}

/// The place of a row, for an address.
pub fn cursor(place: Place) -> Cursor {
    Cursor {
        key: place.at.timestamp_micros().to_string(),
        id: place.id,
    }
}

/// Where the page that was asked for begins; a place that nobody made is noted as wrong.
pub fn begin(asked: &mut Asked) -> Begin {
    let place = |cursor: &Cursor| {
        let at = DateTime::from_timestamp_micros(cursor.key.parse().ok()?)?;
        // Far from where a database can keep it.
        let year = chrono::Datelike::year(&at);
        (1900..3000)
            .contains(&year)
            .then_some(Place { at, id: cursor.id })
    };
    let begin = match asked.start() {
        Start::First => Some(Begin::First),
        Start::After(cursor) => place(cursor).map(Begin::After),
        Start::Before(cursor) => place(cursor).map(Begin::Before),
    };
    begin.unwrap_or_else(|| {
        asked.refuse("na");
        Begin::First
    })
}

/// The query of the first page of the last year, with the same filters.
pub fn last_year(asked: &Asked, visit: &Visit) -> String {
    asked.with(&[(SINCE, Some(&year_of(visit.now))), (UNTIL, None)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_is_named_by_url_uuid_or_number() {
        let uuid = "0b2a1d1e-8f0e-4a8e-9a53-0d2d7f0e1c11";
        let object = Some(Named::Object(Uuid::try_parse(uuid).unwrap()));
        assert_eq!(named(uuid), object);
        assert_eq!(named(&format!("https://a.example/klanten/{uuid}/")), object);
        assert_eq!(named("K0001"), Some(Named::Klantnummer("K0001".to_owned())));
        for wrong in ["", "/", "https://a.example/", "111222333", "a/b"] {
            assert_eq!(named(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn days_are_those_of_amsterdam_and_the_last_one_counts() {
        let now: DateTime<Utc> = "2026-01-05T23:30:00Z".parse().unwrap();
        assert_eq!(week_of(now), "2025-12-30");
        assert_eq!(year_of(now), "2025-01-05");
        assert_eq!(
            end_of("2026-01-05"),
            Some("2026-01-05T23:00:00Z".parse().unwrap())
        );
        assert_eq!(end_of("5 januari"), None);
    }
}
