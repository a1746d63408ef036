//! What trimming a stream deletes.

use std::{collections::HashMap, time::Duration};

use tokio::time::Instant;

use crate::{
    entry::EntryId,
    message::{Receipt, TopicName, TopicPartition},
};

/// What is to be deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Trim {
    /// What stays.
    pub(crate) keep: Keep,
    /// `=`, or neither: to the entry. `~`: only what costs little.
    pub(crate) exact: bool,
    /// With `~`, delete at most so many entries.
    pub(crate) limit: Option<u64>,
}

/// What stays of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Keep {
    /// `MAXLEN`: so many entries.
    Newest(u64),
    /// `MINID`: entries from this id on.
    From(EntryId),
}

/// What a trimmed key stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TrimScope {
    /// A single partition, which exact trimming needs.
    OnePartition,
    /// All of several partitions.
    AllPartitions,
}

/// How long a known start is used: the topic may be deleted and made again.
const KNOWN_FOR: Duration = Duration::from_secs(1);

/// What to delete when an entry is stored.
#[derive(Debug)]
pub(crate) struct TrimAfterStore {
    topic: TopicName,
    trim: Trim,
    scope: TrimScope,
}

/// What has to be deleted after a burst, once for each partition.
pub(crate) type Trims = HashMap<TopicPartition, TrimPoint>;

/// Records below an offset that have to go.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TrimPoint {
    pub(crate) before: u64,
    pub(crate) exact: bool,
    pub(crate) limit: Option<u64>,
}

/// Where a partition started when it was asked last.
#[derive(Clone, Debug)]
pub(crate) struct KnownStart {
    partition: TopicPartition,
    start: u64,
    asked: Instant,
}

impl KnownStart {
    pub(crate) fn new(partition: &TopicPartition, start: u64) -> Self {
        Self { partition: partition.clone(), start, asked: Instant::now() }
    }

    /// The start, if it is of this partition and fresh.
    pub(crate) fn of(&self, partition: &TopicPartition) -> Option<u64> {
        let is_fresh = self.asked.elapsed() < KNOWN_FOR;
        (is_fresh && self.partition == *partition).then_some(self.start)
    }
}

impl TrimAfterStore {
    pub(crate) fn new(topic: &TopicName, trim: Trim, scope: TrimScope) -> Self {
        Self { topic: topic.clone(), trim, scope }
    }

    /// Adds what has to be deleted since this record was stored.
    pub(crate) fn add_to(&self, trims: &mut Trims, receipt: &Receipt) {
        // A router sent it to another topic, which the client did not ask to trim.
        if receipt.topic != self.topic {
            return;
        }
        let Trim { keep, exact, limit } = self.trim;
        let before = keep.first_kept(receipt.partition, receipt.offset + 1, self.scope);
        let partition = TopicPartition::new(receipt.topic.clone(), receipt.partition);
        let point = trims.entry(partition).or_insert(TrimPoint { before, exact, limit });
        if before >= point.before {
            *point = TrimPoint { before, exact: exact || point.exact, limit };
        }
    }
}

impl Keep {
    /// Offset below which `partition`, whose next offset is `end`, has nothing that stays.
    ///
    /// Of several partitions each keeps as many entries as the whole topic should, since none
    /// knows what the others hold; and an id is an offset in its own partition only.
    pub(crate) fn first_kept(self, partition: u32, end: u64, scope: TrimScope) -> u64 {
        match self {
            Self::Newest(most) => end.saturating_sub(most),
            Self::From(id) if scope == TrimScope::OnePartition => {
                id.first_offset(partition).min(end)
            }
            Self::From(id) if id.partition == u64::from(partition) => {
                id.place.saturating_sub(1).min(end)
            }
            Self::From(_) => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_begins_at_an_offset() {
        let id = |place, partition| Keep::From(EntryId { place, partition });
        for (keep, partition, scope, first) in [
            (Keep::Newest(3), 0, TrimScope::OnePartition, 7),
            (Keep::Newest(30), 0, TrimScope::OnePartition, 0),
            (Keep::Newest(0), 2, TrimScope::AllPartitions, 10),
            (id(5, 0), 0, TrimScope::OnePartition, 4),
            (id(5, 7), 0, TrimScope::OnePartition, 5),
            (id(0, 0), 0, TrimScope::OnePartition, 0),
            (id(500, 0), 0, TrimScope::OnePartition, 10),
            (id(5, 1), 1, TrimScope::AllPartitions, 4),
            (id(5, 1), 0, TrimScope::AllPartitions, 0),
        ] {
            assert_eq!(keep.first_kept(partition, 10, scope), first, "{keep:?} {partition}");
        }
    }
}
