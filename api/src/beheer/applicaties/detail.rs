//! One application: its client ids, its rights, what it was refused lately, and what was done to it.

use std::sync::Arc;

use askama::Template;
use chrono::TimeDelta;
use openklant_shared::domain::delivery_hour::hour_of;
use openklant_shared::storage::client_use::{self, Refused};
use openklant_shared::storage::operator_log::{self, Logged};
use poem::Response;

use super::words::{self, Rights};
use super::{Found, ONE, find, status};
use crate::beheer::filters;
use crate::beheer::language::Text;
use crate::beheer::page::Frame;
use crate::beheer::problem::Problem;
use crate::beheer::visit::Visit;

/// How far back refusals are shown.
const REFUSALS_SHOWN: TimeDelta = TimeDelta::days(7);

/// Most kinds of refusal that are shown.
const MOST_REFUSALS: i64 = 50;

/// Most rows of the history.
const MOST_HISTORY: i64 = 50;

#[derive(Template)]
#[template(path = "beheer/applicaties/applicatie.html")]
struct View {
    frame: Frame,
    path: String,
    rights: Vec<Rights>,
    status: (&'static str, Text),
    requests: i64,
    refusals: Vec<(Refused, Text)>,
    history: Vec<(Logged, Text)>,
    found: Found,
}

/// The page: the application with its client ids, its rights, refusals, history. Four queries.
pub async fn show(visit: Arc<Visit>) -> Result<Response, Problem> {
    let found = find(&visit).await?;
    let db = &visit.state.db;
    let client_ids: Vec<String> = found
        .clients
        .iter()
        .map(|client| client.client_id.clone())
        .collect();
    let since = hour_of(visit.now - REFUSALS_SHOWN);
    let refusals = client_use::refusals(db, &client_ids, since, MOST_REFUSALS).await?;
    let history = operator_log::about_applicatie(db, found.applicatie.uuid, MOST_HISTORY).await?;
    visit.show(&View {
        frame: Frame::new(&visit, &ONE)
            .heading(found.applicatie.label.clone())
            .crumb("/applicaties", super::TITLE.in_language(visit.language)),
        path: found.path(),
        rights: words::rights(&found.applicatie),
        status: status(&visit, &found.applicatie, &found.clients),
        requests: found.requests(),
        refusals: refusals
            .into_iter()
            .map(|refused| {
                let words = words::refusal(&refused.code);
                (refused, words)
            })
            .collect(),
        history: history
            .into_iter()
            .map(|row| {
                let words = words::deed(&row.command);
                (row, words)
            })
            .collect(),
        found,
    })
}
