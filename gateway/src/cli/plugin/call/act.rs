//! The call itself, through the same leases that the pipeline uses.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use super::trace::Outcome;
use crate::{
    cli::plugin::{burst::Keys, input::Input},
    message::{Message, Role},
    plugin::{CallContext, CallError, Lease, Plugin},
};

/// What was called, what came of it, and how long that took.
pub(super) struct Answer {
    pub(super) function: &'static str,
    pub(super) outcome: Outcome,
    pub(super) took: Duration,
}

/// Makes one call.
pub(super) fn act(plugin: &Arc<Plugin>, role: Role, consume: bool, input: Input) -> Answer {
    if role == Role::Authenticator {
        return authenticate(plugin, input);
    }
    let (function, step) = step(role, consume);
    let mut lease = match plugin.lease() {
        Ok(lease) => lease,
        Err(error) => {
            return Answer { function, outcome: Outcome::Failed(error), took: Duration::ZERO };
        }
    };
    let began = Instant::now();
    let outcome = step(&mut lease, input).unwrap_or_else(Outcome::Failed);
    Answer { function, outcome, took: began.elapsed() }
}

type Step = fn(&mut Lease, Input) -> Result<Outcome, CallError>;

fn step(role: Role, consume: bool) -> (&'static str, Step) {
    match (role, consume) {
        (Role::Filter, false) => ("filter.on-produce", |lease, input| filter(lease, input, false)),
        (Role::Filter, true) => ("filter.on-consume", |lease, input| filter(lease, input, true)),
        (Role::Transcoder, false) => ("transcoder.encode", |lease, input| {
            let (mut message, context) = about(input);
            let answer = lease.encode(&mut message, &context)?;
            Ok(answer.map_or_else(Outcome::Rejected, Outcome::Value))
        }),
        (Role::Transcoder, true) => ("transcoder.decode", |lease, input| {
            let (mut message, context) = about(input);
            let answer = lease.decode(&mut message, &context)?;
            Ok(answer.map_or_else(Outcome::Rejected, Outcome::Value))
        }),
        (Role::Partitioner, _) => ("partitioner.partition-many", |lease, input| {
            let keys = Keys::of(&input);
            let placements = lease.partition_many(&keys.burst(&input))?;
            Ok(Outcome::Placements(placements.iter().collect()))
        }),
        (Role::Router | Role::Authenticator, _) => ("router.route", |lease, input| {
            let (mut message, context) = about(input);
            let answer = lease.route(&mut message, &context)?;
            Ok(answer.map_or_else(Outcome::Rejected, Outcome::Destination))
        }),
    }
}

fn filter(lease: &mut Lease, input: Input, consume: bool) -> Result<Outcome, CallError> {
    let (mut after, context) = about(input);
    let verdict = if consume {
        lease.on_consume(&mut after, &context)?
    } else {
        lease.on_produce(&mut after, &context)?
    };
    Ok(Outcome::Verdict { verdict, after })
}

fn about(input: Input) -> (Message, CallContext) {
    let timestamp_ms = input.message.record.timestamp_ms;
    (input.message, CallContext { principal: input.principal.into(), timestamp_ms })
}

/// Logins leave the thread and may wait for stores.
fn authenticate(plugin: &Arc<Plugin>, input: Input) -> Answer {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.expect("a process may have a few descriptors more");
    let began = Instant::now();
    let answer = runtime.block_on(plugin.authenticate(input.credentials));
    let took = began.elapsed();
    let outcome = match answer {
        Ok(Ok(grant)) => Outcome::Grant(grant),
        Ok(Err(denial)) => Outcome::Denied(denial),
        Err(error) => Outcome::Failed(error),
    };
    Answer { function: "authenticator.authenticate", outcome, took }
}
