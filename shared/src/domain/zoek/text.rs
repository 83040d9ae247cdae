//! One spelling for what can be spelt in several ways.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// A text without capitals and accents, with one space between words: `Zoë  van der ÅGE` becomes `zoe van der age`.
pub fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !plain.is_empty() {
            plain.push(' ');
        }
        plain.extend(
            word.nfkd()
                .filter(|letter| !is_combining_mark(*letter))
                .flat_map(char::to_lowercase),
        );
    }
    plain
}

/// A telephone number as its digits, without what stands for the Netherlands: `+31 (0)6-1234 5678`, `0031612345678` and
/// `0612345678` are all `612345678`. Empty when there are no digits.
pub fn telephone(text: &str) -> String {
    let text = text.trim();
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let (national, abroad) = if text.starts_with('+') {
        (None, Some(digits.as_str()))
    } else {
        match digits.strip_prefix("00") {
            Some(rest) => (None, Some(rest)),
            None => (Some(digits.as_str()), None),
        }
    };
    let number = match (national, abroad) {
        (_, Some(abroad)) => abroad.strip_prefix("31").unwrap_or(abroad),
        (Some(national), None) => match national.strip_prefix("31") {
            // Eleven digits are `+31` without its sign: numbers within the country have ten.
            Some(rest) if national.len() == 11 => rest,
            _ => national,
        },
        (None, None) => "",
    };
    number.trim_start_matches('0').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn capitals_accents_and_spaces_make_no_difference() {
        for (text, expected) in [
            ("Waterland", "waterland"),
            ("  Zoë  van der ÅGE ", "zoe van der age"),
            ("Müller", "muller"),
            ("Mu\u{308}ller", "muller"),
            ("ﬁets", "fiets"),
            ("STRASSE", "strasse"),
            ("Ђорђе", "ђорђе"),
            ("%_'\"\\", "%_'\"\\"),
            ("", ""),
            (" \t ", ""),
        ] {
            assert_eq!(plain(text), expected, "{text}");
        }
    }

    #[test]
    fn a_telephone_number_is_its_digits() {
        for (text, expected) in [
            ("0612345678", "612345678"),
            ("06-1234 5678", "612345678"),
            ("+31612345678", "612345678"),
            ("+31 (0)6 1234 5678", "612345678"),
            ("0031612345678", "612345678"),
            ("31612345678", "612345678"),
            ("+32475123456", "32475123456"),
            ("0032475123456", "32475123456"),
            ("3161234567", "3161234567"),
            ("14030", "14030"),
            ("onbekend", ""),
            ("", ""),
        ] {
            assert_eq!(telephone(text), expected, "{text}");
        }
    }
}
