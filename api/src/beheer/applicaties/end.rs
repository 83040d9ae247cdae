//! Revoking an application: every secret of its client ids ends at once. The application itself stays, with its rights, and
//! works again when it gets a new secret.

use std::sync::Arc;

use openklant_shared::applicaties::{self, Ends};
use poem::Response;

use super::{Found, by, hold_secrets, own, tell, version_shown};
use crate::beheer::confirm::{Confirm, VERSION};
use crate::beheer::form::Form;
use crate::beheer::language::{Language, Text};
use crate::beheer::moment as times;
use crate::beheer::problem::Problem;
use crate::beheer::visit::Visit;

pub const TITLE: Text = Text::new("Intrekken", "Revoke");

/// `/applicaties/{uuid}/intrekken`.
pub async fn revoke(visit: Arc<Visit>) -> Result<Response, Problem> {
    let found = own(&visit).await?;
    if found.clients.iter().all(|client| !client.has_secret) {
        return Err(Problem::Conflict(Text::new(
            "Deze applicatie is al ingetrokken. Er is niets gedaan.",
            "This application was revoked already. Nothing was done.",
        )));
    }
    if visit.is_post() {
        let form = Form::empty(&visit);
        let command = "applicatie secret revoke";
        let by = by(&visit, command)?;
        let mut tx = visit.state.db.begin().await?;
        let held = hold_secrets(&mut tx, found.applicatie.uuid, form.value(VERSION)).await?;
        for client_id in &held.client_ids {
            applicaties::revoke_secret(&mut tx, client_id, Ends::Every, &by).await?;
        }
        tx.commit().await?;
        tell(&visit, command, held.uuid)?;
        let said = Text::new(
            "De applicatie is ingetrokken. Aanroepen krijgen vanaf nu 403.",
            "The application was revoked. Requests are answered with 403 from now on.",
        );
        return visit.go_and_say(&found.path(), said).await;
    }
    ask(&visit, &found).show(&visit, &Form::empty(&visit))
}

fn ask(visit: &Visit, found: &Found) -> Confirm {
    let label = &found.applicatie.label;
    let used = Text::in_both(|language| {
        let requests = times::number(found.requests(), language);
        let last = found.last_used_at().map_or_else(
            || language.pick("nog niet gezien", "not seen yet").to_owned(),
            |at| times::moment(at, visit.now, language, false),
        );
        match language {
            Language::Nl => format!("Laatst gebruikt: {last}; {requests} aanroepen in de laatste 24 uur."),
            Language::En => format!("Last used: {last}; {requests} requests in the last 24 hours."),
        }
    });
    let question = visit.language.pick("intrekken", "revoke");
    Confirm {
        frame: found
            .frame(visit, &TITLE)
            .heading(match visit.language {
                Language::Nl => format!("{label} {question}?"),
                Language::En => format!("Revoke {label}?"),
            })
            .last_crumb(TITLE.in_language(visit.language)),
        what_happens: vec![
            Text::new(
                "Aanroepen krijgen vanaf nu 403.",
                "Requests are answered with 403 from now on.",
            ),
            used,
            Text::new(
                "Alle geheimen van alle client-ids eindigen, ook een oud geheim dat nog geldig was.",
                "Every secret of every client id ends, an old one that was still valid too.",
            ),
            Text::new(
                "Het auditspoor van wat de applicatie deed, houdt haar naam.",
                "The audit trail of what the application did keeps its name.",
            ),
            Text::new(
                "De rechten blijven staan. Met een nieuw geheim werkt de applicatie weer.",
                "The rights stay. With a new secret the application works again.",
            ),
        ],
        irreversible: Some(Text::new(
            "De huidige geheimen komen niet terug.",
            "The present secrets do not come back.",
        )),
        asks_reason: false,
        yes: Text::new("Applicatie intrekken", "Revoke application"),
        no: Text::new("Niet intrekken", "Do not revoke"),
        back: found.path(),
        is_danger: true,
        hidden: vec![(VERSION, version_shown(&found.clients))],
    }
}
