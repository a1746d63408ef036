//! What was changed, on top of what is there. Pure.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use super::Deed;
use crate::{
    broker::{Committed, Fetch, OffsetRange, TopicDetails},
    message::{Record, StoredRecord, TopicName},
};

/// A group and the topic it reads.
pub(super) type GroupTopic = (String, TopicName);

/// All changes of one rehearsal.
#[derive(Debug, Default)]
pub(super) struct Changes {
    pub(super) deeds: Vec<Deed>,
    /// Topics that were made, and `None` for those that were deleted.
    pub(super) topics: BTreeMap<TopicName, Option<TopicDetails>>,
    /// Partitions of this gateway, in groups that it is a member of.
    pub(super) dealt: HashMap<GroupTopic, Arc<[u32]>>,
    tails: HashMap<(TopicName, u32), Tail>,
    starts: HashMap<(TopicName, u32), u64>,
    places: HashMap<GroupTopic, BTreeMap<u32, Committed>>,
    forgotten: BTreeSet<GroupTopic>,
}

/// Records behind the end of a partition, as it was when the first of them came.
#[derive(Clone, Debug)]
pub(super) struct Tail {
    pub(super) base: u64,
    pub(super) records: Vec<Record>,
}

/// A group's place in a partition.
pub(super) enum Place {
    /// It was committed here.
    Committed(Committed),
    /// It was forgotten here.
    Forgotten,
    /// As the real broker has it.
    AsItIs,
}

impl Tail {
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

impl Changes {
    pub(super) fn tail(&self, topic: &TopicName, partition: u32) -> Option<Tail> {
        self.tails.get(&(topic.clone(), partition)).cloned()
    }

    /// Adds records to a partition that ended at `end` before the first of them; the offset of the
    /// first of these.
    pub(super) fn append(
        &mut self,
        (topic, partition): (&TopicName, u32),
        end: u64,
        mut records: Vec<Record>,
    ) -> u64 {
        let tail = self.tails.entry((topic.clone(), partition));
        let tail = tail.or_insert_with(|| Tail { base: end, records: Vec::new() });
        let base = tail.end();
        tail.records.append(&mut records);
        base
    }

    /// The offsets of a partition that really holds `range`.
    pub(super) fn over(
        &self,
        topic: &TopicName,
        partition: u32,
        range: OffsetRange,
    ) -> OffsetRange {
        let place = (topic.clone(), partition);
        let start = self.starts.get(&place).copied().unwrap_or(0).max(range.start);
        let end = self.tails.get(&place).map_or(range.end, Tail::end);
        OffsetRange { start, end: end.max(start) }
    }

    /// Lets a partition begin later.
    pub(super) fn cut(&mut self, topic: &TopicName, partition: u32, before: u64) {
        self.starts.insert((topic.clone(), partition), before);
    }

    /// Deletes a topic with all that lies in it.
    pub(super) fn delete(&mut self, topic: &TopicName) {
        self.tails.retain(|(of, _), _| of != topic);
        self.starts.retain(|(of, _), _| of != topic);
        self.places.retain(|(_, of), _| of != topic);
        self.topics.insert(topic.clone(), None);
        self.deeds.push(Deed::DeleteTopic(topic.clone()));
    }

    pub(super) fn commit(&mut self, group: &str, topic: &TopicName, place: (u32, Committed)) {
        let (partition, committed) = place;
        let (group, topic) = (group.to_owned(), topic.clone());
        let places = self.places.entry((group.clone(), topic.clone())).or_default();
        places.insert(partition, committed.clone());
        self.deeds.push(Deed::Commit { group, topic, partition, committed });
    }

    pub(super) fn committed(&self, group: &str, topic: &TopicName, partition: u32) -> Place {
        let key = (group.to_owned(), topic.clone());
        let place = self.places.get(&key).and_then(|places| places.get(&partition));
        match place {
            Some(committed) => Place::Committed(committed.clone()),
            None if self.forgotten.contains(&key) => Place::Forgotten,
            None => Place::AsItIs,
        }
    }

    pub(super) fn forget(&mut self, group: &str, topic: &TopicName) {
        let key = (group.to_owned(), topic.clone());
        self.places.remove(&key);
        self.forgotten.insert(key);
        self.deeds.push(Deed::ForgetGroup { group: group.to_owned(), topic: topic.clone() });
    }

    /// The groups of a topic that really has `groups`.
    pub(super) fn groups(&self, topic: &TopicName, groups: Vec<String>) -> Vec<String> {
        let is_left = |group: &String| !self.forgotten.contains(&(group.clone(), topic.clone()));
        let mut all: BTreeSet<String> = groups.into_iter().filter(is_left).collect();
        let placed = self.places.keys().filter(|(_, of)| of == topic);
        all.extend(placed.map(|(group, _)| group.clone()));
        all.into_iter().collect()
    }
}
