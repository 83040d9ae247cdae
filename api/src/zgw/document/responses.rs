//! The errors an operation can give, as shared responses: they come from the layers below the handlers.

use poem::http::Method;
use serde_json::{Map, Value, json};

/// One shared response.
struct Shared {
    status: &'static str,
    schema: &'static str,
    description: &'static str,
}

const SHARED: [Shared; 13] = [
    Shared {
        status: "400",
        schema: "ValidatieFout",
        description: "De aanvraag voldoet niet. `invalidParams` noemt alle fouten samen; het ontbreekt alleen als de inhoud \
            geen geldige JSON is (code `parse_error`).",
    },
    Shared {
        status: "401",
        schema: "Fout",
        description: "Hoort bij de standaard; deze server geeft bij een ontbrekend of ongeldig token 403.",
    },
    Shared {
        status: "403",
        schema: "Fout",
        description: "Het token ontbreekt, is ongeldig of geeft niet de scope die de operatie vraagt. De code zegt welke van deze.",
    },
    Shared {
        status: "404",
        schema: "Fout",
        description: "Het object bestaat niet (meer), of de pagina ligt voorbij het einde van de lijst.",
    },
    Shared {
        status: "406",
        schema: "Fout",
        description: "De header `Accept` staat geen `application/json` toe.",
    },
    Shared {
        status: "409",
        schema: "Fout",
        description: "Hoort bij de standaard; deze server geeft deze status niet.",
    },
    Shared {
        status: "410",
        schema: "Fout",
        description: "Hoort bij de standaard; deze server geeft voor een verwijderd object 404.",
    },
    Shared {
        status: "412",
        schema: "Fout",
        description: "De header `If-Match` noemt een andere versie van het object dan de huidige.",
    },
    Shared {
        status: "413",
        schema: "Fout",
        description: "De inhoud van de aanvraag is groter dan 1 MiB.",
    },
    Shared {
        status: "415",
        schema: "Fout",
        description: "De inhoud van de aanvraag is geen `application/json`.",
    },
    Shared {
        status: "429",
        schema: "Fout",
        description: "Te veel aanvragen. Deze server begrenst ze niet zelf; een proxy ervoor kan dat doen.",
    },
    Shared {
        status: "500",
        schema: "Fout",
        description: "Er ging iets mis in de server. `instance` staat ook in het logboek van de server.",
    },
    Shared {
        status: "503",
        schema: "Fout",
        description: "De server kan de aanvraag nu niet uitvoeren; probeer het later opnieuw.",
    },
];

/// `components/responses`.
pub(super) fn shared() -> Map<String, Value> {
    SHARED
        .iter()
        .map(|response| {
            let schema = format!("#/components/schemas/{}", response.schema);
            let body = json!({
                "description": response.description,
                "headers": {"API-version": api_version()},
                "content": {"application/problem+json": {"schema": {"$ref": schema}}},
            });
            (response.status.to_owned(), body)
        })
        .collect()
}

/// The header that every answer has.
pub(super) fn api_version() -> Value {
    header("Versie van de API.")
}

/// A header of an answer that holds text.
pub(super) fn header(description: &str) -> Value {
    json!({"description": description, "schema": {"type": "string"}})
}

/// What the errors of an operation hang on.
#[derive(Clone, Copy)]
pub(super) struct Traits<'a> {
    /// Its method.
    pub method: &'a Method,
    /// Whether its path names an object.
    pub names_object: bool,
    /// Whether it gives pages, which may lie beyond the end.
    pub paged: bool,
}

/// References to the errors that an operation can give, by status.
pub(super) fn of_operation(traits: Traits<'_>) -> impl Iterator<Item = (String, Value)> + '_ {
    let has_body = matches!(*traits.method, Method::POST | Method::PUT | Method::PATCH);
    let changes_object = matches!(*traits.method, Method::PUT | Method::PATCH | Method::DELETE);
    SHARED
        .iter()
        .filter(move |response| match response.status {
            "404" => traits.names_object || traits.paged,
            "412" => changes_object,
            "413" => has_body,
            _ => true,
        })
        .map(|response| {
            let reference = format!("#/components/responses/{}", response.status);
            (response.status.to_owned(), json!({"$ref": reference}))
        })
}
