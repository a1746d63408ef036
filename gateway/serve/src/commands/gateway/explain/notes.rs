//! What a reader of a dry run should know beside the reply, the traces and the changes.

use std::time::Duration;

use crate::{
    broker::Effect,
    commands::spec::{Blocking, DryRun, MeetsPlugins, Request},
    context::Context,
};

/// What a dry run came to.
pub(super) struct DryRunOutcome<'a> {
    /// The message was stored before.
    pub(super) is_repeated: bool,
    pub(super) effects: &'a [Effect],
    /// The command's reply, as it would be sent.
    pub(super) reply: &'a [u8],
    pub(super) has_traces: bool,
}

/// The notes, a sentence each.
pub(super) fn notes(
    context: &Context,
    request: &Request<'_>,
    facts: &DryRun,
    outcome: &DryRunOutcome<'_>,
) -> Vec<String> {
    let mut notes = Vec::new();
    if outcome.is_repeated {
        notes.push("this id is stored already: the answer is its place".to_owned());
    }
    notes.extend(outcome.effects.iter().filter_map(joined));
    if matches!(outcome.reply, b"*-1\r\n" | b"_\r\n" | b"*0\r\n")
        && let Some(wait) = longest_wait(context, request)
    {
        let long = if wait.is_zero() { "without end".to_owned() } else { format!("for {wait:?}") };
        notes.push(format!("there is nothing now: it would wait {long}"));
    }
    if let Some(words) = facts.null_means
        && matches!(outcome.reply, b"$-1\r\n" | b"_\r\n")
        && !outcome.has_traces
    {
        notes.push(words.to_owned());
    }
    match facts.plugins {
        MeetsPlugins::No => notes.push("meets no plugin".to_owned()),
        MeetsPlugins::Yes => {}
    }
    notes
}

/// The gateway is in a group only in the dry run.
fn joined(effect: &Effect) -> Option<String> {
    let Effect::Join { group, topic } = effect else { return None };
    Some(format!(
        "this gateway is not in group `{group}` of `{topic}`: told as if it were its only member, \
         from the places that are committed"
    ))
}

/// How long a command waits at most; zero for ever.
fn longest_wait(context: &Context, request: &Request<'_>) -> Option<Duration> {
    match request.spec().blocking {
        Blocking::Never => None,
        Blocking::ForEntries(longest_wait) => longest_wait(context, &request.args),
    }
}
