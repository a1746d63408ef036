//! Where a group starts in each partition, and storing that.

use futures_util::{StreamExt as _, TryStreamExt as _, stream};

use super::query::Start;
use crate::{
    broker::{BrokerError, Committed, TopicInfo},
    commands::{
        group_name::GroupName,
        stream::topic::{no_partition, order},
    },
    context::Context,
    message::{PartitionOffset, Rejection, TopicPartition},
    pipeline::read_rejection,
};

/// Commits of one group that are under way at once.
const COMMITS_TOGETHER: usize = 32;

/// The next offset to read in each partition; an id after the end means the end.
pub(super) async fn start_offsets(
    context: &Context,
    topic: &TopicInfo,
    start: Start,
) -> Result<Vec<u64>, Rejection> {
    let ranges = context.broker()?.all_offsets(&topic.name).await.map_err(read_rejection)?;
    let oldest = || ranges.iter().map(|range| range.start).collect();
    let newest = || ranges.iter().map(|range| range.end).collect();
    let id = match start {
        Start::Oldest => return Ok(oldest()),
        Start::Newest => return Ok(newest()),
        Start::After(id) => id,
    };
    let Some(offset) = id.place.checked_sub(1) else { return Ok(oldest()) };
    if let [only] = &ranges[..] {
        return Ok(vec![id.offset_after(0).clamp(only.start, only.end)]);
    }
    let partition = u32::try_from(id.partition).ok().filter(|at| *at < topic.partitions);
    let partition = partition.ok_or_else(|| no_partition(topic, id.partition))?;
    // The entries after an id are those after it in the order over all partitions.
    let record = PartitionOffset::new(partition, offset);
    let after = order(context, &topic.name)?.offsets_after(record).await;
    let Some(mut offsets) = after.map_err(read_rejection)? else { return Ok(newest()) };
    // Partitions that were added later come after every id before.
    offsets.resize(ranges.len(), 0);
    for (offset, range) in offsets.iter_mut().zip(&ranges) {
        *offset = (*offset).clamp(range.start, range.end);
    }
    Ok(offsets)
}

/// Commits the offsets of a group that has no members.
pub(super) async fn commit_offsets(
    context: &Context,
    name: &GroupName,
    offsets: &[u64],
) -> Result<(), BrokerError> {
    let broker = context.broker().map_err(|_| BrokerError::Closed)?;
    let numbered = (0..).zip(offsets);
    let partition = |(number, _)| TopicPartition::new(name.topic.clone(), number);
    let partitions: Vec<_> = numbered.map(partition).collect();
    let commits = partitions.iter().zip(offsets).map(|(partition, offset)| {
        let committed = Committed { offset: *offset, metadata: String::new() };
        broker.commit(&name.group, partition, committed)
    });
    let commits = stream::iter(commits.collect::<Vec<_>>());
    commits.buffer_unordered(COMMITS_TOGETHER).try_collect().await
}
