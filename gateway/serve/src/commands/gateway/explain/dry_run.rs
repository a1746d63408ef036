//! A dry run: the command is answered in a forked session, and what it changed there is explained.

use super::{
    effects,
    fork::ForkedSession,
    groups::differences,
    notes::{DryRunOutcome, notes},
};
use crate::{
    commands::{
        explanation::Explanation,
        spec::{CopiesMembership, DryRun, Request},
    },
    context::Context,
    message::Rejection,
};

/// What an EXPLAIN comes to.
pub(super) enum Explained {
    /// This is what the command would do.
    Explanation(Box<Explanation>),
    /// The command was refused before it came to anything: its reply, as it would be sent.
    Refused(Vec<u8>),
    /// The command was answered as it is, with a refusal.
    Answered,
}

/// Runs a command against forks of plugins, groups and broker.
///
/// # Errors
/// The broker's, where the groups cannot be copied.
pub(super) async fn dry_run(
    context: &Context,
    request: &Request<'_>,
    facts: &DryRun,
) -> Result<Explained, Rejection> {
    let mut fork = ForkedSession::new(context)?;
    let mut groups = Vec::new();
    for name in (facts.groups)(&request.args) {
        let before = fork.copy_group(context, &name)?;
        groups.push((name, before));
    }
    if facts.membership == CopiesMembership::Yes {
        fork.copy_membership(context)?;
    }
    fork.run(request).await;
    let reply = fork.context.replies.as_bytes().to_vec();
    let mut traces = fork.recorder.take();
    let effects = fork.overlay.effects();
    if reply.first() == Some(&b'-') && traces.is_empty() && effects.is_empty() {
        return Ok(Explained::Refused(reply));
    }
    effects::note_topics(&mut traces, &effects);
    let mut changes = effects::lines(&effects);
    for (name, before) in &groups {
        let after = fork.group(name);
        changes.extend(after.iter().flat_map(|after| differences(name, before, after)));
    }
    let (before, after) = (context.membership.as_ref(), fork.context.membership.as_ref());
    changes.extend(effects::membership_line(before, after));
    let outcome = DryRunOutcome {
        is_repeated: fork.context.services.counters.messages_repeated.get() > 0,
        effects: &effects,
        reply: &reply,
        has_traces: !traces.is_empty(),
    };
    let notes = notes(context, request, facts, &outcome);
    let more = fork.recorder.others();
    let command = request.spec().name;
    let explanation = Explanation { command, traces, more, changes, notes, reply: Some(reply) };
    Ok(Explained::Explanation(Box::new(explanation)))
}
