//! The order of traces, which must not depend on who of those that wait for a message wakes first.

use crate::{
    message::TopicName,
    trace::{Subject, Trace},
};

/// Where a trace stands: messages and logins in the order in which they came, then records by their
/// place.
type Place<'t> = Option<(&'t TopicName, Option<u32>, u64)>;

/// Traces of one line, in an order that is the same each time.
pub(super) fn sorted(mut traces: Vec<Trace>) -> Vec<Trace> {
    traces.sort_by(|a, b| place(a).cmp(&place(b)));
    traces
}

fn place(trace: &Trace) -> Place<'_> {
    match &trace.subject {
        Subject::Published(_) | Subject::Login { .. } => None,
        Subject::Consumed { message, offset } => Some((&message.topic, message.partition, *offset)),
    }
}
