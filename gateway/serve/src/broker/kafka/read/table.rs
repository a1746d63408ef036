//! The partitions that are followed, what is known of their ends, and who waits for more.

use std::{
    collections::{HashMap, VecDeque},
    time::{Duration, Instant},
};

use tokio::sync::watch;

use super::tail::Tail;
use crate::{
    broker::Fetch,
    message::{StoredRecord, TopicName},
};

#[cfg(test)]
mod tests;

/// A partition is no longer followed when nobody has cared for so long.
const UNUSED: Duration = Duration::from_secs(10);

/// A partition of a topic.
pub(super) type Place = (TopicName, u32);

/// A topic as Kafka identifies it: another one of the same name has another id.
pub(super) type TopicId = [u8; 16];

/// What memory knows of what lies below an offset.
#[derive(Debug)]
pub(super) enum Below {
    /// These, or nothing up to there.
    Known(Vec<StoredRecord>),
    /// What lies there has not arrived.
    Behind,
    /// Memory does not reach back so far.
    Unknown,
}

/// Everything that readers and the feed share. Plain data: nothing here waits.
#[derive(Debug)]
pub(super) struct Table {
    followed: HashMap<Place, Followed>,
    watches: HashMap<TopicName, watch::Sender<u64>>,
    /// What arrived, oldest first: partition, its number, and the offset behind its last record.
    arrived: VecDeque<(Place, u64, u64)>,
    bytes: usize,
    bytes_max: usize,
    numbered: u64,
}

/// A partition whose end is followed.
#[derive(Debug)]
struct Followed {
    tail: Tail,
    /// Tells it from an earlier following of the same partition.
    number: u64,
    /// Broker that leads it, once that is known.
    leader: Option<i32>,
    topic_id: Option<TopicId>,
    /// When somebody fetched here last.
    used: Instant,
    /// Since when there are records that nobody has fetched.
    unread: Option<Instant>,
}

impl Table {
    /// Keeps at most `bytes_max` of records.
    pub(super) fn new(bytes_max: usize) -> Self {
        Self {
            followed: HashMap::new(),
            watches: HashMap::new(),
            arrived: VecDeque::new(),
            bytes: 0,
            bytes_max,
            numbered: 0,
        }
    }

    /// Answers a fetch from memory; `None` where memory does not reach.
    pub(super) fn read(&mut self, fetch: &Fetch) -> Option<Vec<StoredRecord>> {
        let place = (fetch.topic.clone(), fetch.partition);
        let followed = self.followed.get_mut(&place)?;
        if !followed.tail.covers(fetch.from) {
            return None;
        }
        followed.used = Instant::now();
        followed.unread = None;
        Some(followed.tail.read(fetch))
    }

    /// Answers a fetch from memory, as far as that knows what lies below `end`.
    pub(super) fn read_below(&mut self, fetch: &Fetch, end: u64) -> Below {
        let Some(records) = self.read(fetch) else { return Below::Unknown };
        let place = (fetch.topic.clone(), fetch.partition);
        let reaches = self.followed.get(&place).is_some_and(|f| f.tail.end() >= end);
        if reaches || !records.is_empty() { Below::Known(records) } else { Below::Behind }
    }

    /// Follows a partition in which nothing is readable between `start` and `end`; true if it was
    /// not followed yet.
    pub(super) fn follow(&mut self, place: Place, start: u64, end: u64) -> bool {
        if let Some(followed) = self.followed.get_mut(&place) {
            followed.tail.widen(start, end);
            return false;
        }
        self.numbered += 1;
        let followed = Followed {
            tail: Tail::new(start, end),
            number: self.numbered,
            leader: None,
            topic_id: None,
            used: Instant::now(),
            unread: None,
        };
        self.followed.insert(place, followed);
        true
    }

    /// Takes in what the feed brought and tells those who wait.
    pub(super) fn push(&mut self, place: &Place, number: u64, records: Vec<StoredRecord>) {
        let Some(followed) = self.followed.get_mut(place).filter(|f| f.number == number) else {
            return;
        };
        self.bytes += followed.tail.push(records);
        followed.unread.get_or_insert_with(Instant::now);
        self.arrived.push_back((place.clone(), number, followed.tail.end()));
        self.make_room();
        self.announce(&place.0);
    }

