//! Records for Kafka's producer.

use std::sync::Arc;

use crate::{
    broker::{BrokerError, kafka::convert::partition_to_kafka},
    message::Record,
};

/// A partition, with the topic's name in Kafka.
#[derive(Clone, Copy)]
pub(super) struct KafkaPartition<'a> {
    pub(super) topic: &'a Arc<str>,
    pub(super) partition: u32,
}

/// Memory of a record in addition to its payload.
const OVERHEAD_BYTES: usize = 128;

/// Bytes that the records occupy while they wait.
///
/// # Errors
/// `Refused` if there is none, or one that Kafka's format cannot hold.
pub(super) fn check(records: &[Record]) -> Result<usize, BrokerError> {
    let refused = |reason: String| Err(BrokerError::Refused { reason });
    if records.is_empty() {
        return refused("an append without records".to_owned());
    }
    let mut bytes = 0;
    for record in records {
        bytes += record.payload_len() + OVERHEAD_BYTES;
        for (name, value) in &record.headers {
            if std::str::from_utf8(name).is_err() {
                let shown = String::from_utf8_lossy(name);
                return refused(format!("header name `{shown}` is not UTF-8"));
            }
            bytes += name.len() + value.as_ref().map_or(0, bytes::Bytes::len);
        }
    }
    Ok(bytes)
}

/// The record as the producer takes it; payloads are shared, not copied.
pub(super) fn to_kafka(to: KafkaPartition<'_>, record: &Record) -> krafka::Record {
    let mut sent = krafka::Record::new(&**to.topic, record.value.clone().unwrap_or_default());
    sent.partition = Some(partition_to_kafka(to.partition));
    if record.value.is_none() {
        sent.value = None;
    }
    sent.key.clone_from(&record.key);
    // Zero or less lets the producer set the time of arrival.
    sent.timestamp = (record.timestamp_ms > 0).then_some(record.timestamp_ms);
    let headers = record.headers.iter();
    let name = |name: &[u8]| String::from_utf8_lossy(name).into_owned();
    sent.headers = headers.map(|(key, value)| (name(key), value.clone())).collect();
    sent
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    #[test]
    fn a_header_name_that_is_not_text_is_refused() {
        let name = |name: &'static [u8]| Record {
            headers: vec![(Bytes::from_static(name), None)],
            ..Record::default()
        };
        assert!(check(&[name(b"\xc3\xa4")]).is_ok());
        let refused = check(&[name(b"ok"), name(b"a\xff")]).unwrap_err();
        assert_eq!(refused.to_string(), "broker refused: header name `a\u{fffd}` is not UTF-8");
        assert!(check(&[]).is_err());
    }
}
