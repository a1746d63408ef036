//! Records: what a topic holds.

use bytes::Bytes;

/// Header names and values in order; names may repeat and values may be absent, as in Kafka.
pub type Headers = Vec<(Bytes, Option<Bytes>)>;

/// One record as a producer gives it. All bytes are opaque to the gateway.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record {
    /// `None` is Kafka's null key, which is not the same as an empty one.
    pub key: Option<Bytes>,
    /// `None` is a tombstone.
    pub value: Option<Bytes>,
    /// Headers in the producer's order.
    pub headers: Headers,
    /// Unix milliseconds; `0` or less lets the broker set the time of arrival.
    pub timestamp_ms: i64,
}

impl Record {
    /// Bytes of key and value together; what partitioners and limits count.
    pub fn payload_len(&self) -> usize {
        self.key.as_ref().map_or(0, Bytes::len) + self.value.as_ref().map_or(0, Bytes::len)
    }
}

/// One record as the broker gives it back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredRecord {
    /// Offset in its partition, from 0.
    pub offset: u64,
    /// Key, value, headers and timestamp.
    pub record: Record,
}
