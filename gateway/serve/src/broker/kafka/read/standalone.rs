//! Kafka's consumer without a group.

use std::{fmt, ops::Deref, sync::Arc, time::Duration};

use krafka::{
    Kafka, KrafkaError,
    consumer::{AutoOffsetReset, Consumer, IsolationLevel},
};
use tokio::runtime::Handle;

/// A consumer that reads committed records of the partitions it is assigned, from where it is sought
/// to. Dropping it closes it.
pub(super) struct StandaloneConsumer(Arc<Consumer>);

impl StandaloneConsumer {
    /// A consumer whose fetches wait at most `wait` at the broker and return about `bytes_max`.
    pub(super) async fn new(
        kafka: &Kafka,
        wait: Duration,
        bytes_max: usize,
    ) -> Result<Self, KrafkaError> {
        let consumer = kafka
            .consumer_without_group()
            .isolation_level(IsolationLevel::ReadCommitted)
            // An offset that was deleted must be reported: what to do depends on the reader.
            .auto_offset_reset(AutoOffsetReset::None)
            .enable_auto_commit(false)
            .fetch_max_wait(wait)
            .fetch_max_bytes(i32::try_from(bytes_max).unwrap_or(i32::MAX))
            .max_poll_records(-1)
            .max_buffered_records(0)
            .metrics_push(false)
            .build()
            .await?;
        Ok(Self(Arc::new(consumer)))
    }
}

impl Deref for StandaloneConsumer {
    type Target = Consumer;

    fn deref(&self) -> &Consumer {
        &self.0
    }
}

impl fmt::Debug for StandaloneConsumer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StandaloneConsumer")
    }
}

impl Drop for StandaloneConsumer {
    fn drop(&mut self) {
        let consumer = Arc::clone(&self.0);
        // Without a runtime all connections are gone anyway.
        if let Ok(runtime) = Handle::try_current() {
            runtime.spawn(async move { consumer.close().await });
        }
    }
}
