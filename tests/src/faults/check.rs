//! The promises, checked over what happened: pure functions from histories to broken promises.

mod book;
mod stored;
mod order;
mod groups;
mod time;

use std::{fmt, time::Duration};

use super::history::{GroupHistory, Message, Stored, Waited};

pub use time::{STALL_MAX, longest_stall};

use book::Book;

/// What the gateway promises.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Promise {
    /// An acknowledged message is in Kafka.
    AcknowledgedIsStored,
    /// A message is there no more often than it was sent with an answer that allows it.
    StoredOnce,
    /// What is there was sent.
    NothingInvented,
    /// A place in an answer is where the message lies.
    PlaceIsTrue,
    /// Messages of a key lie in one partition in the order they were sent.
    KeyOrder,
    /// Every record reaches each group.
    DeliveredToEachGroup,
    /// A group is shown what Kafka holds at that place.
    DeliveredAsStored,
    /// What is committed is not shown again.
    CommittedIsDone,
    /// Every command is answered in time.
    AnsweredInTime,
    /// Nothing stands still after the last fault.
    NoStall,
    /// The gateway takes no more memory because the broker is away.
    FlatMemory,
}

impl fmt::Display for Promise {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AcknowledgedIsStored => "an acknowledged message is stored",
            Self::StoredOnce => "a message is stored once unless an answer left it open",
            Self::NothingInvented => "what is stored was sent",
            Self::PlaceIsTrue => "an answer's place is where the message lies",
            Self::KeyOrder => "messages of a key keep their order",
            Self::DeliveredToEachGroup => "every record reaches each group",
            Self::DeliveredAsStored => "a group is shown what is stored",
            Self::CommittedIsDone => "what is committed is not shown again",
            Self::AnsweredInTime => "every command is answered in time",
            Self::NoStall => "nothing stands still after the last fault",
            Self::FlatMemory => "memory stays flat while the broker is away",
        })
    }
}

/// A broken promise.
#[derive(Clone, Debug)]
pub struct Violation {
    /// Which.
    pub promise: Promise,
    /// What happened, in full.
    pub story: String,
}

/// All that is known at the end of a run.
#[derive(Debug)]
pub struct Evidence {
    /// Everything the writers sent.
    pub messages: Vec<Message>,
    /// Everything the outside client found, by partition and offset.
    pub records: Vec<Stored>,
    /// Everything the consumers saw.
    pub groups: Vec<GroupHistory>,
    /// Reads and commits whose answers took longer than they may.
    pub late: Vec<Waited>,
    /// Longest time a publish may take.
    pub publish_max: Duration,
    /// The longest that this machine kept a program from running; added to what may be taken.
    pub hiccup: Duration,
    /// When the last fault was healed.
    pub healed: Duration,
    /// When the writers were done.
    pub stopped: Duration,
    /// When all consumers had said goodbye, to come back once more with no fault since.
    pub restarted: Duration,
}

/// Checks everything; empty if all promises were kept.
pub fn all(evidence: &Evidence) -> Vec<Violation> {
    let book = Book::new(&evidence.messages, &evidence.records);
    let mut found = stored::check(&book);
    found.extend(order::check(&book));
    for group in &evidence.groups {
        found.extend(groups::check(group, &evidence.records, evidence.restarted));
    }
    found.extend(time::late(evidence));
    found.extend(time::stalls(evidence));
    found
}

#[cfg(test)]
mod tests;
