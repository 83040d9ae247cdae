//! The documentation page of an API: Swagger UI as poem-openapi ships it, with a page of our own around it.
//!
//! poem-openapi's page holds the whole program and the document inside one HTML file. Ours loads the program as a file
//! that a browser keeps, asks this server for the document, allows no script but that one, and reaches no other server.

use std::ops::Range;
use std::sync::LazyLock;

use bytes::Bytes;
use maud::{DOCTYPE, html};
use poem::http::header;
use poem::{Body, Response};
use poem_openapi::OpenApiService;

use crate::zgw::ApiDeclaration;
use crate::zgw::links::Base;

/// Started by hand: the page may hold no script of its own. The validator would send the document to another server.
const START: &str = "window.addEventListener('load', function () {
  SwaggerUIBundle({dom_id: '#ui', url: './openapi.json', deepLinking: true, validatorUrl: null});
});
";

/// The page poem-openapi ships, and where style and program stand in it.
struct Shipped {
    page: Bytes,
    style: Range<usize>,
    program: Range<usize>,
}

static SHIPPED: LazyLock<Option<Shipped>> = LazyLock::new(|| {
    let page = OpenApiService::new((), "", "").swagger_ui_html();
    let style = between(&page, "<style charset=\"UTF-8\">", "</style>")?;
    let program = between(&page, "<script charset=\"UTF-8\">", "</script>")?;
    Some(Shipped {
        page: Bytes::from(page),
        style,
        program,
    })
});

fn between(page: &str, begin: &str, end: &str) -> Option<Range<usize>> {
    let from = page.find(begin)? + begin.len();
    let to = from + page.get(from..)?.find(end)?;
    Some(from..to)
}

/// The page at `{base}/schema/` of `api`.
pub fn page(api: &ApiDeclaration, base: &Base) -> Response {
    let page = html! {
        (DOCTYPE)
        html lang="nl" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (api.title) " " (api.version) }
                link rel="stylesheet" href="swagger-ui.css";
                link rel="icon" href="data:,";
                script src="swagger-ui-bundle.js" defer {}
                script src="swagger-ui-start.js" defer {}
            }
            body {
                main id="ui" {}
                noscript {
                    p {
                        "Deze pagina heeft JavaScript nodig. De beschrijving van de API staat ook in "
                        a href="openapi.json" { "openapi.json" } " en " a href="openapi.yaml" { "openapi.yaml" } "."
                    }
                }
            }
        }
    };
    // Swagger UI writes style attributes and data: images; trying a call out goes to the public address.
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
         connect-src 'self' {}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        base.url("/")
    );
    Response::builder()
        .header(header::CONTENT_TYPE, "text/html; charset=utf-8")
        .header(header::CACHE_CONTROL, "no-store")
        .header(header::CONTENT_SECURITY_POLICY, policy)
        .body(Body::from(page.into_string()))
}

/// A file of the page: `{base}/schema/{name}`; `None` when there is no such file.
pub fn asset(name: &str) -> Option<Response> {
    let shipped = SHIPPED.as_ref()?;
    let (content_type, content) = match name {
        "swagger-ui.css" => (
            "text/css; charset=utf-8",
            shipped.page.slice(shipped.style.clone()),
        ),
        "swagger-ui-bundle.js" => (
            "text/javascript; charset=utf-8",
            shipped.page.slice(shipped.program.clone()),
        ),
        "swagger-ui-start.js" => (
            "text/javascript; charset=utf-8",
            Bytes::from_static(START.as_bytes()),
        ),
        _ => return None,
    };
    let answer = Response::builder()
        .header(header::CONTENT_TYPE, content_type)
        .header(header::CACHE_CONTROL, "public, max-age=86400")
        .body(Body::from(content));
    Some(answer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_page_still_has_the_parts_we_take() {
        let shipped = SHIPPED.as_ref().expect("poem-openapi changed its page");
        assert!(shipped.program.len() > 500_000, "{:?}", shipped.program);
        assert!(shipped.style.len() > 50_000, "{:?}", shipped.style);
        let program = &shipped.page[shipped.program.clone()];
        assert!(!program.starts_with(b"{:"), "the template was not filled in");
    }
}
