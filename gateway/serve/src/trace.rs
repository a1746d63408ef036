//! What the chain did with one message, or with one login: plain data for people and tests.
//!
//! One value, made where plugins are called and shown in many places: `EXPLAIN`, snapshots of
//! conversations, `plugin call`. Recording is off unless asked for. A trace never holds what a store
//! answered, nor a login's secret: only their shapes.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;

use crate::{
    message::{Destination, Grant, Message, Record, TopicName},
    telemetry::LogLevel,
};

mod change;
mod duration;
mod grant;
pub mod json;
mod payload;
mod recorder;
pub mod text;
mod value;

pub use duration::{time, time_of_nanoseconds};
pub use recorder::Recorder;

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

/// One call of one plugin.
#[derive(Clone, Debug)]
pub struct Step {
    /// Which plugin.
    pub plugin: PluginId,
    /// `interface.function` of the contract, such as `filter.on-produce`.
    pub call: &'static str,
    /// What it answered.
    pub outcome: Outcome,
    /// The message before and after the call; `None` where the call is about a login, or where
    /// there was no call.
    pub change: Option<Change>,
    /// What it said in the log meanwhile.
    pub lines: Vec<Line>,
    /// What it asked of stores.
    pub host_calls: Vec<HostCall>,
    /// How long it took.
    pub took: Duration,
}

/// Which version of which plugin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PluginId {
    /// The file's name without its extension.
    pub name: Arc<str>,
    /// Its own version.
    pub version: Arc<str>,
    /// First digits of the file's SHA-256.
    pub hash: Arc<str>,
}

/// A message before and after a call.
#[derive(Clone, Debug)]
pub struct Change {
    /// As the plugin got it.
    pub before: Message,
    /// As the plugin left it: a filter's changes, a transcoder's value. The same as `before` where
    /// it changed nothing.
    pub after: Message,
}

/// What a plugin answered.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// A filter lets the message pass, changed or not.
    Forward,
    /// A filter takes it out without a word.
    Drop,
    /// A filter, router or transcoder refuses it, in these words (`code: message`).
    Reject(String),
    /// A router's choice.
    Route(Destination),
    /// A partitioner's choice for this message; `None`: it does not mind.
    Partition {
        /// The partition.
        chosen: Option<u32>,
        /// How many the topic has.
        of: u32,
    },
    /// A transcoder's new value; it is in the change.
    Transcoded,
    /// An authenticator's grant.
    Granted(Box<Grant>),
    /// An authenticator's refusal, or that the login is not its own, in these words.
    Denied(String),
    /// There is no answer.
    Failed {
        /// Why, in the operator's words.
        why: String,
        /// The chain goes on as if the plugin were not there.
        bypassed: bool,
    },
}

/// One line of a plugin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// How much it matters.
    pub level: LogLevel,
    /// One line.
    pub words: String,
}

/// One question to a store. Neither its arguments nor what came back: both may hold secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostCall {
    /// `redis.NAME` or `sql.NAME`.
    pub store: String,
    /// The command, the statement's name, or `query`.
    pub call: String,
    /// How many arguments or parameters.
    pub arguments: usize,
    /// The shape of the answer: `nil`, `4 items`, `1 row of 3`; or why there is none.
    pub answer: Result<String, String>,
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

#[cfg(test)]
mod tests;
