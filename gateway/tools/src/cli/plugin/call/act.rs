//! The call itself, through the same leases that the pipeline uses, written down as it does.

use std::sync::Arc;

use sluicegate::{
    message::{Message, Role},
    plugin::{CallContext, CallError, Lease, Plugin},
    trace::Step,
};

use crate::cli::plugin::{burst::Keys, input::Input};

/// What was written down; and why there is no answer, if there is none.
pub(super) type Acted = (Vec<Step>, Option<CallError>);

/// Makes one call.
pub(super) fn act(plugin: &Arc<Plugin>, role: Role, consume: bool, input: Input) -> Acted {
    if role == Role::Authenticator {
        return authenticate(plugin, input);
    }
    let mut lease = match plugin.lease() {
        Ok(lease) => lease,
        Err(error) => return (vec![plugin.missed(&error)], Some(error)),
    };
    lease.record();
    let error = call(&mut lease, role, consume, input).err();
    (lease.take_steps(), error)
}

fn call(lease: &mut Lease, role: Role, consume: bool, input: Input) -> Result<(), CallError> {
    if role == Role::Partitioner {
        let keys = Keys::of(&input);
        return lease.partition_many(&keys.burst(&input)).map(drop);
    }
    let (mut message, context) = about(input);
    let message = &mut message;
    match (role, consume) {
        (Role::Filter, false) => lease.on_produce(message, &context).map(drop),
        (Role::Filter, true) => lease.on_consume(message, &context).map(drop),
        (Role::Transcoder, false) => lease.encode(message, &context).map(drop),
        (Role::Transcoder, true) => lease.decode(message, &context).map(drop),
        (Role::Router | Role::Partitioner | Role::Authenticator, _) => {
            lease.route(message, &context).map(drop)
        }
    }
}

fn about(input: Input) -> (Message, CallContext) {
    let timestamp_ms = input.message.record.timestamp_ms;
    (input.message, CallContext { principal: input.principal.into(), timestamp_ms })
}

/// Logins leave the thread and may wait for stores.
fn authenticate(plugin: &Arc<Plugin>, input: Input) -> Acted {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.expect("a process may have a few descriptors more");
    let (answer, steps) = runtime.block_on(plugin.authenticate_recorded(input.credentials));
    (steps, answer.err())
}
