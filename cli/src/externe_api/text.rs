//! The texts an operator gives for an API of another: its root, and what our tokens say there.

use openklant_shared::settings;

use crate::applicatie::text::fitting;

/// The longest root: that of the URLs it is compared with.
const API_ROOT_MAX_LENGTH: usize = 1000;
/// The longest client id and claim. What the other API takes is its own affair.
const CLAIM_MAX_LENGTH: usize = 255;

/// Reads the root of an API, in the form in which URLs are compared with it.
pub fn api_root(text: &str) -> Result<String, String> {
    let root = settings::api_root(text).map_err(|fault| format!("it {fault}"))?;
    fitting(root.as_str(), API_ROOT_MAX_LENGTH)
}

/// Reads a client id.
pub fn client_id(text: &str) -> Result<String, String> {
    fitting(text, CLAIM_MAX_LENGTH)
}

/// Reads what a token says of a user, which may be nothing.
pub fn claim(text: &str) -> Result<String, String> {
    if text.is_empty() {
        Ok(String::new())
    } else {
        fitting(text, CLAIM_MAX_LENGTH)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roots_have_one_form() {
        let long = format!("https://zaken.example.nl/{}", "a".repeat(API_ROOT_MAX_LENGTH));
        let cases = [
            ("https://zaken.example.nl", Some("https://zaken.example.nl/")),
            (
                "HTTPS://Zaken.Example.NL:443/api/v1",
                Some("https://zaken.example.nl/api/v1/"),
            ),
            ("http://10.0.0.8:8000/a//", Some("http://10.0.0.8:8000/a/")),
            ("zaken.example.nl/api/v1/", None),
            ("/api/v1/", None),
            ("ftp://zaken.example.nl/", None),
            ("https://", None),
            ("https://zaken.example.nl/?a=b", None),
            ("https://zaken.example.nl/#a", None),
            ("https://user:word@zaken.example.nl/", None),
            ("", None),
            (long.as_str(), None),
        ];
        for (text, expected) in cases {
            assert_eq!(api_root(text).ok().as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn claims_may_be_empty_and_client_ids_not() {
        let long = "é".repeat(CLAIM_MAX_LENGTH + 1);
        for (text, is_claim, is_client_id) in [
            ("fdv", true, true),
            ("", true, false),
            (" ", false, false),
            ("a\nb", false, false),
            (&long, false, false),
        ] {
            assert_eq!(claim(text).is_ok(), is_claim, "{text:?}");
            assert_eq!(client_id(text).is_ok(), is_client_id, "{text:?}");
        }
    }
}
