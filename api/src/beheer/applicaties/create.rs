//! A new application: its name, its client id and its rights. Its secret is shown on the next page, once.

use std::sync::Arc;

use askama::Template;
use openklant_shared::applicaties::{self, Credential};
use openklant_shared::domain::applicatie::{
    Applicatie, CLIENT_ID_MAX_LENGTH, LABEL_MAX_LENGTH, TextFault, check_text,
};
use openklant_shared::domain::zoek::plain;
use openklant_shared::storage::{Constraint, StorageError, applicatie};
use poem::Response;

use super::choice::{self, Group};
use super::secret::{self, Occasion};
use super::{by, tell};
use crate::beheer::confirm::Confirm;
use crate::beheer::filters;
use crate::beheer::form::Form;
use crate::beheer::language::Text;
use crate::beheer::page::Frame;
use crate::beheer::problem::Problem;
use crate::beheer::visit::Visit;

pub const TITLE: Text = Text::new("Nieuwe applicatie", "New application");

const NAME: &str = "naam";
const CLIENT_ID: &str = "clientId";

/// Name and value of the field that says that every right was confirmed.
pub const SURE: (&str, &str) = ("bevestigd", "alle rechten");

#[derive(Template)]
#[template(path = "beheer/applicaties/nieuw.html")]
struct View<'a> {
    frame: Frame,
    form: &'a Form,
    groups: Vec<Group>,
}

/// `/applicaties/nieuw`.
pub async fn create(visit: Arc<Visit>) -> Result<Response, Problem> {
    let mut form = Form::empty(&visit);
    if !visit.is_post() {
        return page(&visit, &form);
    }
    let (new, has_all) = read(&visit, &mut form);
    if !form.is_right() {
        return page(&visit, &form);
    }
    if has_all && !form.has(SURE.0, SURE.1) {
        let hidden = vec![
            (NAME, new.label.clone()),
            (CLIENT_ID, new.client_ids.concat()),
            (choice::ALL, "true".to_owned()),
            (SURE.0, SURE.1.to_owned()),
        ];
        let frame = frame(&visit).heading(visit.t("Alle rechten geven?", "Give all rights?"));
        return sure(frame, "/applicaties/nieuw".to_owned(), hidden).show(&visit, &Form::empty(&visit));
    }
    let credential = Credential {
        client_id: new.client_ids.concat(),
        secret: applicaties::new_secret()?,
    };
    let mut tx = visit.state.db.begin().await?;
    // A client id that somebody registered through the API has a secret that a program works with: it is not replaced.
    let is_taken = applicatie::hold_credential(&mut tx, &credential.client_id)
        .await?
        .is_some();
    let by = by(&visit, "applicatie add")?;
    let added = if is_taken {
        Err(StorageError::Unique(Constraint::ClientCredential))
    } else {
        applicaties::create(&mut tx, &new, std::slice::from_ref(&credential), &by).await
    };
    match added {
        Err(StorageError::Unique(Constraint::ApplicatieClient | Constraint::ClientCredential)) => {
            tx.rollback().await?;
            let client_id = &credential.client_id;
            form.refuse(
                CLIENT_ID,
                Text::made(
                    format!("De client-id {client_id} is al in gebruik. Kies een andere"),
                    format!("The client id {client_id} is in use already. Choose another"),
                ),
            );
            return page(&visit, &form);
        }
        added => added?,
    }
    tx.commit().await?;
    tell(&visit, "applicatie add", new.uuid)?;
    secret::keep(&visit, new.uuid, &credential, Occasion::New).await
}

fn page(visit: &Visit, form: &Form) -> Result<Response, Problem> {
    let view = View {
        frame: frame(visit).narrow().about(form),
        form,
        groups: choice::groups(),
    };
    visit.show_form(form, &view)
}

fn frame(visit: &Visit) -> Frame {
    Frame::new(visit, &TITLE).crumb("/applicaties", super::TITLE.in_language(visit.language))
}

