//! The form of a klant: what it shows, and what the rules of the API say of what was typed.

use askama::Template;
use openklant_shared::domain::audittrail::limits;
use openklant_shared::domain::difference::mask;
use openklant_shared::domain::fault::{Fault, Faults};
use openklant_shared::domain::klant::{Klant, SubjectType};

use super::super::filters;
use super::super::form::Form;
use super::super::language::Text;
use super::super::page::Frame;
use super::super::{fault, visit::Visit};
use super::velden::{Kind, Veld, blokken};
use super::woorden::label;
use crate::klanten::{input, subject_input};
use crate::zgw::body::JsonObject;
use crate::zgw::fields::Demand;

/// Name of the field with why.
pub const TOELICHTING: &str = "toelichting";

/// A field as it is shown.
#[derive(Debug)]
pub struct Shown {
    /// Its name in the API.
    pub name: String,
    /// Its name for people.
    pub label: Text,
    /// What helps.
    pub hint: Text,
    /// `line`, `area`, `check`, `choice`, or `sealed` for a number that is there already.
    pub kind: &'static str,
    /// Type of the input.
    pub input: String,
    /// Its width.
    pub width: &'static str,
    /// Its `inputmode`.
    pub mode: &'static str,
    /// Whether it must be there.
    pub required: bool,
    /// The number that is there, masked.
    pub sealed: String,
    /// What can be chosen: value and words.
    pub options: Vec<(String, String)>,
}

/// Fields that belong together.
#[derive(Debug)]
pub struct Group {
    /// What they are about.
    pub heading: Text,
    /// The fields, by rows.
    pub rows: Vec<Vec<Shown>>,
    /// Whether it can be folded up.
    pub folded: bool,
    /// Whether it is open then.
    pub open: bool,
}

/// The page with the form.
#[derive(Template)]
#[template(path = "beheer/klanten/formulier.html")]
pub struct Page<'a> {
    /// What stands around it.
    pub frame: Frame,
    /// What was typed or is stored.
    pub form: &'a Form,
    /// The fields.
    pub groups: Vec<Group>,
    /// The kind of klant, in words.
    pub soort: Text,
    /// Hidden fields.
    pub hidden: Vec<(&'static str, String)>,
    /// Path that leaving leads to.
    pub back: String,
    /// Whether there is a klant already.
    pub is_change: bool,
}

/// The fields of a klant of this kind. `stored` is the klant, when there is one already.
pub fn groups(
    visit: &Visit,
    form: &Form,
    kind: Option<SubjectType>,
    stored: Option<&JsonObject>,
) -> Vec<Group> {
    let is_used = |veld: &Veld| !form.value(veld.name).is_empty() || form.error(veld.name).is_some();
    blokken(kind)
        .into_iter()
        .map(|blok| Group {
            heading: Text::new(blok.heading.0, blok.heading.1),
            folded: blok.folded,
            open: blok.rows.iter().copied().flatten().any(is_used),
            rows: blok
                .rows
                .iter()
                .map(|row| row.iter().map(|veld| shown(visit, form, veld, stored)).collect())
                .collect(),
        })
        .collect()
}

fn shown(visit: &Visit, form: &Form, veld: &Veld, stored: Option<&JsonObject>) -> Shown {
    let sealed = match veld.kind {
        Kind::Sealed => stored.map_or_else(String::new, |body| mask(&veld.stored(body))),
        _ => String::new(),
    };
    let (kind, input) = match veld.kind {
        Kind::Line(input) => ("line", input),
        Kind::Area | Kind::List => ("area", ""),
        Kind::Check => ("check", ""),
        Kind::Choice(_) => ("choice", ""),
        Kind::Sealed if !sealed.is_empty() => ("sealed", "text"),
        Kind::Number | Kind::Sealed => ("line", "text"),
    };
    let mut options = Vec::new();
    if let Kind::Choice(choices) = veld.kind {
        let value = form.value(veld.name);
        options.push((String::new(), visit.t("niet bekend", "not known").to_owned()));
        // What is stored and no choice of ours stays what it is.
        let other = Some(value).filter(|value| !value.is_empty() && !choices.contains(value));
        for choice in choices.iter().copied().chain(other) {
            let words = choice_in_words(choice).in_language(visit.language).to_owned();
            options.push((choice.to_owned(), words));
        }
    }
    Shown {
        name: veld.name.to_owned(),
        label: label(veld.name),
        hint: Text::new(veld.hint.0, veld.hint.1),
        kind,
        input: input.to_owned(),
        width: veld.width,
        mode: if veld.digits { "numeric" } else { "" },
        required: veld.required,
        sealed,
        options,
    }
}

/// A member of an enumeration as people say it.
pub fn choice_in_words(choice: &str) -> Text {
    match choice {
        "m" => Text::new("man", "male"),
        "v" => Text::new("vrouw", "female"),
        "o" => Text::new("onbekend", "unknown"),
        other => Text::same(other.replace('_', " ")),
    }
}

/// Has the rules of the API judge a body, all of them at once, as far as they need no register. Answers the klant that it
/// makes, without what was refused.
pub fn judge(form: &mut Form, body: &JsonObject, kind: Option<SubjectType>, demand: Demand) -> Klant {
    let mut faults = Faults::new();
    let plain = input::read(body, demand, &mut faults);
    let subject = kind.and_then(|kind| subject_input::read(body, kind, &mut faults));
    tell(form, &faults, kind);
    let mut klant = Klant::default();
    plain.apply_to(&mut klant);
    if let Some(subject) = subject {
        subject.apply_to(&mut klant.identificatie);
    }
    klant
}

/// Puts what the API refused into the form.
pub fn tell(form: &mut Form, faults: &Faults, kind: Option<SubjectType>) {
    let place = |fault: &Fault| match fault.code {
        "invalid-subject" => Some(match kind {
            Some(SubjectType::NatuurlijkPersoon) => "subjectIdentificatie.inpBsn",
            Some(SubjectType::NietNatuurlijkPersoon) => "subjectIdentificatie.innNnpId",
            Some(SubjectType::Vestiging) => "subjectIdentificatie.vestigingsNummer",
            None => "subject",
        }),
        "unique" => Some("klantnummer"),
        _ => None,
    };
    fault::tell(form, faults, label, place);
}

/// Why, for the audit trail, which would cut it off.
pub fn toelichting(form: &mut Form) -> String {
    let text = form.value(TOELICHTING).to_owned();
    if text.chars().count() > limits::TOELICHTING {
        let most = limits::TOELICHTING;
        form.refuse(
            TOELICHTING,
            Text::made(
                format!("De toelichting is te lang: hoogstens {most} tekens"),
                format!("The explanation is too long: at most {most} characters"),
            ),
        );
    }
    text
}
