//! One broker's part of the feed: there is always a fetch on its way.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::{Duration, Instant},
};

use krafka::{Kafka, KrafkaError, consumer::ConsumerRecord};
use tokio::{sync::watch, time};
use tracing::debug;

use super::state::{FETCH_BYTES_MAX, FETCH_BYTES_MIN, FETCH_WAIT, FeedState};
use crate::{
    broker::kafka::{
        convert::{offset_to_kafka, partition_to_kafka, record_from_kafka},
        read::{standalone::StandaloneConsumer, tail_cache::Subscription},
    },
    message::StoredRecord,
};

/// A fetcher without partitions ends after so long.
const IDLE: Duration = Duration::from_secs(30);

/// After so long without records a partition is sought again: the client waits longer and longer
/// after errors, and readers must not.
const REVIVE: Duration = Duration::from_secs(1);

/// Pause after an error, which may come back at once.
const PAUSE: Duration = Duration::from_millis(100);

/// A partition of this fetcher.
#[derive(Debug)]
struct AssignedPartition {
    subscription: Subscription,
    /// When it last had records, was assigned or sought.
    fresh: Instant,
}

/// Fetches the partitions that one broker leads.
#[derive(Debug)]
struct LeaderFetcher {
    state: Arc<FeedState>,
    consumer: StandaloneConsumer,
    leader: i32,
    /// By the topic's name in Kafka and the number of the partition.
    assigned: HashMap<String, HashMap<i32, AssignedPartition>>,
}

/// Fetches the partitions that `leader` leads, until there are none for a while.
pub(super) async fn run(state: Arc<FeedState>, kafka: Kafka, leader: i32) {
    let bytes_max = state.bytes_max.clamp(FETCH_BYTES_MIN, FETCH_BYTES_MAX);
    let consumer = match StandaloneConsumer::new(&kafka, FETCH_WAIT, bytes_max).await {
        Ok(consumer) => consumer,
        Err(error) => return debug!(%error, leader, "no consumer for the ends of partitions"),
    };
    let mut changes = state.watch();
    changes.mark_changed();
    let mut fetcher = LeaderFetcher { state, consumer, leader, assigned: HashMap::new() };
    while !fetcher.state.is_closed() {
        if changes.has_changed().unwrap_or(false) {
            changes.mark_unchanged();
            if let Err(error) = fetcher.take_over().await {
                debug!(%error, leader, "partitions cannot be assigned");
                changes.mark_changed();
            }
        }
        if !fetcher.assigned.is_empty() {
            fetcher.poll().await;
        } else if !wait(&mut changes).await {
            return;
        }
    }
}

/// Waits for partitions; false when none came for a long time.
async fn wait(changes: &mut watch::Receiver<u64>) -> bool {
    let came = time::timeout(IDLE, changes.changed()).await.is_ok();
    changes.mark_changed();
    came
}

impl LeaderFetcher {
    /// Takes over the partitions that this broker leads now, and drops the others.
    async fn take_over(&mut self) -> Result<(), KrafkaError> {
        let led = self.state.cache().led_by(self.leader);
        let mut wanted: HashMap<String, Vec<Subscription>> = HashMap::new();
        for subscription in led {
            let name = self.state.names.topic(&subscription.partition.topic);
            wanted.entry(name).or_default().push(subscription);
        }
        let gone = self.assigned.keys().filter(|name| !wanted.contains_key(*name));
        for name in gone.cloned().collect::<Vec<_>>() {
            self.consumer.assign(&name, Vec::new()).await?;
            self.assigned.remove(&name);
        }
        for (name, partitions) in wanted {
            self.take_over_topic(&name, partitions).await?;
        }
        Ok(())
    }

    async fn take_over_topic(
        &mut self,
        name: &str,
        wanted: Vec<Subscription>,
    ) -> Result<(), KrafkaError> {
        let id = |subscription: &Subscription| partition_to_kafka(subscription.partition.partition);
        let ids: HashSet<i32> = wanted.iter().map(id).collect();
        let assigned = self.assigned.entry(name.to_owned()).or_default();
        let unknown = |id: &i32| !assigned.contains_key(id);
        if ids.len() != assigned.len() || ids.iter().any(unknown) {
            self.consumer.assign(name, ids.iter().copied().collect()).await?;
            assigned.retain(|id, _| ids.contains(id));
        }
        for subscription in wanted {
            let id = id(&subscription);
            let known = assigned.get(&id).map(|known| known.subscription.number);
            if known == Some(subscription.number) {
                continue;
            }
            self.consumer.seek(name, id, offset_to_kafka(subscription.next)).await?;
            assigned.insert(id, AssignedPartition { subscription, fresh: Instant::now() });
        }
        Ok(())
    }

    /// Waits for records, or a moment, and adds them to the cache.
    async fn poll(&mut self) {
        match self.consumer.poll(FETCH_WAIT).await {
            Ok(records) => self.pass_on(records),
            Err(KrafkaError::NoOffset { partitions }) => {
                for (name, id) in partitions {
                    self.unfollow(&name, id);
                }
            }
            Err(error) => {
                debug!(%error, leader = self.leader, "no records from the ends of partitions");
                self.unfollow_damaged(&error);
                time::sleep(PAUSE).await;
            }
        }
        self.revive().await;
    }

    fn pass_on(&mut self, records: Vec<ConsumerRecord>) {
        let mut records = records.into_iter().peekable();
        while let Some(first) = records.next() {
            let (name, id) = (Arc::clone(&first.topic), first.partition);
            let mut batch: Vec<StoredRecord> = vec![record_from_kafka(first)];
            while let Some(next) = records.next_if(|r| r.partition == id && r.topic == name) {
                batch.push(record_from_kafka(next));
            }
            if let Some(known) = self.assigned.get_mut(&*name).and_then(|topic| topic.get_mut(&id))
            {
                known.fresh = Instant::now();
                self.state.cache().push(&known.subscription, batch);
            }
        }
    }

    /// Stops following a partition: its offset was deleted or cannot be read, and readers must fetch
    /// from Kafka.
    fn unfollow(&self, name: &str, id: i32) {
        if let Some(known) = self.assigned.get(name).and_then(|topic| topic.get(&id)) {
            self.state.cache().unfollow(&known.subscription.partition);
            self.state.changed();
        }
    }

    /// Stops following the partition that cannot be decoded, because it holds up all others. Only the
    /// text of the client's error names it.
    fn unfollow_damaged(&self, error: &KrafkaError) {
        let KrafkaError::Protocol { message, .. } = error else { return };
        for (name, topic) in &self.assigned {
            for id in topic.keys() {
                if message.contains(&format!(" at {name}-{id} offset ")) {
                    self.unfollow(name, *id);
                }
            }
        }
    }

    /// Seeks quiet partitions again, see [`REVIVE`].
    async fn revive(&mut self) {
        let now = Instant::now();
        for (name, topic) in &mut self.assigned {
            let quiet = topic.iter_mut().filter(|(_, known)| now - known.fresh > REVIVE);
            for (id, known) in quiet {
                known.fresh = now;
                if let Some(at) = self.consumer.fetch_position(name, *id).await {
                    // It is assigned, so this cannot fail; otherwise the next check repairs it.
                    let _ = self.consumer.seek(name, *id, at).await;
                }
            }
        }
    }
}
