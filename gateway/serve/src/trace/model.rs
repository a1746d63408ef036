//! A trace: what it is about, the plugins it met, and how it ended.

use std::sync::Arc;

use bytes::Bytes;

use super::step::Step;
use crate::message::{Message, Record, TopicName};

/// What of a trace is shown besides what plugins did.
#[derive(Clone, Copy, Debug)]
pub struct Show {
    /// Versions and hashes of plugins: two builds of the same plugin differ in them.
    pub versions: bool,
    /// How long calls took, and the times of records: two runs differ in them.
    pub times: bool,
}

impl Show {
    /// What is the same whenever the same is said to plugins that do the same: for snapshots.
    pub const SAME_EACH_TIME: Self = Self { versions: false, times: false };
    /// Everything: for people who look once.
    pub const ALL: Self = Self { versions: true, times: true };
}

/// Whether calls of plugins become steps of a trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tracing {
    /// They do not.
    Off,
    /// They do.
    On,
}

/// The way of one message or one login through the chain.
#[derive(Clone, Debug)]
pub struct Trace {
    /// What was under way.
    pub subject: Subject,
    /// The plugins it met, in order.
    pub steps: Vec<Step>,
    /// How it ended; `None` while it is under way.
    pub end: Option<End>,
}

/// What was under way.
#[derive(Clone, Debug)]
pub enum Subject {
    /// A message that a client publishes, as it came.
    Published(Message),
    /// A record on its way to a client, as it lies in the broker.
    Consumed {
        /// The message, with the partition it lies in.
        message: Message,
        /// Its offset there.
        offset: u64,
    },
    /// A login of this user.
    Login {
        /// The user name; `default` where the client gave none.
        username: String,
    },
}

/// How a way ended.
#[derive(Clone, Debug)]
pub enum End {
    /// The message is stored here, or would be.
    Stored(Box<Stored>),
    /// A filter dropped it: acknowledged, not stored.
    Dropped,
    /// Refused with this error.
    Refused(String),
    /// The client gets this.
    Shown(Record),
    /// A filter keeps it from the client.
    Hidden,
    /// Logged in; `by` is the authenticator.
    LoggedIn {
        /// Name of the plugin.
        by: Arc<str>,
    },
}

/// Where a message is, or would be, and what lies there.
#[derive(Clone, Debug)]
pub struct Stored {
    /// Topic, which the router may have chosen.
    pub topic: TopicName,
    /// Its partition.
    pub partition: u32,
    /// Why this one.
    pub because: Because,
    /// Offset in the partition; `None` where it cannot be foretold.
    pub offset: Option<u64>,
    /// The record as it lies there.
    pub record: Record,
    /// What the transcoder makes of the record's value when it is read; `None` without one.
    pub decoded: Option<Bytes>,
    /// The topic does not exist and would be made, with so many partitions.
    pub makes_topic: Option<u32>,
}

/// Why a message lies in its partition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Because {
    /// The client named it.
    Named,
    /// The partitioner chose it.
    Partitioner,
    /// The hash of its key, as Kafka's Java client has it.
    Key,
    /// It has no key: each burst goes to the next partition.
    Turn,
    /// There is only one.
    Only,
}

impl Because {
    /// In words for people.
    pub fn words(self) -> &'static str {
        match self {
            Self::Named => "named by the client",
            Self::Partitioner => "chosen by the partitioner",
            Self::Key => "by the hash of the key",
            Self::Turn => "no key: the next one in turn",
            Self::Only => "the topic has only this one",
        }
    }
}
