//! What every request needs, made once.

use std::sync::Arc;

use openklant_shared::clock::{Clock, Ids};
use openklant_shared::http::Outgoing;
use openklant_shared::journal::Journal;
use openklant_shared::oidc::Provider;
use openklant_shared::settings::Settings;
use openklant_shared::storage::Db;

use crate::beheer::wachtrij::Live;
use crate::frontdoor::reads::Reads;
use crate::usage::Usage;
use crate::zgw::auth::Authorisation;
use crate::zgw::crowd::Crowd;
use crate::zgw::error::Refusal;
use crate::zgw::fetched::FetchedRights;
use crate::zgw::remote::Remote;
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
    pub remote: Remote,
    /// Who may do what.
    pub authorisation: Arc<Authorisation>,
    /// The log of reads; `None`: none is kept.
    pub reads: Option<Arc<Reads>>,
    /// The last look at the queue, for the site.
    pub queue: Live,
    /// How client ids use the APIs.
    pub usage: Usage,
    /// The provider through which people log in to the site; `None`: there is none.
    pub oidc: Option<Provider>,
    /// How many requests of one client are handled at a time; `None`: any number.
    pub crowd: Option<Arc<Crowd>>,
}

impl State {
    /// The state a resource stands on. A resource without one exists only to be described.
    pub fn of(state: Option<&Arc<Self>>) -> Result<&Self, Refusal> {
        state
            .map(Arc::as_ref)
            .ok_or_else(|| Refusal::Internal("a resource without state was called".to_owned()))
    }

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
            remote: Remote::new(
                db.clone(),
                clock.clone(),
                ids.clone(),
                Outgoing::new(&settings.outgoing)?,
                settings.outgoing.zaken_api.as_ref(),
            ),
            authorisation: Arc::new(Authorisation::new(
                db.clone(),
                clock.clone(),
                &settings.tokens,
                FetchedRights::new(&db, &clock, &settings.autorisaties)?,
            )),
            reads: Reads::new(&db, &clock, &settings.read_log),
            queue: Live::default(),
            usage: Usage::default(),
            oidc: settings
                .beheer
                .oidc
                .as_ref()
                .map(|oidc| Provider::new(oidc, settings.tokens.leeway))
                .transpose()?,
            crowd: settings
                .server
                .max_concurrent_per_client
                .map(|most| Arc::new(Crowd::new(most))),
            db,
            clock,
            ids,
            settings,
        }))
    }
}
