//! The worker process: apalis runs the deliveries, beside them run the listener for new messages and the
//! registration of the kanalen. Stopping finishes what is in flight and gives back what was not begun.

use std::convert::Infallible;
use std::future::{Future, pending};
use std::sync::Arc;
use std::time::Duration;

use apalis::prelude::{Data, Event, Monitor, WorkerBuilder, WorkerBuilderExt};
use openklant_shared::domain::delivery::State;
use openklant_shared::storage::{outbox, outbox_depth};
use tokio::sync::{Notify, watch};

use crate::alert::{self, Alerts};
use crate::deliver::{Delivery, worker_name};
use crate::queue::{Job, Queue};
use crate::{Context, WorkerError, backend, cleanup, heartbeat, metrics, registrar, wake};

/// What stopping may take beyond the longest call: recording, and a database that is slow.
const STOP_MARGIN: Duration = Duration::from_secs(5);

/// Delivers until `stop` is ready, then finishes what is in flight.
///
/// # Errors
/// Only what cannot heal by waiting; a database or a Notificaties API that fails is tried again.
pub async fn run(
    context: Context,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), WorkerError> {
    let delivery = Delivery::new(&context)?.map(Arc::new);
    cleanup::introduce();
    let acceptor = metrics::listen(&context).await?;
    let worker = match &delivery {
        Some(delivery) => delivery.worker.clone(),
        None => worker_name(),
    };
    let alerts = Alerts::new(&context, &worker)?;
    let result = tokio::select! {
        result = work(&context, delivery, stop) => result,
        () = cleanup::keep(&context, &worker) => Err(WorkerError::Engine("the jobs ended".to_owned())),
        () = Box::pin(alert::keep(alerts)) => Ok(()),
        () = Box::pin(heartbeat::keep(&context, &worker)) => Ok(()),
        () = metrics::serve(&context, acceptor) => Ok(()),
    };
    cleanup::interrupt(&context, &worker).await;
    heartbeat::end(&context, &worker).await;
    result
}

async fn work(
    context: &Context,
    delivery: Option<Arc<Delivery>>,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), WorkerError> {
    let Some(delivery) = delivery else {
        idle(context, stop).await;
        return Ok(());
    };
    tracing::info!(worker = delivery.worker, root = %delivery.api.root(), "delivering messages");
    let result = deliver_until(context, &delivery, stop).await;
    match outbox::release(&context.db, &delivery.worker, context.clock.now()).await {
        Ok(0) => {}
        Ok(released) => tracing::info!(released, "messages given back to the queue"),
        Err(error) => tracing::warn!(%error, "messages taken come back when their lease ends"),
    }
    result
}

/// Waits without taking anything: messages keep as they are until an API is configured.
async fn idle(context: &Context, stop: impl Future<Output = ()>) {
    if context.settings.notificaties.disabled {
        tracing::info!("notifications are disabled; nothing is delivered");
    } else {
        match outbox_depth::count(&context.db, &[State::Pending]).await {
            Ok(waiting) => {
                tracing::warn!(
                    waiting,
                    "no Notificaties API is configured; messages wait in the outbox"
                );
            }
            Err(error) => {
                tracing::warn!(%error, "no Notificaties API is configured; messages wait in the outbox");
            }
        }
    }
    stop.await;
}

/// How long the first delivery waits for the kanalen: without them it would be refused.
const HEAD_START: Duration = Duration::from_secs(2);

async fn deliver_until(
    context: &Context,
    delivery: &Arc<Delivery>,
    stop: impl Future<Output = ()>,
) -> Result<(), WorkerError> {
    let (stopping, stopped) = watch::channel(false);
    let ended = Arc::new(Notify::new());
    let registered = Notify::new();
    let monitor = monitor(context, delivery, &stopped, &ended);
    let mut stopped = stopped;
    let engine = async {
        tokio::select! {
            () = registered.notified() => {}
            _ = stopped.wait_for(|stop| *stop) => {}
            () = tokio::time::sleep(HEAD_START) => {}
        }
        let until_ended = async move {
            ended.notified().await;
            Ok(())
        };
        monitor.run_with_signal(until_ended).await
    };
    let deadline = async {
        stop.await;
        tracing::debug!("stopping: finishing what is in flight");
        stopping.send_replace(true);
        tokio::time::sleep(delivery.request_timeout + STOP_MARGIN).await;
    };
    let listen = async {
        // A pool of one connection has none to spare for listening; a watch of a SQLite file has its own. Where there
        // is only the poll, it must not end the rest.
        if context.settings.database.max_connections > 1 || context.db.kind() == "sqlite" {
            wake::listen(context.db.clone()).await;
        }
        pending::<()>().await;
    };
    let base_url = context.settings.server.base_url.clone();
    let register = registrar::keep_registered(
        delivery.api.clone(),
        base_url,
        delivery.schedule,
        &delivery.register,
        &registered,
    );
    tokio::select! {
        result = engine => result.map_err(|error| WorkerError::Engine(error.to_string())),
        () = deadline => {
            tracing::warn!("stopped while messages were in flight; they will be sent again");
            Ok(())
        }
        () = listen => Ok(()),
        () = register => Ok(()),
    }
}

fn monitor(
    context: &Context,
    delivery: &Arc<Delivery>,
    stopped: &watch::Receiver<bool>,
    ended: &Arc<Notify>,
) -> Monitor {
    let settings = context.settings.notificaties.clone();
    let delivery = Arc::clone(delivery);
    let stopped = stopped.clone();
    let ended = Arc::clone(ended);
    Monitor::new()
        .register(move |_restarts| {
            let queue = Queue::new(Arc::clone(&delivery), &settings, stopped.clone());
            WorkerBuilder::new(delivery.worker.clone())
                .backend(backend::jobs(queue, Arc::clone(&ended)))
                .data(Arc::clone(&delivery))
                .catch_panic()
                .build(deliver)
        })
        .on_event(|_, event| {
            if let Event::Error(error) = event {
                tracing::error!(%error, "an attempt broke off; the message comes back when its lease ends");
            }
        })
        .should_restart(|_, _| true)
}

async fn deliver(job: Job, delivery: Data<Arc<Delivery>>) -> Result<(), Infallible> {
    let _outcome = delivery.attempt(job.message.clone()).await;
    drop(job);
    Ok(())
}
