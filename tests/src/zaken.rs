//! A stand-in for a Zaken API: the other side of an objectcontactmoment, which answers what it is told.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use crate::listener::{Incoming, Listener, Reply};

/// Path of its zaken.
const ZAKEN: &str = "/zaken/api/v1/zaken";
/// Path of their relations to contactmomenten.
const RELATIONS: &str = "/zaken/api/v1/zaakcontactmomenten";

/// The stand-in. Until told otherwise each of its zaken is there and has each relation that is asked for.
#[derive(Debug)]
pub struct ZakenApi {
    listener: Listener,
    state: Arc<Mutex<State>>,
}

#[derive(Debug)]
struct State {
    zaak: Reply,
    relations: Reply,
    seen: Vec<Incoming>,
}

impl ZakenApi {
    /// Starts one.
    pub async fn start() -> Self {
        let state = Arc::new(Mutex::new(State {
            zaak: Reply::json(200, &zaak()),
            relations: Reply::json(200, &json!([{}])),
            seen: Vec::new(),
        }));
        let shared = Arc::clone(&state);
        let listener = Listener::start(move |request| {
            let mut state = shared.lock().expect("the state of the stand-in");
            let reply = if request.path() == RELATIONS {
                state.relations.clone()
            } else if request.path().starts_with(ZAKEN) {
                state.zaak.clone()
            } else {
                Reply::html(404)
            };
            state.seen.push(request);
            reply
        })
        .await;
        Self { listener, state }
    }

    /// The URL of a zaak.
    pub fn zaak(&self, name: &str) -> String {
        format!("{}{ZAKEN}/{name}", self.listener.base())
    }

    /// Scheme, host and port.
    pub fn base(&self) -> String {
        self.listener.base()
    }

    /// From now on this is its answer to who asks for a zaak.
    pub fn answers_zaak(&self, reply: Reply) {
        self.state.lock().expect("the state of the stand-in").zaak = reply;
    }

    /// From now on this is its answer to who asks for relations.
    pub fn answers_relations(&self, reply: Reply) {
        self.state.lock().expect("the state of the stand-in").relations = reply;
    }

    /// What was asked, in order.
    pub fn seen(&self) -> Vec<Incoming> {
        self.state.lock().expect("the state of the stand-in").seen.clone()
    }
}

/// A zaak as a Zaken API shows it.
pub fn zaak() -> Value {
    json!({
        "url": "https://zaken.waterdam.example/zaken/api/v1/zaken/5c2b1f3e-9d41-4c7a-8a51-0b1c2d3e4f50",
        "uuid": "5c2b1f3e-9d41-4c7a-8a51-0b1c2d3e4f50",
        "identificatie": "ZAAK-2026-0000000042",
        "bronorganisatie": "517439943",
        "omschrijving": "Nieuwe afvalpas",
        "toelichting": "",
        "zaaktype": "https://catalogi.waterdam.example/api/v1/zaaktypen/1",
        "registratiedatum": "2026-01-05",
        "verantwoordelijkeOrganisatie": "517439943",
        "startdatum": "2026-01-05",
        "einddatum": null,
        "einddatumGepland": null,
        "communicatiekanaal": "",
        "productenOfDiensten": [],
        "vertrouwelijkheidaanduiding": "zaakvertrouwelijk",
        "betalingsindicatie": "",
        "laatsteBetaaldatum": null,
        "zaakgeometrie": null,
        "verlenging": {"reden": "", "duur": null},
        "opschorting": {"indicatie": false, "reden": ""},
        "hoofdzaak": null,
        "deelzaken": [],
        "kenmerken": [],
    })
}
