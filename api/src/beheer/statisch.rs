//! The style sheet and the script: part of the program, under a name that changes with what is in them.

use std::fmt::Write;
use std::sync::LazyLock;

use poem::Response;
use poem::http::header;
use sha2::{Digest, Sha256};

use super::problem::Problem;
use super::visit::Visit;

struct File {
    name: String,
    media_type: &'static str,
    content: &'static str,
}

static STYLE: LazyLock<File> = LazyLock::new(|| {
    File::new(
        "css",
        "text/css; charset=utf-8",
        include_str!("statisch/beheer.css"),
    )
});
static SCRIPT: LazyLock<File> = LazyLock::new(|| {
    File::new(
        "js",
        "text/javascript; charset=utf-8",
        include_str!("statisch/beheer.js"),
    )
});

impl File {
    fn new(extension: &str, media_type: &'static str, content: &'static str) -> Self {
        let mut name = "beheer.".to_owned();
        for byte in Sha256::digest(content.as_bytes()).iter().take(6) {
            // Writing to a String cannot fail.
            let _ = write!(name, "{byte:02x}");
        }
        name.push('.');
        name.push_str(extension);
        Self {
            name,
            media_type,
            content,
        }
    }
}

/// Path of the style sheet, below the site.
pub fn style() -> String {
    format!("/statisch/{}", STYLE.name)
}

/// Path of the script, below the site.
pub fn script() -> String {
    format!("/statisch/{}", SCRIPT.name)
}

/// `/statisch/{bestand}`.
pub fn show(visit: &Visit) -> Result<Response, Problem> {
    let wanted = visit.parameter("bestand");
    let file = [&STYLE, &SCRIPT]
        .into_iter()
        .find(|file| file.name == wanted)
        .ok_or(Problem::NotFound)?;
    Ok(Response::builder()
        .header(header::CONTENT_TYPE, file.media_type)
        .header(header::CACHE_CONTROL, "public, max-age=31536000, immutable")
        .body(file.content))
}
