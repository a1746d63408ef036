//! Reading the entries of a range, from its start or from its end.

use std::collections::VecDeque;

use super::{
    entries::{StreamEntry, check_reply_bytes, reply_bytes},
    fetch::{FETCH_RECORDS, fetch_entries},
};
use crate::{
    context::Context,
    message::{Rejection, StoredRecord, TopicName},
    order::{OffsetRun, StreamRange},
    pipeline::read_rejection,
};

/// Fewest offsets that are fetched together on the way back: many hold nothing that is shown.
const WINDOW_MIN: usize = 16;
/// Most offsets that are fetched together, where the windows before held nothing.
const WINDOW_MAX: u64 = 100_000;

/// The first entries of a range, at most `most`.
pub(crate) async fn first_entries(
    context: &Context,
    topic: &TopicName,
    mut range: StreamRange,
    most: usize,
) -> Result<Vec<StreamEntry>, Rejection> {
    let (mut entries, mut bytes) = (Vec::new(), 0);
    while entries.len() < most {
        let Some(run) = range.first().await.map_err(read_rejection)? else { break };
        let limit = (most - entries.len()).min(FETCH_RECORDS);
        let fetched = fetch_entries(context, topic, run, limit).await?;
        for stored in fetched.shown {
            bytes += check_reply_bytes(context, &stored, bytes)?;
            entries.push(StreamEntry { partition: run.partition, stored });
        }
        if let Some(failure) = fetched.failure {
            return Err(failure);
        }
        let Some(next) = fetched.next else { break };
        range.drop_first(next);
    }
    Ok(entries)
}

/// The last entries of a range, at most `most`, the last one first. They are read in windows,
/// beginning at the end.
pub(crate) async fn last_entries(
    context: &Context,
    topic: &TopicName,
    mut range: StreamRange,
    most: usize,
) -> Result<Vec<StreamEntry>, Rejection> {
    let (mut entries, mut bytes) = (Vec::new(), 0);
    let smallest = most.clamp(WINDOW_MIN, FETCH_RECORDS) as u64;
    let mut window = smallest;
    while entries.len() < most {
        let Some(run) = range.last().await.map_err(read_rejection)? else { break };
        let from = run.from.max(run.end.unwrap_or(run.from).saturating_sub(window));
        let run_of_window = OffsetRun { from, ..run };
        let found = last_of_run(context, topic, run_of_window, most - entries.len()).await?;
        window = if found.is_empty() { (2 * window).min(WINDOW_MAX) } else { smallest };
        for stored in found.into_iter().rev() {
            bytes += check_reply_bytes(context, &stored, bytes)?;
            entries.push(StreamEntry { partition: run.partition, stored });
        }
        range.drop_last(from);
    }
    Ok(entries)
}

/// The last entries of a run, in order. No more are held than a reply may take.
async fn last_of_run(
    context: &Context,
    topic: &TopicName,
    mut run: OffsetRun,
    most: usize,
) -> Result<VecDeque<StoredRecord>, Rejection> {
    let output_bytes_max = context.services.settings.output_bytes_max;
    let mut found: VecDeque<StoredRecord> = VecDeque::new();
    let mut bytes = 0;
    while run.end.is_some_and(|end| run.from < end) {
        let fetched = fetch_entries(context, topic, run, FETCH_RECORDS).await?;
        for stored in fetched.shown {
            bytes += reply_bytes(&stored);
            found.push_back(stored);
            // One more than a reply takes: whether it is wanted is known when it is counted.
            let is_over = |found: &VecDeque<StoredRecord>, bytes: usize| {
                bytes - found.front().map_or(0, reply_bytes) > output_bytes_max
            };
            while found.len() > most || is_over(&found, bytes) {
                bytes -= found.pop_front().as_ref().map_or(0, reply_bytes);
            }
        }
        if let Some(failure) = fetched.failure {
            return Err(failure);
        }
        let Some(next) = fetched.next else { break };
        run.from = next;
    }
    Ok(found)
}
