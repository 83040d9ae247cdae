//! Making an export in the background, a batch of klanten at a time: as much memory as one batch takes, however many there
//! are. When the process ends, what was made is not done and is never given out.

use std::sync::Arc;

use openklant_shared::storage::klant_export;
use openklant_shared::storage::klant_list::{self, ListFilter, Order, Start};
use openklant_shared::storage::read_log::Read;

use super::rows::Sheet;
use crate::beheer::looked;
use crate::beheer::problem::Problem;
use crate::state::State;

/// Klanten of a batch.
const BATCH: i64 = 500;

/// An export to be made.
pub struct Wanted {
    /// Number of its row.
    pub id: i64,
    /// Which klanten.
    pub filter: ListFilter,
    /// How they look.
    pub sheet: Sheet,
    /// What the log of reads gets when it is done, but for how many klanten there are.
    pub lines: Vec<Read>,
}

/// Makes it, while others go on.
pub fn start(state: Arc<State>, wanted: Wanted) {
    tokio::spawn(async move {
        let id = wanted.id;
        match make(&state, wanted).await {
            Ok(Some(klanten)) => tracing::info!(export = id, klanten, "beheer: an export is ready"),
            Ok(None) => tracing::warn!(export = id, "beheer: an export was removed while it was made"),
            Err(error) => {
                tracing::error!(export = id, error = ?error, "beheer: an export was cut off; nobody gets it");
                // Without this it is seen by its silence.
                if let Err(error) = klant_export::fail(&state.db, id).await {
                    tracing::warn!(export = id, %error, "beheer: an export could not be marked as cut off");
                }
            }
        }
    });
}

/// Answers how many klanten are in it; `None` when it was removed meanwhile.
async fn make(state: &State, wanted: Wanted) -> Result<Option<i64>, Problem> {
    let db = &state.db;
    let mut tx = db.for_reads().await.snapshot().await?;
    let expected = klant_list::count(&mut tx, &wanted.filter).await?;
    tx.rollback().await?;
    klant_export::expect(db, wanted.id, expected).await?;
    if !klant_export::add(db, wanted.id, 0, &wanted.sheet.head()?, 0, state.clock.now()).await? {
        return Ok(None);
    }
    let (mut from, mut nr, mut klanten) = (Start::First, 1, 0);
    loop {
        let mut tx = db.for_reads().await.snapshot().await?;
        let page = klant_list::page(&mut tx, &wanted.filter, Order::Number, &from, BATCH).await?;
        tx.rollback().await?;
        let Some(last) = page.rows.last() else { break };
        from = Start::After(last.place.clone());
        let text = wanted.sheet.rows(page.rows.iter().map(|row| &row.found))?;
        let count = i64::try_from(page.rows.len()).unwrap_or(BATCH);
        if !klant_export::add(db, wanted.id, nr, &text, count, state.clock.now()).await? {
            return Ok(None);
        }
        nr += 1;
        klanten += count;
        if count < BATCH {
            break;
        }
    }
    let lines: Vec<Read> = wanted
        .lines
        .into_iter()
        .map(|line| looked::with_hits(line, klanten))
        .collect();
    let is_done = klant_export::finish(db, wanted.id, &lines, state.clock.now()).await?;
    Ok(is_done.then_some(klanten))
}
