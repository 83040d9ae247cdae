//! A stand-in for a Zaken API with one zaak, which says that it knows of every contactmoment about it.

use std::sync::Arc;

use openklant_shared::clock::Ids;
use poem::http::StatusCode;
use poem::web::{Data, Path, Query};
use poem::{Endpoint, EndpointExt, Response, Route, get, handler};
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use super::answer;

/// Identificatie of the zaak.
pub const IDENTIFICATIE: &str = "ZAAK-2026-0000000042";
/// A made-up organisation.
const RSIN: &str = "517439943";

/// The stand-in.
pub struct Zaken {
    root: String,
    zaak: Uuid,
    relation: Uuid,
}

impl Zaken {
    /// One under this root, which ends in a slash.
    pub fn new(root: String, ids: &Ids) -> Self {
        Self {
            root,
            zaak: ids.next(),
            relation: ids.next(),
        }
    }

    /// Its root.
    pub fn root(&self) -> &str {
        &self.root
    }

    /// The URL of its zaak.
    pub fn zaak_url(&self) -> String {
        format!("{}zaken/{}", self.root, self.zaak)
    }
}

/// What stands under its root.
pub fn routes(stand_in: &Arc<Zaken>) -> impl Endpoint + 'static {
    Route::new()
        .at("/zaken/:uuid", get(read))
        .at("/zaakcontactmomenten", get(relations))
        .data(Arc::clone(stand_in))
}

#[handler]
fn read(Data(stand_in): Data<&Arc<Zaken>>, Path(uuid): Path<Uuid>) -> Response {
    if uuid != stand_in.zaak {
        return answer(
            StatusCode::NOT_FOUND,
            &json!({"code": "not_found", "status": 404}),
        );
    }
    let zaak = json!({
        "url": stand_in.zaak_url(),
        "uuid": uuid,
        "identificatie": IDENTIFICATIE,
        "bronorganisatie": RSIN,
        "omschrijving": "Aanvraag parkeervergunning",
        "zaaktype": "https://catalogi.example.nl/api/v1/zaaktypen/parkeervergunning",
        "verantwoordelijkeOrganisatie": RSIN,
        "startdatum": "2026-01-05",
    });
    answer(StatusCode::OK, &zaak)
}

#[derive(Debug, Deserialize)]
struct Wanted {
    zaak: String,
    contactmoment: String,
}

/// The standard answers a bare list, without pages.
#[handler]
fn relations(Data(stand_in): Data<&Arc<Zaken>>, Query(wanted): Query<Wanted>) -> Response {
    if wanted.zaak != stand_in.zaak_url() {
        return answer(StatusCode::OK, &json!([]));
    }
    let relation = json!({
        "url": format!("{}zaakcontactmomenten/{}", stand_in.root, stand_in.relation),
        "uuid": stand_in.relation,
        "zaak": wanted.zaak,
        "contactmoment": wanted.contactmoment,
    });
    answer(StatusCode::OK, &json!([relation]))
}
