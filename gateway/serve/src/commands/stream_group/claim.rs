//! Taking pending entries over: what the two commands for it share.

use std::{collections::BTreeSet, sync::Arc};

use super::{group::too_many_consumers, pending_entries::read_entries, position::send_id};
use crate::{
    commands::{arguments::integer, stream::entries::send_entry},
    consumer::{Claim, EntryPosition, StreamGroup},
    context::Context,
    message::{Rejection, StoredRecord},
    resp::Replies,
};

/// The result of a claim.
#[derive(Debug, Default)]
pub(super) struct Claimed {
    /// The entries that the consumer has now; without a record if a filter hides them.
    pub(super) given: Vec<(EntryPosition, Option<StoredRecord>)>,
    /// Entries that do not exist any more. They are not pending any more either.
    pub(super) gone: Vec<EntryPosition>,
}

/// How claimed entries are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Show {
    Entries,
    /// `JUSTID`.
    IdsOnly,
}

/// Reads the shortest idle time of entries to claim, in milliseconds.
///
/// # Errors
/// Redis' words, with the command's name.
pub(super) fn idle_min(bytes: &[u8], command: &str) -> Result<i64, Rejection> {
    let words = || Rejection::err(format!("Invalid min-idle-time argument for {command}"));
    Ok(integer(bytes).map_err(|_| words())?.max(0))
}

/// Claims the entries among `found` that exist, and drops the others from the pending entries.
pub(super) async fn claim(
    context: &Context,
    group: &Arc<StreamGroup>,
    claim: &Claim<'_>,
    found: Vec<EntryPosition>,
) -> Result<Claimed, Rejection> {
    let mut entries = read_entries(context, group.topic(), &found).await?;
    let there: BTreeSet<_> = entries.keys().copied().collect();
    let result = group.claim(claim, &found, &there).map_err(|_| too_many_consumers(group))?;
    let given = result.entries.into_iter().map(|position| (position, entries.remove(&position)));
    Ok(Claimed { given: given.collect(), gone: result.gone })
}

/// Sends the claimed entries.
pub(super) fn send_claimed(replies: &mut Replies, claimed: &Claimed, show: Show) {
    replies.array(claimed.given.len());
    for (position, entry) in &claimed.given {
        match entry {
            Some(stored) if show == Show::Entries => {
                send_entry(replies, position.partition, stored);
            }
            Some(_) | None => send_id(replies, *position),
        }
    }
}
