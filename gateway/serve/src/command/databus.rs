//! `SET`, `HSET` and `MGET` of the databus dialect.

use std::collections::BTreeMap;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use prost::Message as _;
use serde::Serialize;
use serde_json::value::RawValue;

use crate::{
    message::{Headers, Record, Rejection, StoredRecord, TopicName},
    resp::Args,
};

/// Header that carries the colour of a record.
const COLOR_HEADER: &[u8] = b"color";
/// Header that carries an HSET's serialized [`Header`].
const METADATA_HEADER: &[u8] = b"metadata";

/// `infra.databus.Header`.
#[derive(Clone, PartialEq, prost::Message)]
struct Header {
    #[prost(btree_map = "string, string", tag = "1")]
    metadata: BTreeMap<String, String>,
}

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

/// The format an MGET asks for: `pb` in lower case, anything else is JSON.
pub fn message_format(args: &Args<'_>) -> MessageFormat {
    if args.len() > 1 && &args[1] == b"pb" { MessageFormat::Protobuf } else { MessageFormat::Json }
}

/// What a publishing SET or HSET asks for.
#[derive(Debug)]
pub struct Publish {
    /// The message's key.
    pub key: Bytes,
    /// Its value.
    pub value: Bytes,
    /// `color`, and `metadata` for HSET.
    pub headers: Headers,
}

impl Publish {
    /// A message of a publisher of this colour, without metadata.
    pub fn new(key: Bytes, value: Bytes, color: &str) -> Self {
        let color = Bytes::copy_from_slice(color.as_bytes());
        let headers = vec![(Bytes::from_static(COLOR_HEADER), Some(color))];
        Self { key, value, headers }
    }

    /// What is stored, as published at this time (Unix milliseconds).
    pub fn into_record(self, timestamp_ms: i64) -> Record {
        Record { key: Some(self.key), value: Some(self.value), headers: self.headers, timestamp_ms }
    }
}

/// Reads `SET key value` or `HSET key header value` of a publisher.
///
/// # Errors
/// `pub params error` with what is wrong; nothing was stored.
pub fn databus_publish(args: &Args<'_>, color: &str) -> Result<Publish, Rejection> {
    let copy = |at: usize| Bytes::copy_from_slice(&args[at]);
    match (args[0].len(), args.len()) {
        (3, 3) => Ok(Publish::new(copy(1), copy(2), color)),
        (4, 4) => {
            if Header::decode(&args[2]).is_err() {
                let text = "pub params error: the header is not a serialized infra.databus.Header";
                return Err(Rejection::err(text));
            }
            let metadata = (Bytes::from_static(METADATA_HEADER), Some(copy(2)));
            let mut publish = Publish::new(copy(1), copy(3), color);
            publish.headers.push(metadata);
            Ok(publish)
        }
        _ => Err(Rejection::err("pub params error: write SET key value, or HSET key header value")),
    }
}

/// What a consumer's `SET partition offset` asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Commit {
    /// The partition.
    pub partition: u32,
    /// The last offset that was processed.
    pub offset: u64,
}

/// Reads `SET partition offset` of a consumer.
///
/// # Errors
/// `commit offset params error`; nothing was committed.
pub fn commit(args: &Args<'_>) -> Result<Commit, Rejection> {
    let wrong = |why: &str| Rejection::err(format!("commit offset params error: {why}"));
    if args.len() < 3 {
        return Err(wrong("write SET partition offset"));
    }
    let number = |at: usize| super::integer(&args[at]).map_err(|_| wrong("not a number"));
    let partition = u32::try_from(number(1)?).map_err(|_| wrong("no such partition"))?;
    let offset = u64::try_from(number(2)?).map_err(|_| wrong("the offset is negative"))?;
    Ok(Commit { partition, offset })
}

impl MessageFormat {
    /// One record as MGET shows it.
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

/// The record's own metadata, never another's; what cannot be read is shown as none.
fn metadata_of(headers: &Headers) -> Option<BTreeMap<String, String>> {
    let (_, value) = headers.iter().find(|(name, _)| name == METADATA_HEADER)?;
    Header::decode(value.clone()?).ok().map(|header| header.metadata)
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

/// True if a consumer of this colour gets the record: its colour, or a record without headers.
pub fn color_fits(headers: &Headers, color: &str) -> bool {
    if headers.is_empty() {
        return true;
    }
    let found = headers.iter().find(|(name, _)| name == COLOR_HEADER);
    found.and_then(|(_, value)| value.as_deref()).unwrap_or_default() == color.as_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

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
