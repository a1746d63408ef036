//! The cache of followed partitions: their newest records, and who waits for more.

use std::{
    collections::{HashMap, VecDeque},
    time::{Duration, Instant},
};

use tokio::sync::watch;

use super::tail::Tail;
use crate::{
    broker::{Fetch, OffsetRange},
    message::{StoredRecord, TopicName, TopicPartition},
};

#[cfg(test)]
mod tests;

/// A partition is unfollowed when it was not used for so long.
const UNUSED: Duration = Duration::from_secs(10);

/// Kafka's id of a topic: a later topic of the same name has another one.
pub(super) type TopicId = [u8; 16];

/// What the cache has below an offset.
#[derive(Debug)]
pub(super) enum ReadBelow {
    /// These records, or none up to there.
    Known(Vec<StoredRecord>),
    /// The records there have not arrived yet.
    Behind,
    /// The cache does not reach back so far.
    Unknown,
}

/// A followed partition, for the fetcher of its leader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Subscription {
    pub(super) partition: TopicPartition,
    /// Differs from that of an earlier following of the same partition.
    pub(super) number: u64,
    /// The offset to fetch next.
    pub(super) next: u64,
}

/// Records that arrived together.
#[derive(Debug)]
struct Arrival {
    partition: TopicPartition,
    /// Number of the following that they belong to.
    number: u64,
    /// Offset after the last of them.
    end: u64,
}

/// The newest records of all followed partitions. Plain data: nothing here waits.
#[derive(Debug)]
pub(super) struct TailCache {
    followed: HashMap<TopicPartition, FollowedPartition>,
    watches: HashMap<TopicName, watch::Sender<u64>>,
    /// Oldest first.
    arrived: VecDeque<Arrival>,
    bytes: usize,
    bytes_max: usize,
    last_number: u64,
}

/// A partition whose end is followed.
#[derive(Debug)]
struct FollowedPartition {
    tail: Tail,
    /// Differs from that of an earlier following of the same partition.
    number: u64,
    /// The broker that leads it, once it is known.
    leader: Option<i32>,
    topic_id: Option<TopicId>,
    /// When it was last fetched.
    used: Instant,
    /// Since when there are records that were never fetched.
    unread: Option<Instant>,
}

impl TailCache {
    /// Keeps at most `bytes_max` of records.
    pub(super) fn new(bytes_max: usize) -> Self {
        Self {
            followed: HashMap::new(),
            watches: HashMap::new(),
            arrived: VecDeque::new(),
            bytes: 0,
            bytes_max,
            last_number: 0,
        }
    }

    /// Answers a fetch from the cache; `None` where the cache does not reach.
    pub(super) fn read(&mut self, fetch: &Fetch) -> Option<Vec<StoredRecord>> {
        let partition = fetch.partition.clone();
        let followed = self.followed.get_mut(&partition)?;
        if !followed.tail.covers(fetch.from) {
            return None;
        }
        followed.used = Instant::now();
        followed.unread = None;
        Some(followed.tail.read(fetch))
    }

    /// Answers a fetch from the cache, if the cache knows the partition up to `end`.
    pub(super) fn read_below(&mut self, fetch: &Fetch, end: u64) -> ReadBelow {
        let Some(records) = self.read(fetch) else { return ReadBelow::Unknown };
        let partition = fetch.partition.clone();
        let reaches = self.followed.get(&partition).is_some_and(|f| f.tail.end() >= end);
        if reaches || !records.is_empty() { ReadBelow::Known(records) } else { ReadBelow::Behind }
    }

    /// Follows a partition that has nothing readable in `empty`; true if it was not followed yet.
    pub(super) fn follow(&mut self, partition: &TopicPartition, empty: OffsetRange) -> bool {
        if let Some(followed) = self.followed.get_mut(partition) {
            followed.tail.widen(empty);
            return false;
        }
        self.last_number += 1;
        let followed = FollowedPartition {
            tail: Tail::new(empty),
            number: self.last_number,
            leader: None,
            topic_id: None,
            used: Instant::now(),
            unread: None,
        };
        self.followed.insert(partition.clone(), followed);
        true
    }

    /// Adds fetched records and wakes the readers that wait for them.
    pub(super) fn push(&mut self, to: &Subscription, records: Vec<StoredRecord>) {
        let Subscription { partition, number, .. } = to;
        let followed = self.followed.get_mut(partition).filter(|f| f.number == *number);
        let Some(followed) = followed else { return };
        self.bytes += followed.tail.push(records);
        followed.unread.get_or_insert_with(Instant::now);
        let end = followed.tail.end();
        self.arrived.push_back(Arrival { partition: partition.clone(), number: *number, end });
        self.make_room();
        self.announce(&partition.topic);
    }

