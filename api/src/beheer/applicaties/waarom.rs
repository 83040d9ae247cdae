//! Why an application may do something, or may not: by the very function that judges its requests.

use std::sync::Arc;

use askama::Template;
use openklant_shared::domain::applicatie::Component;
use poem::Response;

use super::{Found, choice, find, words};
use crate::Operation;
use crate::beheer::filters;
use crate::beheer::language::{Language, Text};
use crate::beheer::list::Asked;
use crate::beheer::page::Frame;
use crate::beheer::problem::Problem;
use crate::beheer::visit::Visit;

pub const TITLE: Text = Text::new(
    "Waarom mag deze applicatie dit?",
    "Why may this application do this?",
);

/// Name of the choice in the address.
const OPERATION: &str = "handeling";

/// The operations of a component, to choose from.
struct Group {
    name: Text,
    operations: Vec<(String, Text, bool)>,
}

/// What is answered.
struct Answer {
    is_yes: bool,
    text: Text,
    /// Path of the page that adds the right, when it is missing and can be added here.
    add: Option<String>,
    has_secret: bool,
}

#[derive(Template)]
#[template(path = "beheer/applicaties/waarom.html")]
struct View {
    frame: Frame,
    path: String,
    groups: Vec<Group>,
    wrong: Option<Text>,
    answer: Option<Answer>,
}

/// An operation as the address names it.
fn value(operation: &Operation) -> String {
    choice::value(operation.component, &operation.id)
}

/// `/applicaties/{uuid}/waarom`.
pub async fn show(visit: Arc<Visit>) -> Result<Response, Problem> {
    let found = find(&visit).await?;
    let mut asked = Asked::of(&visit, &[OPERATION]);
    let operation = asked.read(OPERATION, |text| {
        crate::operations().iter().find(|known| value(known) == text)
    });
    let groups = Component::ALL
        .into_iter()
        .map(|component| Group {
            name: words::component(component),
            operations: crate::operations()
                .iter()
                .filter(|known| known.component == component)
                .map(|known| (value(known), words::operation(known), operation == Some(known)))
                .collect(),
        })
        .collect();
    visit.show(&View {
        frame: found.frame(&visit, &TITLE).narrow(),
        path: found.path(),
        groups,
        wrong: asked.wrong().cloned(),
        answer: operation
            .filter(|_| asked.wrong().is_none())
            .map(|operation| answer(&found, operation)),
    })
}

fn answer(found: &Found, operation: &Operation) -> Answer {
    let applicatie = &found.applicatie;
    let (component, scope) = (operation.component, operation.scope.as_str());
    let is_yes = applicatie.allows(component, scope);
    let text = Text::in_both(|language| {
        let name = words::component(component);
        let place = format!("{} ({})", name.in_language(language), component.name());
        match (is_yes, applicatie.heeft_alle_autorisaties, language) {
            (true, true, Language::Nl) => "Ja: deze applicatie heeft alle rechten.".to_owned(),
            (true, true, Language::En) => "Yes: this application has all rights.".to_owned(),
            (true, false, Language::Nl) => format!("Ja: het recht {scope} staat bij {place}."),
            (true, false, Language::En) => format!("Yes: the right {scope} stands at {place}."),
            (false, _, Language::Nl) => format!("Nee: {scope} ontbreekt."),
            (false, _, Language::En) => format!("No: {scope} is missing."),
        }
    });
    let add = (!is_yes && found.created_at.is_some()).then(|| {
        let wanted = super::rights::WANTED;
        format!(
            "{}/rechten?{wanted}={}",
            found.path(),
            choice::value(component, scope)
        )
    });
    Answer {
        is_yes,
        text,
        add,
        has_secret: found.clients.iter().any(|client| client.has_secret),
    }
}
