//! Messages as MGET sends them: JSON or protobuf.

use std::collections::BTreeMap;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use prost::Message as _;
use serde::Serialize;
use serde_json::value::RawValue;

use super::metadata_of;
use crate::message::{StoredRecord, TopicName};

/// `infra.databus.MessagePB`.
#[derive(Clone, PartialEq, prost::Message)]
struct MessagePb {
    #[prost(string, tag = "1")]
    key: String,
    #[prost(bytes = "bytes", tag = "2")]
    value: Bytes,
    #[prost(string, tag = "3")]
    topic: String,
    #[prost(int32, tag = "4")]
    partition: i32,
    #[prost(int64, tag = "5")]
    offset: i64,
    /// Unix seconds.
    #[prost(int64, tag = "6")]
    timestamp: i64,
    #[prost(btree_map = "string, string", tag = "7")]
    metadata: BTreeMap<String, String>,
}

/// The JSON form: all seven keys, in this order.
#[derive(Serialize)]
struct MessageJson<'a> {
    key: &'a str,
    value: Box<RawValue>,
    topic: &'a str,
    partition: u32,
    offset: u64,
    timestamp: i64,
    metadata: Option<BTreeMap<String, String>>,
}

/// How MGET shows messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageFormat {
    /// One compact JSON object each.
    Json,
    /// One serialized `MessagePB` each.
    Protobuf,
}

impl MessageFormat {
    /// The record as one message.
    pub fn encode(self, topic: &TopicName, partition: u32, stored: &StoredRecord) -> Vec<u8> {
        let record = &stored.record;
        let key = String::from_utf8_lossy(record.key.as_deref().unwrap_or_default());
        let metadata = metadata_of(&record.headers);
        let timestamp = record.timestamp_ms.div_euclid(1000);
        match self {
            Self::Protobuf => MessagePb {
                key: key.into_owned(),
                value: record.value.clone().unwrap_or_default(),
                topic: topic.as_str().to_owned(),
                partition: partition.cast_signed(),
                offset: stored.offset.cast_signed(),
                timestamp,
                metadata: metadata.unwrap_or_default(),
            }
            .encode_to_vec(),
            Self::Json => {
                let (value, encoding) = json_value(record.value.as_deref());
                let mut metadata = metadata;
                if let Some(encoding) = encoding {
                    let metadata = metadata.get_or_insert_default();
                    metadata.insert("encoding".into(), encoding.into());
                }
                let topic = topic.as_str();
                let offset = stored.offset;
                let message =
                    MessageJson { key: &key, value, topic, partition, offset, timestamp, metadata };
                serde_json::to_vec(&message).unwrap_or_default()
            }
        }
    }
}

/// A value inside JSON: itself if it is JSON, else a string, else base64 and that word.
fn json_value(value: Option<&[u8]>) -> (Box<RawValue>, Option<&'static str>) {
    let Some(bytes) = value else { return (RawValue::NULL.to_owned(), None) };
    if serde_json::from_slice::<&RawValue>(bytes).is_ok()
        && let Ok(raw) = String::from_utf8(compact(bytes)).map(RawValue::from_string)
        && let Ok(raw) = raw
    {
        return (raw, None);
    }
    let (text, encoding) = if let Ok(text) = std::str::from_utf8(bytes) {
        (serde_json::to_string(text), None)
    } else {
        let text = STANDARD.encode(bytes);
        (serde_json::to_string(&text), Some("base64"))
    };
    let raw = text.ok().and_then(|text| RawValue::from_string(text).ok());
    (raw.unwrap_or_else(|| RawValue::NULL.to_owned()), encoding)
}

/// Valid JSON without white space between its parts.
fn compact(json: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(json.len());
    let (mut in_string, mut escaped) = (false, false);
    for byte in json {
        if in_string {
            in_string = escaped || *byte != b'"';
            escaped = !escaped && *byte == b'\\';
        } else if byte.is_ascii_whitespace() {
            continue;
        } else {
            in_string = *byte == b'"';
        }
        out.push(*byte);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{super::METADATA_HEADER, *};
    use crate::message::{Headers, Record};

    fn stored(offset: u64, headers: Headers) -> StoredRecord {
        let record = Record {
            key: Some(Bytes::from_static(b"x")),
            value: Some(Bytes::from_static(b"\"xx\"")),
            headers,
            timestamp_ms: 1_577_672_595_999,
        };
        StoredRecord { offset, record }
    }

    fn hex(bytes: &[u8]) -> String {
        let mut text = String::new();
        for byte in bytes {
            text.push_str(&format!("{byte:02x}"));
        }
        text
    }

    #[test]
    fn messages_are_the_bytes_that_databus_clients_expect() {
        let topic = TopicName::new("test156").unwrap();
        let header = b"\x0a\x06\x0a\x01a\x12\x01b".as_slice();
        let metadata =
            vec![(Bytes::from_static(METADATA_HEADER), Some(Bytes::from_static(header)))];

        assert_eq!(
            hex(&MessageFormat::Protobuf.encode(&topic, 1, &stored(5, Vec::new()))),
            "0a01781204227878221a0774657374313536200128053093bfa5f005"
        );
        assert_eq!(
            String::from_utf8(MessageFormat::Json.encode(&topic, 1, &stored(5, Vec::new())))
                .unwrap(),
            r#"{"key":"x","value":"xx","topic":"test156","partition":1,"offset":5,"timestamp":1577672595,"metadata":null}"#
        );
        assert_eq!(
            hex(&MessageFormat::Protobuf.encode(&topic, 0, &stored(0, metadata))),
            "0a01781204227878221a07746573743135363093bfa5f0053a060a0161120162"
        );
    }

    #[test]
    fn a_value_that_is_not_json_becomes_a_string_or_base64() {
        assert_eq!(json_value(Some(b"a\"b")).0.get(), r#""a\"b""#);
        assert_eq!(json_value(Some(b" 1 ")).0.get(), "1");
        assert_eq!(json_value(Some(br#"{ "a b" : "\" c" }"#)).0.get(), r#"{"a b":"\" c"}"#);
        let (raw, encoding) = json_value(Some(b"\xff"));
        assert_eq!((raw.get(), encoding), (r#""/w==""#, Some("base64")));
        assert_eq!(json_value(None).0.get(), "null");
    }
}
