//! Numbers and records between the gateway and Kafka's client.

use bytes::Bytes;
use krafka::consumer::ConsumerRecord;

use crate::message::{Record, StoredRecord};

/// An offset of Kafka's, which is never negative where there is one.
pub(super) fn offset_from_kafka(offset: i64) -> u64 {
    u64::try_from(offset).unwrap_or(0)
}

/// An offset for Kafka.
pub(super) fn offset_to_kafka(offset: u64) -> i64 {
    i64::try_from(offset).unwrap_or(i64::MAX)
}

/// The number of a partition for Kafka.
pub(super) fn partition_to_kafka(partition: u32) -> i32 {
    i32::try_from(partition).unwrap_or(i32::MAX)
}

/// A record of Kafka's.
pub(super) fn record_from_kafka(record: ConsumerRecord) -> StoredRecord {
    let headers = record.headers.into_iter();
    let headers = headers.map(|(name, value)| (Bytes::from(name), value)).collect();
    StoredRecord {
        offset: offset_from_kafka(record.offset),
        record: Record {
            key: record.key,
            value: record.value,
            headers,
            timestamp_ms: record.timestamp,
        },
    }
}
