//! Entries of the slow log.

use std::time::Duration;

use tokio::time::Instant;

use super::Context;
use crate::telemetry::SlowlogEntry;

/// Notes a burst of published messages that took long, as its last topic and their number.
pub(super) fn note_burst_if_slow(context: &Context, messages: usize, began: Instant) {
    let took = began.elapsed();
    if took < context.services.settings.slow_after {
        return;
    }
    let binding = context.identity.as_ref().and_then(|known| known.grant().binding.as_ref());
    let (name, topic) = match (context.burst.last_topic(), binding) {
        (Some(topic), _) => ("xadd", topic.as_str()),
        (None, Some(binding)) => ("set", binding.topic.as_str()),
        (None, None) => ("xadd", "?"),
    };
    let words = vec![name.to_owned(), topic.to_owned(), format!("({messages} messages together)")];
    note_slow(context, words, 0, took);
}

/// Adds an entry. `more` is the number of arguments that it does not show.
pub(crate) fn note_slow(context: &Context, mut words: Vec<String>, more: usize, took: Duration) {
    if more > 0 {
        words.push(format!("... ({more} more arguments)"));
    }
    let user = context.identity.as_ref().map(|known| known.grant().principal.clone());
    context.services.slowlog.add(SlowlogEntry {
        id: 0,
        at_ms: context.now_ms(),
        took,
        words,
        user: user.unwrap_or_default(),
        peer: context.client.peer(),
        name: context.client.name(),
    });
}
