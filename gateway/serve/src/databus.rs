//! Records of the databus dialect: how a message is stored as a record, and how MGET shows it.

use std::collections::BTreeMap;

use bytes::Bytes;
use prost::Message as _;

use crate::message::{Headers, Record};

mod message; // what MGET sends

pub use message::MessageFormat;

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

/// A message of a databus publisher.
#[derive(Debug)]
pub struct DatabusRecord {
    /// The message's key.
    pub key: Bytes,
    /// Its value.
    pub value: Bytes,
    /// `color`, and `metadata` for HSET.
    pub headers: Headers,
}

impl DatabusRecord {
    /// A message of a publisher of this colour, without metadata.
    pub fn new(key: Bytes, value: Bytes, color: &str) -> Self {
        let color = Bytes::copy_from_slice(color.as_bytes());
        let headers = vec![(Bytes::from_static(COLOR_HEADER), Some(color))];
        Self { key, value, headers }
    }

    /// Adds a serialized `infra.databus.Header`.
    pub fn add_metadata(&mut self, header: &[u8]) {
        let header = Bytes::copy_from_slice(header);
        self.headers.push((Bytes::from_static(METADATA_HEADER), Some(header)));
    }

    /// The record to store, published at this time (Unix milliseconds).
    pub fn into_record(self, timestamp_ms: i64) -> Record {
        Record { key: Some(self.key), value: Some(self.value), headers: self.headers, timestamp_ms }
    }
}

/// Is this a serialized `infra.databus.Header`?
pub fn is_metadata(bytes: &[u8]) -> bool {
    Header::decode(bytes).is_ok()
}

/// The metadata of a record itself; `None` if there is none, or it cannot be read.
fn metadata_of(headers: &Headers) -> Option<BTreeMap<String, String>> {
    let (_, value) = headers.iter().find(|(name, _)| name == METADATA_HEADER)?;
    Header::decode(value.clone()?).ok().map(|header| header.metadata)
}

/// Does a consumer of this colour get the record? It gets its own colour, and records without
/// headers.
pub fn color_matches(headers: &Headers, color: &str) -> bool {
    if headers.is_empty() {
        return true;
    }
    let found = headers.iter().find(|(name, _)| name == COLOR_HEADER);
    found.and_then(|(_, value)| value.as_deref()).unwrap_or_default() == color.as_bytes()
}
