//! Chance that a seed repeats, and the numbers that have a rule of their own.

use chrono::{DateTime, Datelike, TimeDelta, Utc, Weekday};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use uuid::{Builder, Uuid};

/// Chance. The same seed gives the same throws, in one version of the program.
pub struct Dice(StdRng);

impl Dice {
    /// Of a seed.
    pub fn new(seed: u64) -> Self {
        Self(StdRng::seed_from_u64(seed))
    }

    /// Whether it happens, `percent` times of a hundred.
    pub fn chance(&mut self, percent: u32) -> bool {
        self.0.random_range(0..100) < percent
    }

    /// A number below `most`.
    pub fn below(&mut self, most: u32) -> u32 {
        self.0.random_range(0..most.max(1))
    }

    /// A number from 0 up to 1.
    pub fn part(&mut self) -> f64 {
        self.0.random()
    }

    /// A uuid (version 4 in form).
    pub fn uuid(&mut self) -> Uuid {
        Builder::from_random_bytes(self.0.random()).into_uuid()
    }

    /// One of these.
    pub fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.0.random_range(0..of.len())]
    }

    /// One of these, the first far more often than the last.
    pub fn skewed<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.skewed_below(of.len())]
    }

    /// A number below `most`, the low ones far more often: half of the throws are in the first quarter, a tenth in the
    /// first hundredth.
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "numbers of things, and a part of one"
    )]
    pub fn skewed_below(&mut self, most: usize) -> usize {
        let part: f64 = self.part();
        ((most as f64 * part * part) as usize).min(most.saturating_sub(1))
    }

    /// The place in a list of which each is drawn so many times of a hundred.
    pub fn weighted(&mut self, of_100: &[u32]) -> usize {
        let mut left = self.below(100);
        for (nr, weight) in of_100.iter().enumerate() {
            match left.checked_sub(*weight) {
                None => return nr,
                Some(rest) => left = rest,
            }
        }
        0
    }

    /// A moment of a working day, between 8 and 18 hours in UTC, at this part of the time from `from` to `until`.
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        reason = "a moment some seconds off is as good"
    )]
    pub fn moment(&mut self, from: DateTime<Utc>, until: DateTime<Utc>, part: f64) -> DateTime<Utc> {
        let seconds = ((until - from).num_seconds() - 4 * 86_400).max(0);
        let day = from + TimeDelta::seconds((seconds as f64 * part) as i64);
        let weekend = match day.weekday() {
            Weekday::Sat => 2,
            Weekday::Sun => 1,
            _ => 0,
        };
        let midnight = day.date_naive().and_time(chrono::NaiveTime::MIN).and_utc();
        let in_the_day = 8 * 3600 + i64::from(self.below(10 * 3600));
        midnight
            + TimeDelta::days(weekend)
            + TimeDelta::seconds(in_the_day)
            + TimeDelta::microseconds(i64::from(self.below(1_000_000)))
    }
}

/// Numbers of nine digits that pass the eleven-test and begin with a 9, as the numbers that are meant for tests do. Each
/// comes once in nine million.
pub struct NineDigits(u32);

/// Shares no factor with ten million, so that steps of it come past every number.
const STEP: u32 = 6_180_339;
const SPACE: u32 = 10_000_000;

impl NineDigits {
    /// A row of them of its own.
    pub fn new(dice: &mut Dice) -> Self {
        Self(dice.below(SPACE))
    }

    /// The next one.
    pub fn next(&mut self) -> String {
        loop {
            self.0 = (self.0 + STEP) % SPACE;
            let digits = format!("9{:07}", self.0);
            let sum: u32 = digits
                .bytes()
                .zip((2..=9).rev())
                .map(|(digit, weight)| u32::from(digit - b'0') * weight)
                .sum();
            // The last digit counts as -1 times itself: it is the rest. One in eleven has none.
            if sum % 11 < 10 {
                return format!("{digits}{}", sum % 11);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use openklant_shared::domain::identifiers::Bsn;

    use super::*;

    #[test]
    fn numbers_are_valid_and_come_once() {
        let mut numbers = NineDigits::new(&mut Dice::new(3));
        let made: HashSet<String> = (0..20_000).map(|_| numbers.next()).collect();
        assert_eq!(made.len(), 20_000);
        assert!(made.iter().all(|number| Bsn::parse(number).is_ok()));
    }

    #[test]
    fn low_numbers_come_far_more_often() {
        let mut dice = Dice::new(3);
        let low = (0..10_000).filter(|_| dice.skewed_below(1000) < 10).count();
        assert!((800..1200).contains(&low), "{low}");
    }

    #[test]
    fn moments_are_on_working_days_and_before_the_end() {
        let until: DateTime<Utc> = "2026-11-23T00:00:00Z".parse().unwrap();
        let from = until - TimeDelta::days(3000);
        let mut dice = Dice::new(3);
        for nr in 0..1000 {
            let moment = dice.moment(from, until, f64::from(nr) / 1000.0);
            assert!(moment >= from && moment < until, "{moment}");
            assert!(
                !matches!(moment.weekday(), Weekday::Sat | Weekday::Sun),
                "{moment}"
            );
        }
    }
}
