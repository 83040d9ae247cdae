//! What counts as a URL in this API (behaviour of Open Klant 1.0.0, section 3): absolute, `http`, `https`, `ftp` or
//! `ftps`, with a host that is a name or an IP address. Unlike 1.0.0 a host without a dot is fine: container
//! networks have such names.

use url::{Host, Url};

const SCHEMES: [&str; 4] = ["http", "https", "ftp", "ftps"];

/// Whether `text` is a URL.
pub fn is_weblink(text: &str) -> bool {
    // The parser repairs what a browser would: blanks, backslashes, missing slashes. Here those are mistakes.
    if text
        .chars()
        .any(|c| c.is_whitespace() || c.is_control() || c == '\\')
    {
        return false;
    }
    let Some((scheme, rest)) = text.split_once("://") else {
        return false;
    };
    if rest.starts_with('/') || !SCHEMES.iter().any(|known| scheme.eq_ignore_ascii_case(known)) {
        return false;
    }
    let Ok(url) = Url::parse(text) else { return false };
    match url.host() {
        Some(Host::Domain(name)) => is_host_name(name),
        Some(Host::Ipv4(_) | Host::Ipv6(_)) => true,
        None => false,
    }
}

/// Labels of letters, digits and hyphens, not hyphenated at their ends. `name` is what the parser made of it:
/// lower case, international names in their ASCII form (`ftps`, a scheme it does not know, is left as it was).
fn is_host_name(name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name);
    !name.is_empty()
        && name.len() <= 253
        && name.split('.').all(|label| {
            !label.is_empty()
                && label.len() <= 63
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        })
}

#[cfg(test)]
mod tests {
    use super::is_weblink;

    #[test]
    fn only_absolute_web_addresses_with_a_host_are_urls() {
        let good = [
            "http://localhost:8000/x",
            "https://www.waterdam.example/a?b=c#d",
            "HTTPS://WATERDAM.EXAMPLE",
            "ftp://bestanden.example/x",
            "ftps://bestanden.example/x",
            "http://klanten/x",
            "http://127.0.0.1/x",
            "http://[::1]:80/x",
            "https://münchen.example/",
            "https://user@waterdam.example/",
        ];
        let bad = [
            "",
            "x",
            "geen-url",
            "http:",
            "http://",
            "http:///x",
            "http:/x",
            "//waterdam.example/",
            "mailto:a@b.example",
            "javascript://waterdam.example/",
            "http://a b/",
            "http://a\\b/",
            "http://-a.example/",
            "http://a_b.example/",
            "http://a..example/",
            "http://waterdam.example:99999/",
            "https://waterdam.example/\u{0}",
            "/pad",
        ];
        for text in good {
            assert!(is_weblink(text), "{text}");
        }
        for text in bad {
            assert!(!is_weblink(text), "{text}");
        }
    }
}