/// The question whether every right is meant.
pub fn sure(frame: Frame, back: String, hidden: Vec<(&'static str, String)>) -> Confirm {
    Confirm {
        frame,
        what_happens: vec![
            Text::new(
                "De applicatie mag alle klanten en contactmomenten lezen, wijzigen en verwijderen.",
                "The application may read, change and delete every klant and contactmoment.",
            ),
            Text::new(
                "Zij mag ook het audittrail lezen en client-ids registreren.",
                "It may also read the audit trail and register client ids.",
            ),
            Text::new(
                "Rechten die een nieuwe versie brengt, krijgt zij vanzelf.",
                "Rights that a later version brings it gets by itself.",
            ),
        ],
        irreversible: None,
        asks_reason: false,
        yes: Text::new("Alle rechten geven", "Give all rights"),
        no: Text::new("Niet doen", "Do not"),
        back,
        is_danger: true,
        hidden,
    }
}

/// Reads the form; the other half says whether every right was chosen.
fn read(visit: &Visit, form: &mut Form) -> (Applicatie, bool) {
    let name = form.value(NAME).to_owned();
    check(form, NAME, &name, LABEL_MAX_LENGTH);
    let mut client_id = form.value(CLIENT_ID).to_owned();
    if client_id.is_empty() {
        client_id = proposed(&name);
    }
    if !name.is_empty() || !client_id.is_empty() {
        check(form, CLIENT_ID, &client_id, CLIENT_ID_MAX_LENGTH);
    }
    let has_all = form.has(choice::ALL, "true");
    let autorisaties = choice::chosen(form, &[]);
    if !has_all && autorisaties.is_empty() && form.error(choice::RIGHT).is_none() {
        form.refuse(
            choice::RIGHT,
            Text::new("Kies ten minste een recht", "Choose at least one right"),
        );
    }
    let new = Applicatie {
        uuid: visit.state.ids.next(),
        label: name,
        client_ids: vec![client_id],
        heeft_alle_autorisaties: has_all,
        autorisaties: if has_all { Vec::new() } else { autorisaties },
    };
    (new, has_all)
}

fn check(form: &mut Form, field: &'static str, text: &str, longest: usize) {
    let text = match check_text(text, longest) {
        Ok(()) => return,
        Err(TextFault::Empty) if field == NAME => Text::new("Vul een naam in", "Give a name"),
        Err(TextFault::Empty) => Text::new(
            "Vul een client-id in: van deze naam is er geen te maken",
            "Give a client id: none can be made of this name",
        ),
        Err(TextFault::Control) => {
            Text::new("Gebruik alleen zichtbare tekens", "Use visible characters only")
        }
        Err(TextFault::TooLong(longest)) => Text::made(
            format!("Gebruik hoogstens {longest} tekens"),
            format!("Use at most {longest} characters"),
        ),
    };
    form.refuse(field, text);
}

/// The client id that is proposed for a name: `Balieportaal (acceptatie)` becomes `balieportaal-acceptatie`.
fn proposed(name: &str) -> String {
    let mut id = String::new();
    for letter in plain(name).chars() {
        if letter.is_ascii_alphanumeric() {
            id.push(letter);
        } else if !id.is_empty() && !id.ends_with('-') {
            id.push('-');
        }
    }
    id.truncate(CLIENT_ID_MAX_LENGTH);
    id.trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_id_is_proposed_from_the_name() {
        for (name, expected) in [
            ("Balieportaal", "balieportaal"),
            ("  Balieportaal (acceptatie) ", "balieportaal-acceptatie"),
            ("Café Zoë", "cafe-zoe"),
            ("!!", ""),
            ("", ""),
        ] {
            assert_eq!(proposed(name), expected);
        }
        assert_eq!(proposed(&"a".repeat(80)).len(), CLIENT_ID_MAX_LENGTH);
    }
}
