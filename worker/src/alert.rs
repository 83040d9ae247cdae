//! Tells the receiver that the operator named, once, that a message waits too long or is parked, and once that this is
//! over. What it was told is in the database, so it holds over all workers and their restarts. A receiver that does not
//! answer is told at a later look; no message waits for that.

use std::future::pending;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use openklant_shared::domain::alert::{Alert, News, Queue};
use openklant_shared::http::{ApiClient, Call, FetchError, Method, OutgoingError};
use openklant_shared::settings::WebhookUrl;
use openklant_shared::storage::{StorageError, alert};
use serde::Serialize;
use thiserror::Error;

use crate::Context;

/// The longest pause between two looks.
const LOOK_EVERY: Duration = Duration::from_secs(30);

/// What a lease lasts beyond the longest call, for recording that it was made.
const LEASE_MARGIN: Duration = Duration::from_secs(10);

/// Tells the receiver of alerts what it does not know.
#[derive(Debug)]
pub struct Alerts {
    context: Context,
    worker: String,
    client: ApiClient,
    url: WebhookUrl,
    limit: TimeDelta,
    lease: Duration,
}

/// Why the receiver was not told.
#[derive(Debug, Error)]
pub enum AlertError {
    /// The database failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// There was no answer.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// The answer was no success.
    #[error("it answered {0}")]
    Status(u16),
    /// What is told cannot be written down.
    #[error(transparent)]
    Json(#[from] serde_json::Error),
}

/// What is told: nothing of a message and nothing of a person.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    alert: &'static str,
    status: &'static str,
    since: DateTime<Utc>,
    at: DateTime<Utc>,
    count: i64,
    oldest_seconds: Option<i64>,
    instance: Option<String>,
}

impl Alerts {
    /// `None`: the settings name no receiver.
    ///
    /// # Errors
    /// TLS that cannot be set up.
    pub fn new(context: &Context, worker: &str) -> Result<Option<Self>, OutgoingError> {
        let settings = &context.settings;
        let Some(url) = &settings.alert.webhook_url else {
            return Ok(None);
        };
        let timeout = settings.outgoing.timeout;
        Ok(Some(Self {
            context: context.clone(),
            worker: worker.to_owned(),
            client: ApiClient::new(settings.outgoing.connect_timeout, timeout)?,
            url: url.clone(),
            limit: TimeDelta::from_std(settings.alert.pending_age).unwrap_or(TimeDelta::MAX),
            lease: timeout + LEASE_MARGIN,
        }))
    }

    /// Looks once at every alert, and tells what is new.
    ///
    /// # Errors
    /// The last failure; the other alerts were looked at all the same.
    pub async fn look(&self) -> Result<(), AlertError> {
        let mut outcome = Ok(());
        for alert in Alert::ALL {
            if let Err(error) = self.look_at(alert).await {
                outcome = Err(error);
            }
        }
        outcome
    }

    async fn look_at(&self, alert: Alert) -> Result<(), AlertError> {
        let db = &self.context.db;
        let Some((news, queue)) = self.take(alert).await? else {
            return Ok(());
        };
        if let Err(error) = self.tell(alert, news, &queue).await {
            alert::let_go(db, alert, &self.worker).await?;
            return Err(error);
        }
        alert::told(db, alert, &self.worker, news.told()).await?;
        tracing::info!(alert = alert.name(), status = news.status.name(), "alert sent");
        Ok(())
    }

    /// Takes the telling of what is new of an alert, unless another worker has it.
    async fn take(&self, alert: Alert) -> Result<Option<(News, Queue)>, StorageError> {
        let now = self.context.clock.now();
        let mut tx = self.context.db.begin().await?;
        let told = alert::lock(&mut tx, alert).await?;
        let taken = told.lease_until.is_some_and(|until| now <= until);
        let queue = alert::queue(&mut tx).await?;
        let news = alert.news(told.since, &queue, self.limit, now);
        let Some(news) = news.filter(|_| !taken) else {
            tx.rollback().await?;
            return Ok(None);
        };
        alert::take(&mut tx, alert, &self.worker, now + self.lease).await?;
        tx.commit().await?;
        Ok(Some((news, queue)))
    }

    async fn tell(&self, alert: Alert, news: News, queue: &Queue) -> Result<(), AlertError> {
        let oldest = match alert {
            Alert::OldestPending => queue.waiting_since,
            Alert::Parked => queue.parked_since,
        };
        let now = self.context.clock.now();
        let body = Body {
            alert: alert.name(),
            status: news.status.name(),
            since: news.since,
            at: now,
            count: alert::count(&self.context.db, alert).await?,
            oldest_seconds: oldest.map(|at| (now - at).num_seconds().max(0)),
            instance: self.context.settings.server.base().map(ToOwned::to_owned),
        };
        self.post(&body).await
    }

    async fn post(&self, body: &Body) -> Result<(), AlertError> {
        let call = Call {
            method: Method::POST,
            url: self.url.expose().clone(),
            bearer: None,
            media_type: "application/json",
            json: Some(serde_json::to_vec(body)?.into()),
        };
        match self.client.call(call).await?.status {
            200..=299 => Ok(()),
            status => Err(AlertError::Status(status)),
        }
    }
}

/// Looks now and then, until dropped. A receiver that fails costs one line in the log, and one when it answers again.
pub(crate) async fn keep(alerts: Option<Alerts>) {
    let Some(alerts) = alerts else {
        return pending().await;
    };
    let pause = alerts.limit.to_std().unwrap_or(LOOK_EVERY).min(LOOK_EVERY);
    let mut failing = false;
    loop {
        match alerts.look().await {
            Ok(()) => failing = false,
            Err(error) if failing => tracing::debug!(%error, "the alert is still not sent"),
            Err(error) => {
                failing = true;
                tracing::warn!(%error, "the alert is not sent; it is tried again at each look");
            }
        }
        tokio::time::sleep(pause).await;
    }
}
