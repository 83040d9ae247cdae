//! The page that asks before something is done. There are no dialogs: `GET …/verwijderen` asks, `POST` to the same
//! address does it.

use askama::Template;
use poem::Response;

use super::filters;
use super::form::Form;
use super::language::Text;
use super::page::Frame;
use super::problem::Problem;
use super::visit::Visit;

/// Name of the field with the reason.
pub const REASON: &str = "reden";

/// Name of the field with the version that was seen.
pub const VERSION: &str = "versie";

/// A question.
#[derive(Clone, Debug)]
pub struct Confirm {
    /// The frame; its heading is the question.
    pub frame: Frame,
    /// What will happen, in at most five lines with numbers.
    pub what_happens: Vec<Text>,
    /// What cannot be undone.
    pub irreversible: Option<Text>,
    /// Whether a reason is asked for; it is required then.
    pub asks_reason: bool,
    /// The action, by name.
    pub yes: Text,
    /// Not doing it, by name.
    pub no: Text,
    /// Where not doing it leads.
    pub back: String,
    /// Whether the action takes something away.
    pub is_danger: bool,
    /// Fields that come back with the answer: the version that was seen, a count.
    pub hidden: Vec<(&'static str, String)>,
}

#[derive(Template)]
#[template(path = "beheer/bevestigen.html")]
struct View<'a> {
    frame: &'a Frame,
    ask: &'a Confirm,
    form: &'a Form,
}

impl Confirm {
    /// The page; 422 when the form is not right, such as without a reason.
    ///
    /// # Errors
    /// The template failed.
    pub fn show(&self, visit: &Visit, form: &Form) -> Result<Response, Problem> {
        let frame = self.frame.clone().narrow().about(form);
        let view = View {
            frame: &frame,
            ask: self,
            form,
        };
        visit.show_form(form, &view)
    }
}

/// The reason in a form, which has to be there.
pub fn reason(form: &mut Form) -> String {
    let reason = form.value(REASON).to_owned();
    if reason.is_empty() {
        form.refuse(REASON, Text::new("Vul een reden in", "Give a reason"));
    } else if reason.chars().count() > 1000 {
        form.refuse(
            REASON,
            Text::new(
                "De reden is te lang: hoogstens 1.000 tekens",
                "The reason is too long: at most 1,000 characters",
            ),
        );
    }
    reason
}
