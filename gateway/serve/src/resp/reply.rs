//! A reply as a client sees it: bytes to a value, and the value as redis-cli prints it.
//!
//! Not `redis-protocol`'s decoder: it keeps maps without their order, and must be told the version
//! of the protocol. What is read here was written by this program, for a conversation that is
//! played; it is small, and complete or still to come.

use std::fmt::{self, Display, Formatter};

mod decode;
mod text;

#[cfg(test)]
mod tests;

pub use text::quoted;

/// A reply, or a message that answers nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// A status of one line, such as `OK`.
    Status(String),
    /// An error of one line; its code is the first word.
    Error(String),
    /// A number.
    Integer(i64),
    /// Any bytes.
    Bulk(Vec<u8>),
    /// No value, or no array.
    Null,
    /// True or false, in RESP3.
    Boolean(bool),
    /// A number with a fraction as it was written, in RESP3.
    Double(String),
    /// A number of any size as it was written, in RESP3.
    BigNumber(String),
    /// Text for people, in RESP3.
    Verbatim(String),
    /// Replies in order.
    Array(Vec<Self>),
    /// Keys and values in the order of the wire, in RESP3.
    Map(Vec<(Self, Self)>),
    /// Replies in the order of the wire, in RESP3.
    Set(Vec<Self>),
    /// A message that answers no command, in RESP3.
    Push(Vec<Self>),
    /// Nothing more comes: the gateway has ended the connection.
    Closed,
}

impl Reply {
    /// Reads the reply that `bytes` begin with, and how long it is; `None` as long as it is not
    /// complete.
    ///
    /// # Errors
    /// They begin with no reply, or with one that is too deep.
    pub fn decode(bytes: &[u8]) -> Result<Option<(Self, usize)>, Malformed> {
        decode::decode(bytes)
    }

    /// True for a message of a channel, which comes without having been asked for.
    ///
    /// That a subscription has begun or ended is an answer, although RESP3 pushes it.
    pub fn is_message(&self) -> bool {
        matches!(self.kind(), Some((b"message" | b"smessage", 3) | (b"pmessage", 4)))
    }

    /// True for the answer that a subscription has begun.
    pub fn begins_listening(&self) -> bool {
        matches!(self.kind(), Some((b"subscribe" | b"ssubscribe" | b"psubscribe", 3)))
    }

    /// First word and length of an array.
    fn kind(&self) -> Option<(&[u8], usize)> {
        let (Self::Array(items) | Self::Push(items)) = self else { return None };
        match items.first() {
            Some(Self::Bulk(kind)) => Some((kind, items.len())),
            _ => None,
        }
    }
}

/// As redis-cli prints it to a person, without the last line end.
impl Display for Reply {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        text::write(self, 0, f)
    }
}

/// Bytes that are no reply: this program has written what it must not.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("byte {at} of the reply: {what}")]
pub struct Malformed {
    /// Where, from the beginning of the reply.
    pub at: usize,
    /// What is wrong.
    pub what: &'static str,
}
