//! Which entries a consumer gets: new ones, or its own pending ones again.

use std::{ops::Bound::Unbounded, sync::Arc};

use super::{
    super::{
        group::{no_group, open_group},
        pending_entries::read_entries,
        position::range_start,
        xack::acknowledge,
    },
    query::Query,
};
use crate::{
    commands::{
        group_name::GroupName,
        stream::{
            blocking::{Freshness, READ_RECORDS_MAX},
            fetch::{FETCH_BYTES, FETCH_RECORDS, Fetched, fetch_entries},
            range::IdBound,
            topic::ends,
        },
    },
    consumer::{EntryPosition, IdleFilter, PENDING_MAX, Recipient, StreamGroup},
    context::Context,
    entry::EntryId,
    message::{Rejection, StoredRecord},
    order::OffsetRun,
};

/// Entries of one stream, in order; those that do not exist any more have an id only.
pub(super) type Entries = Vec<(EntryPosition, Option<StoredRecord>)>;

/// The next entries of a group; `None` if there are none.
pub(super) async fn new_entries(
    context: &Context,
    name: &GroupName,
    query: &Query,
    freshness: Freshness,
) -> Result<Option<Entries>, Rejection> {
    let group = open_group(context, name)?.ok_or_else(|| missing(name))?;
    let ends = match freshness {
        Freshness::Latest => Some(ends(context, &name.topic).await?),
        Freshness::Notified => None,
    };
    let most = query.count.unwrap_or(READ_RECORDS_MAX).min(READ_RECORDS_MAX);
    let (mut entries, mut failure, mut is_stuck) = (Entries::new(), None, false);
    let mut bytes = 0;
    for partition in group.turns() {
        while entries.len() < most && bytes < FETCH_BYTES {
            let limit = (most - entries.len()).min(FETCH_RECORDS);
            let Some(reading) = group.read(partition, limit).await else { break };
            let known = ends.as_ref().and_then(|ends| ends.get(partition as usize));
            let known = known.map(|range| range.end).filter(|end| reading.from < *end);
            let run = OffsetRun { partition, from: reading.from, end: reading.end.or(known) };
            let fetched = fetch_entries(context, &name.topic, run, reading.most).await;
            let Fetched { shown, next, failure: failed } = match fetched {
                Ok(fetched) => fetched,
                Err(rejection) => {
                    failure = Some(rejection);
                    break;
                }
            };
            let to = Recipient { consumer: &query.consumer, now: context.now_ms() };
            let delivered = group.deliver(&reading, to, shown, next);
            is_stuck |= delivered.is_stuck;
            for stored in delivered.entries {
                bytes += stored.record.payload_len();
                entries.push((EntryPosition { offset: stored.offset, partition }, Some(stored)));
            }
            if failed.is_some() {
                failure = failed;
                break;
            }
            if !delivered.goes_on {
                break;
            }
        }
    }
    if entries.is_empty() {
        if let Some(failure) = failure.or_else(|| full(&group, is_stuck)) {
            return Err(failure);
        }
        return Ok(None);
    }
    if query.acknowledges {
        acknowledge(context, &group, entries.iter().map(|(position, _)| *position)).await?;
    }
    Ok(Some(entries))
}

/// The consumer's own pending entries after an id, once more.
pub(super) async fn own_entries(
    context: &Context,
    name: &GroupName,
    query: &Query,
    after: EntryId,
) -> Result<Entries, Rejection> {
    let group = open_group(context, name)?.ok_or_else(|| missing(name))?;
    let start = range_start(IdBound { id: after, is_excluded: true });
    let most = query.count.unwrap_or(READ_RECORDS_MAX).min(READ_RECORDS_MAX);
    let now = context.now_ms();
    let listed = group.pending((start, Unbounded), Some(&query.consumer), IdleFilter::ALL, most);
    let positions: Vec<_> = listed.into_iter().map(|(position, _)| position).collect();
    let mut found = read_entries(context, &name.topic, &positions).await?;
    let there: Vec<_> = found.keys().copied().collect();
    group.deliver_again(&there, Recipient { consumer: &query.consumer, now });
    Ok(positions.into_iter().map(|position| (position, found.remove(&position))).collect())
}

/// The error for a group that does not exist.
pub(super) fn missing(name: &GroupName) -> Rejection {
    no_group(name, " in XREADGROUP with GROUP option")
}

/// Why a group gives nothing although there may be more.
fn full(group: &Arc<StreamGroup>, is_stuck: bool) -> Option<Rejection> {
    if let Some(partition) = group.full() {
        return Some(Rejection::err(format!(
            "group `{}` has {PENDING_MAX} pending entries in partition {partition} of `{}`: acknowledge the oldest of them first",
            group.name(),
            group.topic()
        )));
    }
    is_stuck.then(|| {
        Rejection::err(format!(
            "group `{}` has pending entries too far apart in `{}`: acknowledge the oldest of them first",
            group.name(),
            group.topic()
        ))
    })
}
