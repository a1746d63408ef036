//! Reading pending entries again.

use std::collections::BTreeMap;

use crate::{
    commands::stream::{
        entries::check_reply_bytes,
        fetch::{FETCH_RECORDS, Fetched, fetch_entries},
    },
    consumer::EntryPosition,
    context::Context,
    message::{Rejection, StoredRecord, TopicName},
    order::OffsetRun,
};

/// Reads entries by their positions. Entries that were trimmed or that a filter hides are missing
/// in the result.
///
/// # Errors
/// The broker's, a failing plugin's, or the reply would be too long.
pub(super) async fn read_entries(
    context: &Context,
    topic: &TopicName,
    positions: &[EntryPosition],
) -> Result<BTreeMap<EntryPosition, StoredRecord>, Rejection> {
    let mut wanted: BTreeMap<u32, Vec<u64>> = BTreeMap::new();
    for position in positions {
        wanted.entry(position.partition).or_default().push(position.offset);
    }
    let (mut found, mut bytes) = (BTreeMap::new(), 0);
    for (partition, mut offsets) in wanted {
        offsets.sort_unstable();
        offsets.dedup();
        let mut left = &offsets[..];
        while let Some(first) = left.first().copied() {
            // Neighbours are read together.
            let run = left.iter().zip(first..).take_while(|(at, nth)| **at == *nth).count();
            let run = run.min(FETCH_RECORDS);
            let end = first + run as u64;
            let asked = OffsetRun { partition, from: first, end: Some(end) };
            let fetched = fetch_entries(context, topic, asked, run).await?;
            let Fetched { shown, next, failure } = fetched;
            if let Some(failure) = failure {
                return Err(failure);
            }
            for stored in shown {
                if left.binary_search(&stored.offset).is_ok() {
                    bytes += check_reply_bytes(context, &stored, bytes)?;
                    found.insert(EntryPosition { offset: stored.offset, partition }, stored);
                }
            }
            let behind = next.ok_or_else(not_fetched)?;
            left = &left[left.partition_point(|offset| *offset < behind)..];
        }
    }
    Ok(found)
}

fn not_fetched() -> Rejection {
    Rejection::err("the entries have not come from the broker yet, try again")
}
