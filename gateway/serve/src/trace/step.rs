//! One step of a trace: a plugin's call, what it answered and what it changed.

use std::{sync::Arc, time::Duration};

use crate::{
    message::{Destination, Grant, Message},
    telemetry::LogLevel,
};

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
