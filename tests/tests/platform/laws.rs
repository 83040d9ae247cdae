//! Laws of the pure parts, checked with many generated values.

use chrono::{TimeZone, Utc};
use openklant_shared::domain::identifiers::{Bsn, Rsin};
use openklant_shared::domain::moment::{format_moment, parse_moment};
use proptest::prelude::{prop_assert, prop_assert_eq, prop_assume, proptest};

/// The elfproef, written down once more: nine digits of which nine times the first, eight times the second and so on
/// to twice the eighth, less the last, is a multiple of eleven.
fn passes(digits: &[u8]) -> bool {
    let weighted: i32 = digits
        .iter()
        .zip([9, 8, 7, 6, 5, 4, 3, 2, -1])
        .map(|(digit, weight)| i32::from(*digit) * weight)
        .sum();
    weighted % 11 == 0
}

fn text_of(digits: &[u8]) -> String {
    digits.iter().map(|digit| char::from(b'0' + digit)).collect()
}

/// A number that passes, whatever the first eight digits: the last is chosen, or there is none.
fn completed(first: [u8; 8]) -> Option<[u8; 9]> {
    (0..10)
        .map(|last| {
            let mut digits = [0; 9];
            digits[..8].copy_from_slice(&first);
            digits[8] = last;
            digits
        })
        .find(|digits| passes(digits))
}

proptest! {
    #[test]
    fn the_elfproef_is_what_decides(digits in proptest::array::uniform9(0_u8..10)) {
        let text = text_of(&digits);
        prop_assert_eq!(Rsin::parse(&text).is_ok(), passes(&digits));
        prop_assert_eq!(Bsn::parse(&text).is_ok(), passes(&digits));
    }

    #[test]
    fn one_wrong_digit_is_always_noticed(first in proptest::array::uniform8(0_u8..10), place in 0_usize..9, other in 0_u8..10) {
        let Some(digits) = completed(first) else { return Ok(()) };
        prop_assert!(Bsn::parse(&text_of(&digits)).is_ok());
        prop_assume!(digits[place] != other);
        let mut wrong = digits;
        wrong[place] = other;
        prop_assert!(Bsn::parse(&text_of(&wrong)).is_err());
    }

    #[test]
    fn two_neighbours_in_the_wrong_order_are_noticed(first in proptest::array::uniform8(0_u8..10), place in 0_usize..7) {
        let Some(digits) = completed(first) else { return Ok(()) };
        prop_assume!(digits[place] != digits[place + 1]);
        let mut wrong = digits;
        wrong.swap(place, place + 1);
        prop_assert!(Bsn::parse(&text_of(&wrong)).is_err());
    }

    #[test]
    fn what_is_no_nine_digits_is_no_number(text in "\\PC{0,12}") {
        prop_assume!(!(text.len() == 9 && text.bytes().all(|byte| byte.is_ascii_digit())));
        prop_assert!(Rsin::parse(&text).is_err());
    }

    #[test]
    fn a_moment_that_was_printed_reads_the_same(micros in -62_135_596_800_000_000_i64..253_402_300_800_000_000) {
        let moment = Utc.timestamp_micros(micros).single().expect("a moment between the years 1 and 9999");
        let printed = format_moment(moment);
        prop_assert!(printed.ends_with('Z'));
        let fraction = printed.split_once('.').map(|(_, fraction)| fraction.len());
        prop_assert_eq!(fraction, (micros % 1_000_000 != 0).then_some(7), "{}", printed);
        prop_assert_eq!(printed.parse().ok(), Some(moment), "as others read it");
        prop_assert_eq!(parse_moment(&printed), Some(moment), "as we read it");
    }
}
