//! What happened in a run, as the clients saw it: nothing here comes from the gateway's own word
//! but the answers it gave.

use std::{
    fmt,
    sync::Arc,
    time::{Duration, Instant},
};

/// The run's own time, counted from its start.
#[derive(Clone, Copy, Debug)]
pub struct Clock(Instant);

impl Clock {
    /// Starts now.
    pub fn start() -> Self {
        Self(Instant::now())
    }

    /// Time since the start.
    pub fn now(self) -> Duration {
        self.0.elapsed()
    }
}

/// A message's name, which is its payload too: the `number`th of a writer's key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MessageId {
    /// Who wrote it.
    pub writer: u16,
    /// One of the writer's keys.
    pub key: u16,
    /// Its place among the messages of this key, from 0.
    pub number: u32,
}

impl MessageId {
    /// The name that stands somewhere in a payload, whatever is around it.
    pub fn find(payload: &[u8]) -> Option<Self> {
        // Lengths and other bytes around it may look like the sign that it begins with.
        let marks = payload.iter().enumerate().filter(|(_, byte)| **byte == b'@');
        marks.map(|(at, _)| &payload[at + 1..]).find_map(Self::read)
    }

    /// The name that `text` begins with, up to its closing sign.
    fn read(text: &[u8]) -> Option<Self> {
        let length = text.iter().position(|byte| *byte == b'@')?;
        let mut parts = std::str::from_utf8(&text[..length]).ok()?.split('/');
        let id = Self {
            writer: parts.next()?.parse().ok()?,
            key: parts.next()?.parse().ok()?,
            number: parts.next()?.parse().ok()?,
        };
        parts.next().is_none().then_some(id)
    }
}

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "@{}/{}/{}@", self.writer, self.key, self.number)
    }
}

/// Where a record lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    /// Partition.
    pub partition: u32,
    /// Offset in it.
    pub offset: u64,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.partition, self.offset)
    }
}

/// How one sending of a message was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Acknowledged; where the answer says it, with the place.
    Stored(Option<Place>),
    /// An error that promises that nothing was stored, in the gateway's words.
    NotStored(Arc<str>),
    /// An error that says it is not known, in the gateway's words.
    Unknown(Arc<str>),
    /// The connection ended before the answer.
    Lost,
    /// Nothing came for so long that the client gave up.
    Silent,
}

impl Answer {
    /// False only if the gateway said that nothing was stored.
    pub fn may_be_stored(&self) -> bool {
        !matches!(self, Self::NotStored(_))
    }

    /// True for an acknowledgement.
    pub fn is_stored(&self) -> bool {
        matches!(self, Self::Stored(_))
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stored(None) => f.write_str("OK"),
            Self::Stored(Some(place)) => write!(f, "OK at {place}"),
            Self::NotStored(text) | Self::Unknown(text) => write!(f, "`{text}`"),
            Self::Lost => f.write_str("connection lost"),
            Self::Silent => f.write_str("no answer"),
        }
    }
}

/// One sending of a message.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// Its place among all sendings of its writer.
    pub order: u64,
    /// The gateway it went to.
    pub gateway: usize,
    /// When it was sent.
    pub sent: Duration,
    /// When the answer came, or the end of the connection.
    pub answered: Duration,
    /// What the answer said.
    pub answer: Answer,
}

impl Attempt {
    /// How long the answer took.
    pub fn took(&self) -> Duration {
        self.answered.saturating_sub(self.sent)
    }
}

/// A message and all that was tried with it.
#[derive(Clone, Debug)]
pub struct Message {
    /// Its name.
    pub id: MessageId,
    /// Its sendings, in order; at least one.
    pub attempts: Vec<Attempt>,
}

impl Message {
    /// True once an answer acknowledged it.
    pub fn is_acknowledged(&self) -> bool {
        self.attempts.iter().any(|attempt| attempt.answer.is_stored())
    }
}

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "message {}", self.id)?;
        for attempt in &self.attempts {
            let Attempt { order, gateway, sent, answer, .. } = attempt;
            write!(
                f,
                "\n    sent as #{order} to gateway {gateway} at {:.3} s, after {:.3} s: {answer}",
                sent.as_secs_f64(),
                attempt.took().as_secs_f64()
            )?;
        }
        Ok(())
    }
}

/// A record as the outside client found it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stored {
    /// Where it lies.
    pub place: Place,
    /// The message in it.
    pub id: MessageId,
}

/// One connection of a consumer, from its login to its end.
#[derive(Clone, Copy, Debug)]
pub struct Session {
    /// The gateway it spoke to.
    pub gateway: usize,
    /// When it had logged in.
    pub began: Duration,
}

/// A message that a consumer was given.
#[derive(Clone, Copy, Debug)]
pub struct Delivery {
    /// Index of the session.
    pub session: usize,
    /// Where the record lies, as the gateway says.
    pub place: Place,
    /// The message in it.
    pub id: MessageId,
    /// When it came.
    pub at: Duration,
}

/// A commit that was acknowledged.
#[derive(Clone, Copy, Debug)]
pub struct Commit {
    /// Index of the session.
    pub session: usize,
    /// The last record of the partition that is done with.
    pub place: Place,
    /// When the acknowledgement came.
    pub at: Duration,
}

/// All that the consumers of one group saw.
#[derive(Clone, Debug, Default)]
pub struct GroupHistory {
    /// Its name.
    pub name: String,
    /// Its sessions, in the order they began.
    pub sessions: Vec<Session>,
    /// What they were given, in the order it came.
    pub deliveries: Vec<Delivery>,
    /// What they committed, in the order of the acknowledgements.
    pub commits: Vec<Commit>,
}

/// An answer of a kind that is not kept for every command: reads and commits.
#[derive(Clone, Debug)]
pub struct Waited {
    /// The command.
    pub command: &'static str,
    /// When it was sent.
    pub sent: Duration,
    /// How long the answer took.
    pub took: Duration,
    /// What it may take.
    pub allowed: Duration,
    /// How it ended.
    pub answer: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_again_in_any_payload() {
        let id = MessageId { writer: 3, key: 1, number: 17 };
        let payload = format!("\u{1}@\u{5}value{id}more@");
        assert_eq!(MessageId::find(payload.as_bytes()), Some(id));
        for wrong in ["", "@", "@3/1@", "@3/1/17/2@", "@a/b/c@"] {
            assert_eq!(MessageId::find(wrong.as_bytes()), None, "{wrong}");
        }
    }
}
