//! One call as plain data: what went in, what came of it, what it cost.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use sluicegate::{
    message::{Credentials, Message, Role},
    plugin::Plugin,
    trace::{PluginId, Step},
};

use super::act::act;
use crate::cli::plugin::input::{Input, Payload};

/// What one call of a plugin did.
#[derive(Debug)]
pub(super) struct Called {
    pub(super) plugin: PluginId,
    pub(super) subject: Subject,
    /// One; a partitioner's burst has one for each key, and a tombstone's encoding none.
    pub(super) steps: Vec<Step>,
    /// What clients hear of a call without an answer.
    pub(super) public: Option<&'static str>,
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
    Message { verb: &'static str, message: Message, principal: String },
    /// Keys of messages to one topic.
    Burst { topic: String, keys: Vec<Payload>, partitions: u32 },
    /// A login.
    Login(Credentials),
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
}

impl Called {
    /// Makes the call.
    pub(super) fn of(plugin: &Arc<Plugin>, role: Role, consume: bool, input: Input) -> Self {
        let memory_before = plugin.stats().memory_bytes;
        let subject = subject(role, consume, &input);
        let limits = &plugin.settings().limits;
        let deadline = match role {
            Role::Authenticator => limits.authenticate_deadline,
            Role::Filter | Role::Router | Role::Partitioner | Role::Transcoder => {
                limits.call_deadline
            }
        };
        let (steps, error) = act(plugin, role, consume, input);
        let stats = plugin.stats();
        Self {
            plugin: plugin.id(),
            subject,
            public: error.map(|error| error.public()),
            lines_dropped: stats.log_lines_dropped,
            counters: stats.counters,
            cost: Cost {
                took: steps.first().map_or(Duration::ZERO, |step| step.took),
                deadline,
                memory_after: (stats.instances > 0).then_some(stats.memory_bytes),
                memory_before,
                memory_max: limits.memory_bytes_max,
            },
            steps,
        }
    }

    /// True if there is no answer.
    pub(super) fn failed(&self) -> bool {
        self.public.is_some()
    }
}

fn subject(role: Role, consume: bool, input: &Input) -> Subject {
    match role {
        Role::Authenticator => Subject::Login(input.credentials.clone()),
        Role::Partitioner => Subject::Burst {
            topic: input.message.topic.as_str().to_owned(),
            keys: input.keys.clone(),
            partitions: input.partitions,
        },
        Role::Filter | Role::Router | Role::Transcoder => Subject::Message {
            verb: if consume { "consume" } else { "publish" },
            message: input.message.clone(),
            principal: input.principal.clone(),
        },
    }
}
