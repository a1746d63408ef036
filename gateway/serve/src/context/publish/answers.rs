//! The reply to each command of a burst.

use super::super::{Context, burst::Reply};
use crate::{
    entry::{EntryId, IdText},
    message::{ErrorCode, Rejection, TopicName},
    pipeline::Outcome,
};

/// Answers every command of a burst.
pub(crate) fn answer_burst(
    context: &mut Context,
    replies: impl Iterator<Item = Reply>,
    outcomes: Vec<Outcome>,
) {
    let mut outcomes = outcomes.into_iter();
    let mut counted = None;
    for reply in replies {
        match reply {
            Reply::Refused(rejection) => context.refuse(*rejection),
            Reply::Null => context.replies.null(),
            Reply::Id | Reply::Trimmed(_) => answer_id(context, outcomes.next()),
            Reply::Ok => answer_ok(context, outcomes.next()),
            Reply::Receivers => answer_receivers(context, outcomes.next(), &mut counted),
        }
    }
}

fn answer_id(context: &mut Context, outcome: Option<Outcome>) {
    match outcome {
        Some(Outcome::Stored(receipt)) => {
            let id = IdText::from(EntryId::of(receipt.partition, receipt.offset));
            context.replies.bulk(id.as_bytes());
        }
        Some(Outcome::Dropped) => context.replies.null(),
        Some(Outcome::Rejected(rejection)) => context.refuse(rejection),
        None => context.refuse(lost()),
    }
}

/// Counts the listeners of a topic once for the messages of a burst that lie side by side.
fn answer_receivers(
    context: &mut Context,
    outcome: Option<Outcome>,
    counted: &mut Option<(TopicName, usize)>,
) {
    let receipt = match outcome {
        Some(Outcome::Stored(receipt)) => receipt,
        Some(Outcome::Dropped) => return context.replies.integer(0),
        Some(Outcome::Rejected(rejection)) => return context.refuse(rejection),
        None => return context.refuse(lost()),
    };
    let known = counted.as_ref().filter(|(topic, _)| *topic == receipt.topic);
    let count = known.map_or_else(|| receivers(context, &receipt.topic), |(_, count)| *count);
    *counted = Some((receipt.topic, count));
    context.replies.count(count);
}

fn receivers(context: &Context, topic: &TopicName) -> usize {
    let cluster = context.identity().map(|identity| identity.cluster.index);
    cluster.map_or(0, |cluster| context.services.channels.receivers(cluster, topic))
}

fn answer_ok(context: &mut Context, outcome: Option<Outcome>) {
    match outcome {
        Some(Outcome::Stored(_) | Outcome::Dropped) => context.replies.ok(),
        Some(Outcome::Rejected(rejection)) => context.refuse(rejection),
        None => context.refuse(lost()),
    }
}

/// For an answer that never came; it cannot happen as long as the pipeline answers every message.
fn lost() -> Rejection {
    Rejection::new(
        ErrorCode::Unknown,
        "publish may or may not be stored: the gateway lost its receipt",
    )
}
