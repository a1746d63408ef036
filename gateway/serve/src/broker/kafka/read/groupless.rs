//! A consumer of Kafka's that belongs to no group.

use std::{fmt, ops::Deref, sync::Arc, time::Duration};

use bytes::Bytes;
use krafka::{
    Kafka, KrafkaError,
    consumer::{AutoOffsetReset, Consumer, ConsumerRecord, IsolationLevel},
};
use tokio::runtime::Handle;

use crate::message::{Record, StoredRecord};

/// A consumer that reads what is committed, from where it is told to; closed when it is dropped.
pub(super) struct Groupless(Arc<Consumer>);

impl Groupless {
    /// A consumer whose fetches wait at most `wait` at the broker and bring about `bytes_max`.
    pub(super) async fn new(
        kafka: &Kafka,
        wait: Duration,
        bytes_max: usize,
    ) -> Result<Self, KrafkaError> {
        let consumer = kafka
            .consumer_without_group()
            .isolation_level(IsolationLevel::ReadCommitted)
            // A place that is gone must be seen here: what to do depends on who reads.
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

impl Deref for Groupless {
    type Target = Consumer;

    fn deref(&self) -> &Consumer {
        &self.0
    }
}

impl fmt::Debug for Groupless {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Groupless")
    }
}

impl Drop for Groupless {
    fn drop(&mut self) {
        let consumer = Arc::clone(&self.0);
        // Without a runtime all connections are gone anyway.
        if let Ok(runtime) = Handle::try_current() {
            runtime.spawn(async move { consumer.close().await });
        }
    }
}

/// A record as the gateway knows it.
pub(super) fn stored(record: ConsumerRecord) -> StoredRecord {
    let headers = record.headers.into_iter();
    let headers = headers.map(|(name, value)| (Bytes::from(name), value)).collect();
    StoredRecord {
        offset: offset(record.offset),
        record: Record {
            key: record.key,
            value: record.value,
            headers,
            timestamp_ms: record.timestamp,
        },
    }
}

/// An offset as the gateway counts it.
pub(super) fn offset(kafka: i64) -> u64 {
    u64::try_from(kafka).unwrap_or(0)
}

/// An offset as Kafka counts it.
pub(super) fn kafka_offset(offset: u64) -> i64 {
    i64::try_from(offset).unwrap_or(i64::MAX)
}

/// A partition as Kafka counts it.
pub(super) fn kafka_partition(partition: u32) -> i32 {
    i32::try_from(partition).unwrap_or(i32::MAX)
}
