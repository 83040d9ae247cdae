//! What counts as an e-mail address: a mailbox at a domain of at least two parts, without a name around it.

use email_address::{EmailAddress, Options};

/// Whether `text` is an e-mail address.
pub fn is_emailadres(text: &str) -> bool {
    let options = Options::default()
        .with_minimum_sub_domains(2)
        .without_display_text()
        .without_domain_literal();
    EmailAddress::parse_with_options(text, options).is_ok()
}

#[cfg(test)]
mod tests {
    use super::is_emailadres;

    #[test]
    fn an_address_needs_a_mailbox_and_a_domain() {
        for (text, good) in [
            ("fenna@voorbeeld.example", true),
            ("fenna.waterland+post@sub.voorbeeld.example", true),
            ("fenna", false),
            ("fenna@", false),
            ("fenna@voorbeeld", false),
            ("Fenna <fenna@voorbeeld.example>", false),
            ("fenna@@voorbeeld.example", false),
        ] {
            assert_eq!(is_emailadres(text), good, "{text}");
        }
    }
}
