//! Numbers with a rule of their own. Holding the type proves the check; nobody checks twice.

use super::codes::{self, Code};

/// A text that passed the check named by its type.
macro_rules! checked_number {
    ($(#[$doc:meta])* $name:ident, $check:path) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq)]
        pub struct $name(String);

        impl $name {
            /// Checks `text`; the code says what is wrong with it.
            pub fn parse(text: &str) -> Result<Self, Code> {
                $check(text)?;
                Ok(Self(text.to_owned()))
            }

            /// The digits.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// The digits.
            pub fn into_string(self) -> String {
                self.0
            }
        }

        impl std::fmt::Debug for $name {
            /// Never shows the number: a BSN must not end up in a log by accident.
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), "(***)"))
            }
        }
    };
}

checked_number!(
    /// RSIN of an organisation: nine digits that pass the eleven-test.
    Rsin,
    check_nine_digits
);
checked_number!(
    /// Burgerservicenummer: the same form as an RSIN.
    Bsn,
    check_nine_digits
);
checked_number!(
    /// Administratienummer of the BRP: ten digits, the first not zero.
    ANummer,
    check_a_nummer
);

/// `text` with everything that could be a BSN made unreadable but for its last two digits. For texts of others that are
/// no personal data as such, but may hold one: the identity of a request, for instance. Nine digits inside a longer
/// hexadecimal word are left alone: those are random.
pub fn without_bsn(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(begin) = rest.find(|c: char| c.is_ascii_hexdigit()) {
        let (before, word) = rest.split_at(begin);
        let end = word.find(|c: char| !c.is_ascii_hexdigit()).unwrap_or(word.len());
        let (word, after) = word.split_at(end);
        shown.push_str(before);
        if Bsn::parse(word).is_ok() {
            shown.push_str("*******");
            shown.push_str(&word[7..]);
        } else {
            shown.push_str(word);
        }
        rest = after;
    }
    shown.push_str(rest);
    shown
}

/// Only digits, exactly nine, and the eleven-test, in that order (behaviour of Open Klant 1.0.0, section 3.4).
fn check_nine_digits(text: &str) -> Result<(), Code> {
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(codes::ONLY_DIGITS);
    }
    if text.len() != 9 {
        return Err(codes::INVALID_LENGTH);
    }
    if passes_elfproef(text) {
        Ok(())
    } else {
        Err(codes::ELFPROEF)
    }
}

fn check_a_nummer(text: &str) -> Result<(), Code> {
    let mut bytes = text.bytes();
    let first = bytes.next().is_some_and(|byte| matches!(byte, b'1'..=b'9'));
    if first && text.len() == 10 && bytes.all(|byte| byte.is_ascii_digit()) {
        Ok(())
    } else {
        Err(codes::A_NUMMER)
    }
}

/// The eleven-test for nine digits: weights 9 to 2, and -1 for the last; the sum is a multiple of eleven.
fn passes_elfproef(digits: &str) -> bool {
    const WEIGHTS: [i32; 9] = [9, 8, 7, 6, 5, 4, 3, 2, -1];
    let sum: i32 = digits
        .bytes()
        .zip(WEIGHTS)
        .map(|(digit, weight)| i32::from(digit - b'0') * weight)
        .sum();
    sum % 11 == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_failing_check_of_nine_digits_counts() {
        let table = [
            ("111222333", None),
            ("123456782", None),
            ("517439943", None),
            ("423182687", None),
            ("012345672", None),
            ("000000000", None),
            ("51743994x", Some("only-digits")),
            ("x", Some("only-digits")),
            ("", Some("invalid-length")),
            ("51743994", Some("invalid-length")),
            ("5174399431", Some("invalid-length")),
            ("517439944", Some("invalid")),
            ("١١١٢٢٢٣٣٣", Some("only-digits")),
        ];
        for (text, expected) in table {
            assert_eq!(Rsin::parse(text).err().map(|code| code.code), expected, "{text}");
            assert_eq!(Bsn::parse(text).err().map(|code| code.code), expected, "{text}");
        }
    }

    #[test]
    fn an_a_nummer_has_ten_digits_and_no_leading_zero() {
        for (text, good) in [
            ("1234567890", true),
            ("0234567890", false),
            ("123456789", false),
            ("12345678901", false),
            ("12345678é", false),
        ] {
            assert_eq!(ANummer::parse(text).is_ok(), good, "{text}");
        }
    }

    #[test]
    fn what_could_be_a_bsn_is_masked() {
        for (text, expected) in [
            ("999993653", "*******53"),
            ("BSN:999993653", "BSN:*******53"),
            ("zaak-999993653/111222333.x", "zaak-*******53/*******33.x"),
            ("999993654", "999993654"),
            ("0999993653", "0999993653"),
            ("a999993653", "a999993653"),
            (
                "4bf92f35-77b3-4da6-a3ce-929d0e0e4736",
                "4bf92f35-77b3-4da6-a3ce-929d0e0e4736",
            ),
            ("", ""),
            ("é", "é"),
        ] {
            assert_eq!(without_bsn(text), expected);
        }
    }

    #[test]
    fn numbers_do_not_show_themselves() {
        assert_eq!(format!("{:?}", Bsn::parse("111222333").unwrap()), "Bsn(***)");
    }
}
