//! A contactmoment that was deleted while somebody was typing: what they typed is shown, to be copied.

use askama::Template;
use poem::Response;
use poem::http::StatusCode;

use super::super::filters;
use super::super::form::Form;
use super::super::language::Text;
use super::super::page::Frame;
use super::super::problem::Problem;
use super::super::visit::Visit;
use super::TITLE;
use super::velden::{FIELDS, label_of};

#[derive(Template)]
#[template(path = "beheer/contactmomenten/weg.html")]
struct View<'a> {
    frame: Frame,
    why: &'a Text,
    typed: Vec<(Text, String)>,
}

/// 410, with what was typed.
pub fn show(visit: &Visit, why: &Text) -> Result<Response, Problem> {
    let form = Form::empty(visit);
    let view = View {
        frame: Frame::new(visit, &Text::new("Verwijderd", "Deleted"))
            .crumb("/contactmomenten", TITLE.in_language(visit.language))
            .narrow(),
        why,
        typed: FIELDS
            .into_iter()
            .map(|name| (label_of(name), form.value(name).to_owned()))
            .filter(|(_, value)| !value.is_empty())
            .collect(),
    };
    visit.show_as(StatusCode::GONE, &view)
}
