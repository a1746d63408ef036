//! One call as plain data: what went in, what came out, what it cost.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use bytes::Bytes;

use super::{
    act::{Answer, act},
    heard::{Heard, Line},
};
use crate::{
    cli::plugin::input::{Input, Payload},
    message::{Credentials, Denial, Grant, Message, Rejection, Role, Verdict},
    plugin::{CallError, Description, Destination, Plugin},
};

/// What one call of a plugin did.
#[derive(Debug)]
pub(super) struct Trace {
    /// The file's name without its extension.
    pub(super) name: String,
    pub(super) description: Description,
    pub(super) hash: String,
    /// `interface.function`.
    pub(super) function: &'static str,
    pub(super) subject: Subject,
    pub(super) outcome: Outcome,
    /// Said by `describe` and `configure`.
    pub(super) lines_before: Vec<Line>,
    /// Said during the call.
    pub(super) lines: Vec<Line>,
    /// Lines that were over the plugin's rate.
    pub(super) lines_dropped: u64,
    /// The plugin's own counters after the call.
    pub(super) counters: BTreeMap<String, u64>,
    pub(super) cost: Cost,
}

/// What the call was about.
#[derive(Debug)]
pub(super) enum Subject {
    /// A message, before the call.
    Message { message: Message, principal: String },
    /// Keys of messages to one topic.
    Burst { topic: String, keys: Vec<Payload>, partitions: u32 },
    /// A login.
    Login(Credentials),
}

/// What came of it.
#[derive(Debug)]
pub(super) enum Outcome {
    /// A filter's, and the message as it left it.
    Verdict { verdict: Verdict, after: Message },
    /// A router's.
    Destination(Destination),
    /// A partitioner's: a partition for each key, or no preference.
    Placements(Vec<Option<u32>>),
    /// A transcoder's; `None` for a tombstone, about which it is not asked.
    Value(Option<Bytes>),
    /// A router's or transcoder's refusal.
    Rejected(Rejection),
    /// An authenticator's.
    Grant(Grant),
    /// An authenticator's refusal.
    Denied(Denial),
    /// There is no answer.
    Failed(CallError),
}

/// What the call took, and what it might have taken.
#[derive(Debug)]
pub(super) struct Cost {
    pub(super) took: Duration,
    pub(super) deadline: Duration,
    /// Linear memory in bytes; `None` after a failure, which ends the instance.
    pub(super) memory_after: Option<usize>,
    pub(super) memory_before: usize,
    pub(super) memory_max: usize,
    /// Calls of `redis` and `sql`.
    pub(super) host_calls: u64,
}

impl Trace {
    /// Makes the call.
    pub(super) fn of(
        plugin: &Arc<Plugin>,
        role: Role,
        consume: bool,
        input: Input,
        heard: &Heard,
    ) -> Self {
        let lines_before = heard.take();
        let memory_before = plugin.stats().memory_bytes;
        let subject = subject(role, &input);
        let limits = &plugin.settings().limits;
        let deadline = match role {
            Role::Authenticator => limits.authenticate_deadline,
            _ => limits.call_deadline,
        };
        let Answer { function, outcome, took } = act(plugin, role, consume, input);
        let stats = plugin.stats();
        Self {
            name: plugin.name().to_owned(),
            description: plugin.description().clone(),
            hash: plugin.hash().to_owned(),
            function,
            subject,
            lines_before,
            lines: heard.take(),
            lines_dropped: stats.log_lines_dropped,
            counters: stats.counters,
            cost: Cost {
                took,
                deadline,
                memory_after: (stats.instances > 0).then_some(stats.memory_bytes),
                memory_before,
                memory_max: limits.memory_bytes_max,
                host_calls: stats.host_calls,
            },
            outcome,
        }
    }

    /// True if there is no answer.
    pub(super) fn failed(&self) -> bool {
        matches!(self.outcome, Outcome::Failed(_))
    }
}

fn subject(role: Role, input: &Input) -> Subject {
    match role {
        Role::Authenticator => Subject::Login(input.credentials.clone()),
        Role::Partitioner => Subject::Burst {
            topic: input.message.topic.as_str().to_owned(),
            keys: input.keys.clone(),
            partitions: input.partitions,
        },
        Role::Filter | Role::Router | Role::Transcoder => {
            Subject::Message { message: input.message.clone(), principal: input.principal.clone() }
        }
    }
}
