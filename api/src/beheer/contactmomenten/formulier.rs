//! The form of a contactmoment: made and changed by the same fields.

use askama::Template;
use openklant_shared::domain::audittrail::limits;
use openklant_shared::domain::contactmoment::{INITIATIEFNEMERS, ROLLEN};
use openklant_shared::domain::fault::{Fault, Faults};
use poem::Response;
use poem::http::StatusCode;

use super::super::fault;
use super::super::filters;
use super::super::form::Form;
use super::super::klanten::tijdlijn::Line;
use super::super::language::Text;
use super::super::page::Frame;
use super::super::problem::Problem;
use super::super::visit::Visit;
use super::velden::{IDENTIFICATIE, label_of};
use super::woorden::initiatief;
use crate::contactmomenten::contactmoment::service::Contactmomenten;
use crate::contactmomenten::klantcontactmoment::service::Klantcontactmomenten;
use crate::zgw::links::OwnLinks;

/// Name of the field with what is said about the change, for the log.
pub const TOELICHTING: &str = "toelichting";

/// The uses of contactmomenten, for the person of this visit.
pub fn contactmomenten(visit: &Visit) -> Contactmomenten<'_> {
    Contactmomenten {
        state: &visit.state,
        base: &visit.base,
        links: OwnLinks::of_site(&visit.base, &visit.state.settings.server),
    }
}

/// The uses of the klanten of contactmomenten, for the person of this visit.
pub fn klantcontactmomenten(visit: &Visit) -> Klantcontactmomenten<'_> {
    Klantcontactmomenten {
        state: &visit.state,
        base: &visit.base,
        links: OwnLinks::of_site(&visit.base, &visit.state.settings.server),
    }
}

/// A field that two people changed.
pub struct Collision {
    /// Its name.
    pub label: Text,
    /// What stood there.
    pub was: String,
    /// What stands there now.
    pub now: String,
    /// What was typed.
    pub typed: String,
}

/// What happened while somebody was typing.
#[derive(Default)]
pub struct Meanwhile {
    /// The changes, newest first.
    pub lines: Vec<Line>,
    /// The fields that both changed.
    pub collisions: Vec<Collision>,
}

/// What stands in the form beside the fields.
pub struct Around {
    /// The frame.
    pub frame: Frame,
    /// The klant who is coupled at once: name and uuid.
    pub klant: Option<(String, uuid::Uuid)>,
    /// The contactmoment that it follows on: its heading and uuid.
    pub vorig: Option<(Text, uuid::Uuid)>,
    /// The version that was seen; empty for a new one.
    pub version: String,
    /// What was changed meanwhile.
    pub meanwhile: Option<Meanwhile>,
    /// Where not saving leads.
    pub back: String,
}

#[derive(Template)]
#[template(path = "beheer/contactmomenten/formulier.html")]
struct View<'a> {
    frame: Frame,
    around: &'a Around,
    form: &'a Form,
    initiatiefnemers: Vec<(&'static str, String)>,
    rollen: Vec<(&'static str, String)>,
}

/// The page with the form: 200, 409 when somebody else changed it, 422 when something is wrong with it.
pub fn show(visit: &Visit, around: &Around, form: &Form) -> Result<Response, Problem> {
    let mut initiatiefnemers = vec![("", visit.t("niet bekend", "not known").to_owned())];
    initiatiefnemers.extend(
        INITIATIEFNEMERS
            .into_iter()
            .map(|name| (name, initiatief(name).in_language(visit.language).to_owned())),
    );
    let view = View {
        frame: around.frame.clone().narrow().about(form),
        around,
        form,
        initiatiefnemers,
        rollen: rollen(),
    };
    if around.meanwhile.is_some() {
        return visit.show_as(StatusCode::CONFLICT, &view);
    }
    visit.show_form(form, &view)
}

/// The roles to choose from.
pub fn rollen() -> Vec<(&'static str, String)> {
    ROLLEN.into_iter().map(|rol| (rol, rol.to_owned())).collect()
}

/// What is said about the change; notes when it is too long.
pub fn toelichting(form: &mut Form) -> String {
    let text = form.value(TOELICHTING).to_owned();
    if text.chars().count() > limits::TOELICHTING {
        form.refuse(
            TOELICHTING,
            Text::new(
                "De toelichting is te lang: hoogstens 1.000 tekens",
                "The explanation is too long: at most 1,000 characters",
            ),
        );
    }
    text
}

/// Puts what the rules of the API refused into the form.
pub fn tell(form: &mut Form, faults: &Faults) {
    fault::tell(form, faults, label_of, |fault: &Fault| {
        (fault.code == "invalid-medewerker" || fault.name == "medewerkerIdentificatie")
            .then_some(IDENTIFICATIE)
    });
}
