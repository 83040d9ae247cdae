//! Moments as the API reads and writes them (behaviour of Open Klant 1.0.0, section 4.1).
//!
//! Read: ISO 8601 with `T` or a blank, seconds optional, any offset; without an offset it is UTC; more than six
//! decimals are cut. Written: UTC with `Z`, six decimals unless they are all zero.

use chrono::{DateTime, FixedOffset, NaiveDate, SecondsFormat, TimeZone, Utc};

/// The moment as the API writes it.
pub fn format_moment(moment: DateTime<Utc>) -> String {
    let format = if moment.timestamp_subsec_micros() == 0 {
        SecondsFormat::Secs
    } else {
        SecondsFormat::Micros
    };
    moment.to_rfc3339_opts(format, true)
}

/// Reads a moment; `None` when it is none. A date without a time is none.
pub fn parse_moment(text: &str) -> Option<DateTime<Utc>> {
    let mut rest = Cursor(text.trim());
    let year = rest.digits(4, 4)?;
    rest.literal("-")?;
    let month = rest.digits(1, 2)?;
    rest.literal("-")?;
    let day = rest.digits(1, 2)?;
    rest.literal("T").or_else(|| rest.literal(" "))?;
    let hour = rest.digits(1, 2)?;
    rest.literal(":")?;
    let minute = rest.digits(1, 2)?;
    let mut second = 0;
    let mut micros = 0;
    if rest.literal(":").is_some() {
        second = rest.digits(1, 2)?;
        if rest.literal(".").or_else(|| rest.literal(",")).is_some() {
            micros = rest.micros()?;
        }
    }
    let offset = rest.offset()?;
    let local = NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)?
        .and_hms_micro_opt(hour, minute, second, micros)?;
    let moment = offset.from_local_datetime(&local).single()?.with_timezone(&Utc);
    // Years that a four-digit year cannot say (an offset may lead there) would not read back.
    (1..=9999)
        .contains(&chrono::Datelike::year(&moment))
        .then_some(moment)
}

/// What is left of a text.
struct Cursor<'a>(&'a str);

impl Cursor<'_> {
    fn literal(&mut self, expected: &str) -> Option<()> {
        self.0 = self.0.strip_prefix(expected)?;
        Some(())
    }

    fn digits(&mut self, least: usize, most: usize) -> Option<u32> {
        let count = self.0.bytes().take(most).take_while(u8::is_ascii_digit).count();
        if count < least {
            return None;
        }
        let (digits, rest) = self.0.split_at(count);
        self.0 = rest;
        digits.parse().ok()
    }

    /// One to twelve decimals; the first six count.
    fn micros(&mut self) -> Option<u32> {
        let count = self.0.bytes().take(13).take_while(u8::is_ascii_digit).count();
        if !(1..=12).contains(&count) {
            return None;
        }
        let (digits, rest) = self.0.split_at(count);
        self.0 = rest;
        format!("{:0<6}", &digits[..count.min(6)]).parse().ok()
    }

    /// `Z`, `+hh`, `+hhmm`, `+hh:mm`, or nothing, which is UTC; and then the end.
    fn offset(&mut self) -> Option<FixedOffset> {
        self.0 = self.0.trim_start();
        let sign = match self.0.chars().next() {
            None => return FixedOffset::east_opt(0),
            Some('Z') => {
                self.literal("Z")?;
                return if self.0.is_empty() {
                    FixedOffset::east_opt(0)
                } else {
                    None
                };
            }
            Some('+') => 1,
            Some('-') => -1,
            Some(_) => return None,
        };
        self.0 = &self.0[1..];
        let hours = self.digits(2, 2)?;
        let minutes = if self.0.is_empty() {
            0
        } else {
            let _ = self.literal(":");
            self.digits(2, 2)?
        };
        if !self.0.is_empty() || minutes > 59 {
            return None;
        }
        FixedOffset::east_opt(sign * i32::try_from(hours * 3600 + minutes * 60).ok()?)
    }
}

#[cfg(test)]
mod tests {
    use super::{format_moment, parse_moment};

    #[test]
    fn moments_read_and_print() {
        let table = [
            ("2020-01-01T08:00:00Z", Some("2020-01-01T08:00:00Z")),
            ("2020-01-01 08:00", Some("2020-01-01T08:00:00Z")),
            ("2020-01-01T08:00:00+01:00", Some("2020-01-01T07:00:00Z")),
            ("2020-01-01T08:00:00-0130", Some("2020-01-01T09:30:00Z")),
            ("2020-01-01T08:00:00+02", Some("2020-01-01T06:00:00Z")),
            ("2024-03-31T02:30:00", Some("2024-03-31T02:30:00Z")),
            ("2026-01-05T09:30:00.123456Z", Some("2026-01-05T09:30:00.123456Z")),
            (
                "2026-01-05T09:30:00.123456789Z",
                Some("2026-01-05T09:30:00.123456Z"),
            ),
            ("2026-01-05T09:30:00.5", Some("2026-01-05T09:30:00.500000Z")),
            ("2026-01-05T09:30:00,25Z", Some("2026-01-05T09:30:00.250000Z")),
            ("2026-1-5 9:30", Some("2026-01-05T09:30:00Z")),
            (" 2026-01-05T09:30:00Z ", Some("2026-01-05T09:30:00Z")),
            ("2026-01-05", None),
            ("2026-02-30T09:30:00Z", None),
            ("2026-01-05T24:00:00Z", None),
            ("2026-01-05T09:30:60Z", None),
            ("2026-01-05T09:30:00z", None),
            ("2026-01-05T09:30:00 Europe/Amsterdam", None),
            ("2026-01-05T09:30:00+25:00", None),
            ("2026-01-05T09:30:00+01:60", None),
            ("2026-01-05T09:30:00.Z", None),
            ("26-01-05T09:30:00Z", None),
            ("0001-01-01T00:00:00+01:00", None),
            ("9999-12-31T23:59:59-01:00", None),
            ("gisteren", None),
            ("", None),
            ("２０２６-01-05T09:30:00Z", None),
        ];
        for (text, expected) in table {
            assert_eq!(
                parse_moment(text).map(format_moment).as_deref(),
                expected,
                "{text}"
            );
        }
    }
}
