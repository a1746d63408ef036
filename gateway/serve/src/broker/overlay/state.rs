//! The changes of one dry run. Plain data: nothing here waits.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use super::effect::Effect;
use crate::{
    broker::{Committed, Fetch, OffsetRange, TopicDetails},
    message::{Record, StoredRecord, TopicName, TopicPartition},
};

/// A group and the topic it reads.
pub(super) type GroupTopic = (String, TopicName);

/// All changes of one dry run.
#[derive(Debug, Default)]
pub(super) struct OverlayState {
    pub(super) effects: Vec<Effect>,
    /// Topics that were created, and `None` for those that were deleted.
    pub(super) topics: BTreeMap<TopicName, Option<TopicDetails>>,
    /// Partitions of this gateway, in groups that it is a member of.
    pub(super) assigned: HashMap<GroupTopic, Arc<[u32]>>,
    tails: HashMap<TopicPartition, AppendedRecords>,
    starts: HashMap<TopicPartition, u64>,
    offsets: HashMap<GroupTopic, BTreeMap<u32, Committed>>,
    removed: BTreeSet<GroupTopic>,
}

/// The changes, shared with the members that commit. Held for short, never across an await.
pub(super) type SharedState = Arc<Mutex<OverlayState>>;

pub(super) fn lock(state: &Mutex<OverlayState>) -> MutexGuard<'_, OverlayState> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Records on top of a partition. The first one has the offset where the partition ended then.
#[derive(Clone, Debug)]
pub(super) struct AppendedRecords {
    pub(super) base: u64,
    pub(super) records: Vec<Record>,
}

/// A group's offset in a partition.
pub(super) enum OverlayOffset {
    /// The dry run committed it.
    Committed(Committed),
    /// The dry run removed it.
    Removed,
    /// The real broker's.
    Real,
}

impl AppendedRecords {
    fn end(&self) -> u64 {
        self.base + self.records.len() as u64
    }

    /// Its records from an offset on, as many as asked for.
    pub(super) fn read(&self, fetch: &Fetch) -> Vec<StoredRecord> {
        let skipped = usize::try_from(fetch.from.saturating_sub(self.base)).unwrap_or(usize::MAX);
        let offsets = self.base..;
        let mut bytes = 0;
        let mut stored = Vec::new();
        for (offset, record) in offsets.zip(&self.records).skip(skipped).take(fetch.records_max) {
            bytes += record.payload_len();
            stored.push(StoredRecord { offset, record: record.clone() });
            if bytes >= fetch.bytes_max {
                break;
            }
        }
        stored
    }
}

impl OverlayState {
    pub(super) fn tail(&self, partition: &TopicPartition) -> Option<AppendedRecords> {
        self.tails.get(partition).cloned()
    }

    /// Appends records to a partition that ends at `end` at the real broker; returns the offset of
    /// the first one.
    pub(super) fn append(
        &mut self,
        partition: TopicPartition,
        end: u64,
        mut records: Vec<Record>,
    ) -> u64 {
        let tail = self.tails.entry(partition);
        let tail = tail.or_insert_with(|| AppendedRecords { base: end, records: Vec::new() });
        let base = tail.end();
        tail.records.append(&mut records);
        base
    }

    /// The offsets of a partition that holds `range` at the real broker.
    pub(super) fn range(&self, partition: &TopicPartition, range: OffsetRange) -> OffsetRange {
        let start = self.starts.get(partition).copied().unwrap_or(0).max(range.start);
        let end = self.tails.get(partition).map_or(range.end, AppendedRecords::end);
        OffsetRange { start, end: end.max(start) }
    }

    /// Sets the start of a partition.
    pub(super) fn truncate(&mut self, partition: TopicPartition, before: u64) {
        self.starts.insert(partition, before);
    }

    /// Deletes a topic with its records and the offsets of groups.
    pub(super) fn delete(&mut self, topic: &TopicName) {
        self.tails.retain(|partition, _| partition.topic != *topic);
        self.starts.retain(|partition, _| partition.topic != *topic);
        self.offsets.retain(|(_, of), _| of != topic);
        self.topics.insert(topic.clone(), None);
        self.effects.push(Effect::DeleteTopic(topic.clone()));
    }

    pub(super) fn commit(&mut self, group: &str, partition: TopicPartition, committed: Committed) {
        let group = group.to_owned();
        let offsets = self.offsets.entry((group.clone(), partition.topic.clone())).or_default();
        offsets.insert(partition.partition, committed.clone());
        self.effects.push(Effect::Commit { group, partition, committed });
    }

    pub(super) fn committed(&self, group: &str, partition: &TopicPartition) -> OverlayOffset {
        let key = (group.to_owned(), partition.topic.clone());
        let committed =
            self.offsets.get(&key).and_then(|offsets| offsets.get(&partition.partition));
        match committed {
            Some(committed) => OverlayOffset::Committed(committed.clone()),
            None if self.removed.contains(&key) => OverlayOffset::Removed,
            None => OverlayOffset::Real,
        }
    }

    pub(super) fn forget(&mut self, group: &str, topic: &TopicName) {
        let key = (group.to_owned(), topic.clone());
        self.offsets.remove(&key);
        self.removed.insert(key);
        self.effects.push(Effect::ForgetGroup { group: group.to_owned(), topic: topic.clone() });
    }

    /// The groups of a topic that has `groups` at the real broker.
    pub(super) fn groups(&self, topic: &TopicName, groups: Vec<String>) -> Vec<String> {
        let is_left = |group: &String| !self.removed.contains(&(group.clone(), topic.clone()));
        let mut all: BTreeSet<String> = groups.into_iter().filter(is_left).collect();
        let committed = self.offsets.keys().filter(|(_, of)| of == topic);
        all.extend(committed.map(|(group, _)| group.clone()));
        all.into_iter().collect()
    }
}
