//! What every request needs, made once.

use std::sync::Arc;

use openklant_shared::clock::{Clock, Ids};
use openklant_shared::http::Outgoing;
use openklant_shared::journal::Journal;
use openklant_shared::settings::Settings;
use openklant_shared::storage::Db;

use crate::zgw::auth::Authorisation;
use crate::{Context, ServerError};

/// The state of the server.
#[derive(Debug)]
pub struct State {
    /// The database.
    pub db: Db,
    /// The time.
    pub clock: Clock,
    /// New ids.
    pub ids: Ids,
    /// The settings.
    pub settings: Arc<Settings>,
    /// What a change leaves behind.
    pub journal: Journal,
    /// The way out to URLs that clients name.
    pub outgoing: Outgoing,
    /// Who may do what.
    pub authorisation: Authorisation,
}

impl State {
    /// The state made of `context`.
    pub(crate) fn new(context: Context) -> Result<Arc<Self>, ServerError> {
        let Context {
            db,
            clock,
            ids,
            settings,
        } = context;
        Ok(Arc::new(Self {
            journal: Journal {
                clock: clock.clone(),
                ids: ids.clone(),
                notifications: !settings.notificaties.disabled,
                source: settings.notificaties.source.clone(),
            },
            outgoing: Outgoing::new(&settings.outgoing)?,
            authorisation: Authorisation::new(db.clone(), clock.clone(), &settings.tokens),
            db,
            clock,
            ids,
            settings,
        }))
    }
}
