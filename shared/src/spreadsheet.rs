//! Cells that a spreadsheet reads.

use std::borrow::Cow;

/// A text of others that a spreadsheet does not take for a formula: with an apostrophe in front when it begins as one.
pub fn harmless(text: &str) -> Cow<'_, str> {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

#[cfg(test)]
mod tests {
    use super::harmless;

    #[test]
    fn formulas_are_shown_not_computed() {
        for (text, expected) in [
            ("=1+1", "'=1+1"),
            ("@som", "'@som"),
            ("+31612345678", "'+31612345678"),
            ("-1", "'-1"),
            ("\t=1", "'\t=1"),
            ("\r=1", "'\r=1"),
            ("F. de Vries", "F. de Vries"),
            ("a=1", "a=1"),
            ("", ""),
        ] {
            assert_eq!(harmless(text), expected);
        }
    }
}
