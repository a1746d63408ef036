//! What a Redis server holds.

use std::collections::BTreeMap;

/// Keys and what they hold.
#[derive(Clone, Debug, Default)]
pub struct Keyspace(pub BTreeMap<Vec<u8>, Held>);

/// What a key holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Held {
    /// A string.
    Text(Vec<u8>),
    /// A hash: fields and values.
    Hash(Vec<(Vec<u8>, Vec<u8>)>),
    /// A list.
    List(Vec<Vec<u8>>),
    /// A set.
    Set(Vec<Vec<u8>>),
    /// A sorted set: members and scores.
    SortedSet(Vec<(Vec<u8>, f64)>),
}

impl Held {
    /// As the command TYPE says it.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Text(_) => "string",
            Self::Hash(_) => "hash",
            Self::List(_) => "list",
            Self::Set(_) => "set",
            Self::SortedSet(_) => "zset",
        }
    }
}
