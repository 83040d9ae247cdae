//! Times, as people in the Netherlands read them.

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Timelike, Utc};
use chrono_tz::Europe::Amsterdam;
use chrono_tz::Tz;

use super::language::Language;

const MONTHS: [(&str, &str); 12] = [
    ("januari", "January"),
    ("februari", "February"),
    ("maart", "March"),
    ("april", "April"),
    ("mei", "May"),
    ("juni", "June"),
    ("juli", "July"),
    ("augustus", "August"),
    ("september", "September"),
    ("oktober", "October"),
    ("november", "November"),
    ("december", "December"),
];

/// The moment on the clocks of Amsterdam.
pub fn local(at: DateTime<Utc>) -> DateTime<Tz> {
    at.with_timezone(&Amsterdam)
}

/// `5 januari 2026`.
pub fn day(at: DateTime<Utc>, language: Language) -> String {
    let at = local(at);
    let month = MONTHS
        .get(at.month0() as usize)
        .map_or("", |(nl, en)| language.pick(nl, en));
    format!("{} {month} {}", at.day(), at.year())
}

/// `10:42`, or `10:42:07`.
pub fn clock(at: DateTime<Utc>, seconds: bool) -> String {
    let at = local(at);
    if seconds {
        format!("{:02}:{:02}:{:02}", at.hour(), at.minute(), at.second())
    } else {
        format!("{:02}:{:02}", at.hour(), at.minute())
    }
}

/// `vandaag 10:42`, or `5 januari 2026 09:30`.
pub fn moment(at: DateTime<Utc>, now: DateTime<Utc>, language: Language, seconds: bool) -> String {
    let clock = clock(at, seconds);
    if local(at).date_naive() == local(now).date_naive() {
        format!("{} {clock}", language.pick("vandaag", "today"))
    } else {
        format!("{} {clock}", day(at, language))
    }
}

/// The moment for a program, with the offset of Amsterdam: attribute `datetime`.
pub fn machine(at: DateTime<Utc>) -> String {
    local(at).format("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

/// How long ago, when that is under a day: `14 minuten`; `None` when it is longer.
pub fn age(from: DateTime<Utc>, now: DateTime<Utc>, language: Language) -> Option<String> {
    let seconds = (now - from).num_seconds().max(0);
    match seconds {
        0..60 => Some(counted(
            seconds,
            language.pick("seconde", "second"),
            language.pick("seconden", "seconds"),
        )),
        60..DAY => Some(span(seconds, language)),
        _ => None,
    }
}

/// Seconds of a day.
const DAY: i64 = 86_400;

/// A length of time of a minute or more, in its largest unit: `14 minuten`.
pub fn span(seconds: i64, language: Language) -> String {
    let (count, one, many) = match seconds {
        ..3600 => (
            seconds / 60,
            language.pick("minuut", "minute"),
            language.pick("minuten", "minutes"),
        ),
        3600..DAY => (
            seconds / 3600,
            language.pick("uur", "hour"),
            language.pick("uur", "hours"),
        ),
        _ => (
            seconds / DAY,
            language.pick("dag", "day"),
            language.pick("dagen", "days"),
        ),
    };
    counted(count, one, many)
}

fn counted(count: i64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// `1.284`, or `1,284` in English.
pub fn number(number: i64, language: Language) -> String {
    let digits = number.unsigned_abs().to_string();
    let point = language.pick(".", ",");
    let mut text = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if number < 0 {
        text.push('-');
    }
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push_str(point);
        }
        text.push(digit);
    }
    text
}

/// Reads a moment as a form sends it, `2026-11-25T10:00` or `2026-11-25`, on the clocks of Amsterdam.
pub fn typed(text: &str) -> Option<DateTime<Utc>> {
    let naive = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
        .into_iter()
        .find_map(|format| NaiveDateTime::parse_from_str(text, format).ok())
        .or_else(|| Some(text.parse::<NaiveDate>().ok()?.and_time(NaiveTime::MIN)))?;
    let moment = Amsterdam.from_local_datetime(&naive).earliest()?;
    let moment = moment.with_timezone(&Utc);
    // Far from where a database can keep it.
    ((1900..3000).contains(&moment.year())).then_some(moment)
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn moments_are_those_of_amsterdam() {
        let now = at("2026-01-05T22:30:00Z");
        for (moment_of, nl, en) in [
            ("2026-01-05T08:30:59Z", "vandaag 09:30", "today 09:30"),
            (
                "2026-01-05T23:30:00Z",
                "6 januari 2026 00:30",
                "6 January 2026 00:30",
            ),
            ("2025-07-01T22:00:00Z", "2 juli 2025 00:00", "2 July 2025 00:00"),
        ] {
            assert_eq!(moment(at(moment_of), now, Language::Nl, false), nl);
            assert_eq!(moment(at(moment_of), now, Language::En, false), en);
        }
        assert_eq!(moment(now, now, Language::Nl, true), "vandaag 23:30:00");
        assert_eq!(machine(at("2025-07-01T22:00:00.5Z")), "2025-07-02T00:00:00+02:00");
    }

    #[test]
    fn moments_of_a_form_are_those_of_amsterdam() {
        for (text, expected) in [
            ("2026-11-25T10:00", Some("2026-11-25T09:00:00Z")),
            ("2026-07-01T00:30:15", Some("2026-06-30T22:30:15Z")),
            ("2026-11-25", Some("2026-11-24T23:00:00Z")),
            // There is no such moment: the clock goes forward.
            ("2026-03-29T02:30", None),
            ("gisteren", None),
            ("2026-13-01", None),
            ("0001-01-01", None),
            ("99999-01-01", None),
        ] {
            let expected = expected.map(|text| text.parse::<DateTime<Utc>>().expect("a moment"));
            assert_eq!(typed(text), expected, "{text}");
        }
    }

    #[test]
    fn ages_and_numbers_are_words() {
        let now = at("2026-01-05T22:30:00Z");
        for (ago, expected) in [
            (1, Some("1 seconde")),
            (-5, Some("0 seconden")),
            (61, Some("1 minuut")),
            (14 * 60, Some("14 minuten")),
            (7200, Some("2 uur")),
            (86_400, None),
        ] {
            let age = age(now - TimeDelta::seconds(ago), now, Language::Nl);
            assert_eq!(age.as_deref(), expected);
        }
        for (given, expected) in [
            (0, "0"),
            (999, "999"),
            (1284, "1.284"),
            (-1_000_000, "-1.000.000"),
        ] {
            assert_eq!(number(given, Language::Nl), expected);
        }
        assert_eq!(number(1284, Language::En), "1,284");
    }
}
