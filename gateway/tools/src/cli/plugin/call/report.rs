//! One call as plain data: what went in, what came of it, what it cost.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use sluicegate::{
    message::{Credentials, Message, Role},
    plugin::{CallContext, CallError, Plugin, PooledInstance},
    trace::{PluginId, Step, Tracing},
};

use crate::cli::plugin::input::{BurstKeys, Input, Payload};

/// Which way a message goes through the plugin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    Produce,
    Consume,
}

/// What one call of a plugin did.
#[derive(Debug)]
pub(super) struct CallReport {
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

impl CallReport {
    /// Makes the call.
    pub(super) fn of(plugin: &Arc<Plugin>, role: Role, direction: Direction, input: Input) -> Self {
        let memory_before = plugin.stats().memory_bytes;
        let subject = subject(role, direction, &input);
        let limits = &plugin.settings().limits;
        let deadline = match role {
            Role::Authenticator => limits.authenticate_deadline,
            Role::Filter | Role::Router | Role::Partitioner | Role::Transcoder => {
                limits.call_deadline
            }
        };
        let Attempt { steps, error } = make_call(plugin, role, direction, input);
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

fn subject(role: Role, direction: Direction, input: &Input) -> Subject {
    match role {
        Role::Authenticator => Subject::Login(input.credentials.clone()),
        Role::Partitioner => Subject::Burst {
            topic: input.message.topic.as_str().to_owned(),
            keys: input.keys.clone(),
            partitions: input.partitions,
        },
        Role::Filter | Role::Router | Role::Transcoder => Subject::Message {
            verb: match direction {
                Direction::Produce => "publish",
                Direction::Consume => "consume",
            },
            message: input.message.clone(),
            principal: input.principal.clone(),
        },
    }
}

/// A call that was made.
struct Attempt {
    steps: Vec<Step>,
    /// Why there is no answer, if there is none.
    error: Option<CallError>,
}

/// Makes one call, through the same pooled instances that the pipeline uses.
fn make_call(plugin: &Arc<Plugin>, role: Role, direction: Direction, input: Input) -> Attempt {
    if role == Role::Authenticator {
        return authenticate(plugin, input);
    }
    let mut instance = match plugin.acquire(Tracing::On) {
        Ok(instance) => instance,
        Err(error) => {
            return Attempt {
                steps: vec![plugin.step_without_instance(&error)],
                error: Some(error),
            };
        }
    };
    let error = call(&mut instance, role, direction, input).err();
    Attempt { steps: instance.take_steps(), error }
}

fn call(
    instance: &mut PooledInstance,
    role: Role,
    direction: Direction,
    mut input: Input,
) -> Result<(), CallError> {
    if role == Role::Partitioner {
        let keys = BurstKeys::of(&input);
        return instance.partition_many(&keys.burst(&input)).map(drop);
    }
    let timestamp_ms = input.message.record.timestamp_ms;
    let context = CallContext { principal: input.principal.into(), timestamp_ms };
    let message = &mut input.message;
    match (role, direction) {
        (Role::Filter, Direction::Produce) => instance.on_produce(message, &context).map(drop),
        (Role::Filter, Direction::Consume) => instance.on_consume(message, &context).map(drop),
        (Role::Transcoder, Direction::Produce) => instance.encode(message, &context).map(drop),
        (Role::Transcoder, Direction::Consume) => instance.decode(message, &context).map(drop),
        (Role::Router | Role::Partitioner | Role::Authenticator, _) => {
            instance.route(message, &context).map(drop)
        }
    }
}

/// Logins leave the thread and may wait for stores.
fn authenticate(plugin: &Arc<Plugin>, input: Input) -> Attempt {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.expect("a process may have a few descriptors more");
    let (answer, steps) = runtime.block_on(plugin.authenticate(input.credentials, Tracing::On));
    Attempt { steps, error: answer.err() }
}
