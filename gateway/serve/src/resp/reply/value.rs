//! A reply as data.

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
