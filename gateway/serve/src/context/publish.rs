//! Sending what a client publishes through the pipeline.

use std::sync::Arc;

use tokio::time::Instant;

use super::{
    Context,
    burst::{Gathered, PublishKey, Reply},
    monitor::send_monitor_lines,
    slowlog::note_burst_if_slow,
    trimming::trim_stored,
};
use crate::{
    entry::stream_key,
    message::{self, Rejection},
    pipeline::Outcome,
};

mod answers; // the reply to each command

pub(crate) use answers::answer_burst;

/// The stream that a key names, if the client may publish to it. Remembers the last one: most
/// clients publish to one topic.
pub(crate) fn publish_key(context: &mut Context, name: &[u8]) -> Result<PublishKey, Rejection> {
    if let Some(published) = context.burst.known_key(name) {
        return Ok(published.clone());
    }
    let key = stream_key(name)?;
    context.check_publish(&key.topic)?;
    let settings = Arc::clone(context.services.settings.streams.of(&key.topic));
    let published = PublishKey { key, settings };
    context.burst.remember_key(name, &published);
    Ok(published)
}

/// Refuses a value that is too large.
pub(crate) fn check_value_size(context: &Context, bytes: usize) -> Result<(), Rejection> {
    message::check_value_size(bytes, context.services.settings.value_bytes_max)
}

/// Sends the burst through the pipeline and answers every command of it.
pub(crate) async fn flush_burst(context: &mut Context) {
    if context.burst.is_empty() {
        return;
    }
    send_monitor_lines(context);
    let (mut replies, outcomes) = send_burst(context).await;
    answer_burst(context, replies.drain(..), outcomes);
    // The list's room serves the next burst.
    context.burst.reuse(replies);
}

/// Sends the burst through the pipeline: what each command is to be answered, and what became of
/// the messages.
pub(crate) async fn send_burst(context: &mut Context) -> (Vec<Reply>, Vec<Outcome>) {
    let began = Instant::now();
    let Gathered { mut messages, replies, trims } = context.burst.take();
    let outcomes = match context.identity() {
        Ok(identity) if !messages.is_empty() => {
            let call = identity.context(context.services.clock);
            for message in &mut messages {
                message.record.timestamp_ms = call.timestamp_ms;
            }
            let chain = context.services.pipeline.chain();
            let cluster = &identity.cluster;
            context.services.pipeline.produce(&chain, cluster, &call, messages).await
        }
        _ => Vec::new(),
    };
    note_burst_if_slow(context, replies.len(), began);
    if trims {
        trim_stored(context, &replies, &outcomes).await;
    }
    (replies, outcomes)
}