    fn make_room(&mut self) {
        while self.bytes > self.bytes_max {
            let Some(Arrival { partition, number, end }) = self.arrived.pop_front() else { return };
            let followed = self.followed.get_mut(&partition).filter(|f| f.number == number);
            if let Some(followed) = followed {
                self.bytes -= followed.tail.drop_below(end);
            }
        }
    }

    /// Drops records that were deleted at Kafka: those below `start`.
    pub(super) fn trim(&mut self, partition: &TopicPartition, start: u64) {
        if let Some(followed) = self.followed.get_mut(partition) {
            self.bytes -= followed.tail.drop_below(start);
        }
    }

    /// Stops following a partition, and wakes its readers: they must fetch from Kafka.
    pub(super) fn unfollow(&mut self, partition: &TopicPartition) {
        let Some(followed) = self.followed.remove(partition) else { return };
        self.bytes -= followed.tail.cost();
        self.arrived.retain(|arrival| arrival.number != followed.number);
        self.announce(&partition.topic);
    }

    /// Drops everything about a topic except its watchers.
    pub(super) fn forget(&mut self, topic: &TopicName) {
        let of_topic = self.followed.keys().filter(|partition| partition.topic == *topic);
        for partition in of_topic.cloned().collect::<Vec<_>>() {
            self.unfollow(&partition);
        }
    }

    /// A counter that changes with new records of a topic.
    pub(super) fn watch(&mut self, topic: &TopicName) -> watch::Receiver<u64> {
        let fresh = || watch::channel(0).0;
        self.watches.entry(topic.clone()).or_insert_with(fresh).subscribe()
    }

    fn announce(&self, topic: &TopicName) {
        if let Some(watch) = self.watches.get(topic) {
            watch.send_modify(|count| *count += 1);
        }
    }

    /// Unfollows unused partitions: those of topics without watchers that are not fetched, and those
    /// with records that are not fetched. True if there were any.
    pub(super) fn sweep(&mut self, now: Instant) -> bool {
        self.watches.retain(|_, watch| watch.receiver_count() > 0);
        let unused = |since: Instant| now.saturating_duration_since(since) > UNUSED;
        let gone = self.followed.iter().filter(|(partition, followed)| {
            let watched = self.watches.contains_key(&partition.topic);
            followed.unread.is_some_and(unused) || (!watched && unused(followed.used))
        });
        let gone: Vec<TopicPartition> = gone.map(|(partition, _)| partition.clone()).collect();
        for partition in &gone {
            self.unfollow(partition);
        }
        !gone.is_empty()
    }

    /// The topics with followed partitions.
    pub(super) fn topics(&self) -> Vec<TopicName> {
        let mut topics: Vec<_> =
            self.followed.keys().map(|partition| partition.topic.clone()).collect();
        topics.sort_unstable();
        topics.dedup();
        topics
    }

    /// Sets who leads the partitions of a topic; true if something changed. Records of an earlier
    /// topic of that name are dropped.
    pub(super) fn set_leaders(
        &mut self,
        topic: &TopicName,
        id: TopicId,
        leader: impl Fn(u32) -> Option<i32>,
    ) -> bool {
        let other = |f: &FollowedPartition| f.topic_id.is_some_and(|known| known != id);
        if self.followed.iter().any(|(partition, f)| partition.topic == *topic && other(f)) {
            self.forget(topic);
            return true;
        }
        let mut changed = false;
        let of_topic = self.followed.iter_mut().filter(|(partition, _)| partition.topic == *topic);
        for (partition, followed) in of_topic {
            followed.topic_id = Some(id);
            // Without a leader at the moment, the fetcher of the last one continues to try.
            let leader = leader(partition.partition);
            if let Some(leader) = leader.filter(|l| followed.leader != Some(*l)) {
                followed.leader = Some(leader);
                changed = true;
            }
        }
        changed
    }

    /// The brokers that lead followed partitions.
    pub(super) fn leaders(&self) -> Vec<i32> {
        let mut leaders: Vec<i32> = self.followed.values().filter_map(|f| f.leader).collect();
        leaders.sort_unstable();
        leaders.dedup();
        leaders
    }

    /// The followed partitions that a broker leads.
    pub(super) fn led_by(&self, leader: i32) -> Vec<Subscription> {
        let led = self.followed.iter().filter(|(_, followed)| followed.leader == Some(leader));
        let subscription = |(partition, f): (&TopicPartition, &FollowedPartition)| Subscription {
            partition: partition.clone(),
            number: f.number,
            next: f.tail.end(),
        };
        led.map(subscription).collect()
    }
}
