//! Klanten as a file for a spreadsheet: asked for with a reason, made in the background, for who asked only, for a day.

mod rows;
mod run;

use std::io::Error;
use std::sync::Arc;

use askama::Template;
use futures_util::stream;
use openklant_shared::storage::klant_export::{self, Export, State};
use poem::http::{HeaderValue, header};
use poem::{Body, Response};
use url::form_urlencoded;
use uuid::Uuid;

use self::rows::{COLUMNS, Sheet};
use self::run::Wanted;
use super::filter;
use crate::beheer::confirm;
use crate::beheer::filters;
use crate::beheer::form::{Fields, Form};
use crate::beheer::language::Text;
use crate::beheer::list::Asked;
use crate::beheer::looked::{self, Looked};
use crate::beheer::page::Frame;
use crate::beheer::problem::Problem;
use crate::beheer::visit::Visit;

/// The name of the pages.
pub const TITLE: Text = Text::new("Exporteren als CSV", "Export as CSV");

/// Most exports that are made at a time, of everybody together: each reads the whole register.
const MOST_RUNNING: i64 = 3;

/// Seconds after which the page of an export that is being made asks again.
const REFRESH: &str = "5";

/// The field of the columns, and the one for BSNs.
const COLUMN: &str = "kolom";
const BSN: &str = "bsn";

#[derive(Template)]
#[template(path = "beheer/klanten/export.html")]
struct AskView<'a> {
    frame: Frame,
    form: &'a Form,
    asked: Asked,
    words: Vec<Text>,
}

/// GET `/exports?soort=…`: what is to be exported; POST: makes it.
pub async fn ask(visit: Arc<Visit>) -> Result<Response, Problem> {
    let mut form = Form::of(&visit, || {
        COLUMNS
            .iter()
            .map(|(name, _)| (COLUMN.to_owned(), (*name).to_owned()))
            .collect()
    });
    let mut asked = match visit.typed() {
        Some(typed) => Asked::of_form(typed, &filter::NAMES),
        None => Asked::of(&visit, &filter::NAMES),
    };
    let chosen = filter::read(&mut asked);
    if !visit.is_post() || asked.wrong().is_some() {
        return page(&visit, &form, asked, &chosen);
    }
    let columns: Vec<&'static str> = COLUMNS
        .iter()
        .map(|(name, _)| *name)
        .filter(|name| form.has(COLUMN, name))
        .collect();
    if columns.is_empty() {
        form.refuse(
            COLUMN,
            Text::new("Kies minstens een kolom", "Choose at least one column"),
        );
    }
    let reason = confirm::reason(&mut form);
    let session = &visit.person()?.session;
    let db = &visit.state.db;
    if form.is_right() {
        let (all, own) = klant_export::running(db, session.account_id, visit.now).await?;
        if own > 0 || all >= MOST_RUNNING {
            return Err(Problem::TooMany(Text::new(
                "Er wordt al een export gemaakt. Wacht tot die klaar is. Er is niets gedaan.",
                "An export is being made already. Wait until it is ready. Nothing was done.",
            )));
        }
    }
    if !form.is_right() {
        return page(&visit, &form, asked, &chosen);
    }
    let with_bsn = form.has(BSN, "true");
    let line = |searched_by| {
        let looked = Looked {
            searched_by,
            reason: Some(reason.clone()),
            ..Looked::default()
        };
        looked::line(&visit, looked)
    };
    let mut lines = vec![line(chosen.names())?];
    if with_bsn {
        lines.push(line(vec!["inpBsn"])?);
    }
    let uuid = visit.state.ids.next();
    let query = filter::query(visit.typed().unwrap_or(&Fields::new()));
    let id = klant_export::insert(db, uuid, session.account_id, &query, with_bsn, visit.now).await?;
    tracing::info!(account = %session.account, export = id, "beheer: an export was asked for");
    let sheet = Sheet {
        columns,
        with_bsn,
        language: visit.language,
    };
    let wanted = Wanted {
        id,
        filter: chosen.filter,
        sheet,
        lines,
    };
    run::start(Arc::clone(&visit.state), wanted);
    Ok(visit.go(&format!("/exports/{uuid}")))
}

fn page(visit: &Visit, form: &Form, asked: Asked, chosen: &filter::Chosen) -> Result<Response, Problem> {
    let view = AskView {
        frame: Frame::new(visit, &TITLE)
            .crumb("/klanten", "Klanten")
            .narrow()
            .about(form),
        form,
        words: filter::words(&asked, chosen),
        asked,
    };
    visit.show_form(form, &view)
}

#[derive(Template)]
#[template(path = "beheer/klanten/export-stand.html")]
struct View {
    frame: Frame,
    uuid: Uuid,
    export: Export,
    words: Vec<Text>,
    again: String,
}

impl View {
    fn is_running(&self) -> bool {
        self.export.state == State::Running
    }

    fn is_done(&self) -> bool {
        self.export.state == State::Done
    }
}

/// The export of the address, when it is one of this account.
async fn own(visit: &Visit) -> Result<(Uuid, Export), Problem> {
    let uuid = visit.uuid()?;
    let account = visit.person()?.session.account_id;
    let export = klant_export::find(&visit.state.db, uuid, account, visit.now).await?;
    Ok((uuid, export.ok_or(Problem::NotFound)?))
}

/// GET `/exports/{uuid}`: how far it is.
pub async fn show(visit: Arc<Visit>) -> Result<Response, Problem> {
    let (uuid, export) = own(&visit).await?;
    let fields: Fields = form_urlencoded::parse(export.filter.as_bytes())
        .into_owned()
        .collect();
    let mut asked = Asked::of_form(&fields, &filter::NAMES);
    let chosen = filter::read(&mut asked);
    let view = View {
        frame: Frame::new(&visit, &TITLE).crumb("/klanten", "Klanten").narrow(),
        uuid,
        words: filter::words(&asked, &chosen),
        again: format!("/exports?{}", export.filter),
        export,
    };
    let mut answer = visit.show(&view)?;
    if view.is_running() {
        answer
            .headers_mut()
            .insert(header::REFRESH, HeaderValue::from_static(REFRESH));
    }
    Ok(answer)
}

/// GET `/exports/{uuid}/bestand`: the file, a part at a time; only when all of it is there.
pub async fn file(visit: Arc<Visit>) -> Result<Response, Problem> {
    let (_, export) = own(&visit).await?;
    if export.state != State::Done {
        return Err(Problem::Conflict(Text::new(
            "Deze export is niet klaar. Er is geen bestand.",
            "This export is not ready. There is no file.",
        )));
    }
    tracing::info!(account = %visit.person()?.session.account, export = export.id, "beheer: an export was taken along");
    let db = visit.state.db.clone();
    let (id, parts) = (export.id, export.parts);
    let parts = stream::try_unfold(0, move |nr| {
        let db = db.clone();
        async move {
            if nr == parts {
                return Ok(None);
            }
            let part = klant_export::part(&db, id, nr).await.map_err(Error::other)?;
            // Removed meanwhile: an answer that breaks off, not a file that seems whole.
            let text = part.ok_or_else(|| Error::other("a part of an export is gone"))?;
            Ok::<_, Error>(Some((text.into_bytes(), nr + 1)))
        }
    });
    Ok(Response::builder()
        .header(header::CONTENT_TYPE, "text/csv; charset=utf-8")
        .header(
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"klanten.csv\"",
        )
        .body(Body::from_bytes_stream(parts)))
}
