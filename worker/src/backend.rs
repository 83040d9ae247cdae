//! The outbox as a backend of apalis: a stream of the messages that this worker took.

use std::convert::Infallible;
use std::sync::Arc;

use futures_util::StreamExt;
use futures_util::stream::{self, BoxStream};
use tokio::sync::Notify;

use crate::queue::{Job, Queue};

/// The messages of the queue. It ends with the queue, and says so to `ended`: apalis itself would drop a queue in
/// the middle of taking messages when it is told to stop.
pub(crate) fn jobs(queue: Queue, ended: Arc<Notify>) -> BoxStream<'static, Result<Job, Infallible>> {
    stream::unfold((queue, ended), |(mut queue, ended)| async move {
        let Some(job) = queue.next().await else {
            ended.notify_one();
            return None;
        };
        Some((Ok(job), (queue, ended)))
    })
    .boxed()
}
