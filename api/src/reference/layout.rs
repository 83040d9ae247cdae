//! The frame of every reference page.

use maud::{DOCTYPE, Markup, html};
use poem::http::header;
use poem::{Body, Response};

/// Plain pages: no script, nothing from elsewhere, never inside another page.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; \
                      frame-ancestors 'none'";

/// Where a page stands. Links are relative, so that pages work under every host name and behind every sub-path.
pub(super) struct Place {
    /// Its title.
    pub title: &'static str,
    /// The way from here to `/`, with a slash at the end.
    pub root: &'static str,
}

/// A page with `content` below its title.
pub(super) fn page(place: &Place, content: &Markup) -> Response {
    let is_landing = place.root == "./";
    let page = html! {
        (DOCTYPE)
        html lang="nl" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (place.title) @if !is_landing { " - Open Klant" } }
                link rel="stylesheet" href={(place.root) "ref/pages.css"};
                link rel="icon" href="data:,";
            }
            body {
                @if !is_landing {
                    nav aria-label="Kruimelpad" { a href=(place.root) { "Open Klant" } " / " (place.title) }
                }
                main {
                    h1 { (place.title) }
                    (content)
                }
                footer { "Open Klant " (env!("CARGO_PKG_VERSION")) }
            }
        }
    };
    answer("text/html; charset=utf-8", Body::from(page.into_string()))
}

/// The style sheet of the pages.
pub(super) fn style() -> Response {
    answer(
        "text/css; charset=utf-8",
        Body::from(include_str!("../pages/reference.css")),
    )
}

fn answer(content_type: &'static str, body: Body) -> Response {
    Response::builder()
        .header(header::CONTENT_TYPE, content_type)
        .header(header::CACHE_CONTROL, "public, max-age=300")
        .header(header::CONTENT_SECURITY_POLICY, POLICY)
        .body(body)
}

/// A Dutch text with words between backticks, shown as code, and words between double asterisks, shown as strong.
pub(super) fn marked_up(text: &str) -> Markup {
    html! {
        @for (place, part) in text.split('`').enumerate() {
            @if place % 2 == 1 { code { (part) } } @else {
                @for (place, part) in part.split("**").enumerate() {
                    @if place % 2 == 1 { strong { (part) } } @else { (part) }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::marked_up;

    /// Relative luminance of a colour (WCAG 2.1).
    fn luminance(colour: &str) -> f64 {
        let part = |place: usize| {
            let value = f64::from(u8::from_str_radix(&colour[place..place + 2], 16).unwrap()) / 255.0;
            if value <= 0.04045 {
                value / 12.92
            } else {
                ((value + 0.055) / 1.055).powf(2.4)
            }
        };
        0.2126 * part(0) + 0.7152 * part(2) + 0.0722 * part(4)
    }

    #[test]
    fn every_text_stands_out_from_what_is_behind_it() {
        let style = include_str!("../pages/reference.css");
        let colour = |name: &str| {
            let value = style.split_once(&format!("--{name}: #")).unwrap().1;
            luminance(&value[..6])
        };
        for text in ["ink", "quiet", "link"] {
            for background in ["paper", "band"] {
                let contrast = (colour(background) + 0.05) / (colour(text) + 0.05);
                assert!(contrast >= 4.5, "{text} on {background}: {contrast:.1}");
            }
        }
    }

    #[test]
    fn words_between_backticks_are_code_and_text_is_escaped() {
        assert_eq!(
            marked_up("zie `Allow` & <b>").into_string(),
            "zie <code>Allow</code> &amp; &lt;b&gt;"
        );
    }
}