    fn make_room(&mut self) {
        while self.bytes > self.bytes_max {
            let Some((place, number, before)) = self.arrived.pop_front() else { return };
            if let Some(followed) = self.followed.get_mut(&place).filter(|f| f.number == number) {
                self.bytes -= followed.tail.drop_below(before);
            }
        }
    }

    /// Forgets records that were deleted at Kafka: those below `start`.
    pub(super) fn trim(&mut self, place: &Place, start: u64) {
        if let Some(followed) = self.followed.get_mut(place) {
            self.bytes -= followed.tail.drop_below(start);
        }
    }

    /// Follows a partition no longer; its readers are told, since they must fetch to go on.
    pub(super) fn unfollow(&mut self, place: &Place) {
        let Some(followed) = self.followed.remove(place) else { return };
        self.bytes -= followed.tail.cost();
        self.arrived.retain(|(_, number, _)| *number != followed.number);
        self.announce(&place.0);
    }

    /// Drops everything about a topic but those who wait for it.
    pub(super) fn forget(&mut self, topic: &TopicName) {
        let of_topic = self.followed.keys().filter(|place| place.0 == *topic);
        for place in of_topic.cloned().collect::<Vec<_>>() {
            self.unfollow(&place);
        }
    }

    /// The counter of a topic.
    pub(super) fn watch(&mut self, topic: &TopicName) -> watch::Receiver<u64> {
        let fresh = || watch::channel(0).0;
        self.watches.entry(topic.clone()).or_insert_with(fresh).subscribe()
    }

    fn announce(&self, topic: &TopicName) {
        if let Some(watch) = self.watches.get(topic) {
            watch.send_modify(|count| *count += 1);
        }
    }

    /// Drops what nobody cares for: partitions of topics that nobody watches and nobody fetches,
    /// and those with records that nobody came for. True if something is no longer followed.
    pub(super) fn sweep(&mut self, now: Instant) -> bool {
        self.watches.retain(|_, watch| watch.receiver_count() > 0);
        let unused = |since: Instant| now.saturating_duration_since(since) > UNUSED;
        let gone = self.followed.iter().filter(|(place, followed)| {
            let watched = self.watches.contains_key(&place.0);
            followed.unread.is_some_and(unused) || (!watched && unused(followed.used))
        });
        let gone: Vec<Place> = gone.map(|(place, _)| place.clone()).collect();
        for place in &gone {
            self.unfollow(place);
        }
        !gone.is_empty()
    }

    /// Topics with followed partitions.
    pub(super) fn topics(&self) -> Vec<TopicName> {
        let mut topics: Vec<_> = self.followed.keys().map(|place| place.0.clone()).collect();
        topics.sort_unstable();
        topics.dedup();
        topics
    }

    /// Takes in who leads the partitions of a topic; true if something changed. Tails of an
    /// earlier topic of that name are dropped.
    pub(super) fn led(
        &mut self,
        topic: &TopicName,
        id: TopicId,
        leader: impl Fn(u32) -> Option<i32>,
    ) -> bool {
        let other = |f: &Followed| f.topic_id.is_some_and(|known| known != id);
        if self.followed.iter().any(|(place, f)| place.0 == *topic && other(f)) {
            self.forget(topic);
            return true;
        }
        let mut changed = false;
        for (place, followed) in self.followed.iter_mut().filter(|(place, _)| place.0 == *topic) {
            followed.topic_id = Some(id);
            // Where nobody leads at the moment, the lane that has it goes on trying.
            if let Some(leader) = leader(place.1).filter(|l| followed.leader != Some(*l)) {
                followed.leader = Some(leader);
                changed = true;
            }
        }
        changed
    }

    /// Brokers that lead followed partitions.
    pub(super) fn leaders(&self) -> Vec<i32> {
        let mut leaders: Vec<i32> = self.followed.values().filter_map(|f| f.leader).collect();
        leaders.sort_unstable();
        leaders.dedup();
        leaders
    }

    /// Followed partitions of a broker, each with its number and the offset to go on from.
    pub(super) fn led_by(&self, leader: i32) -> Vec<(Place, u64, u64)> {
        let led = self.followed.iter().filter(|(_, followed)| followed.leader == Some(leader));
        led.map(|(place, f)| (place.clone(), f.number, f.tail.end())).collect()
    }
}
