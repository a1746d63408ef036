//! One broker's part of the feed: a fetch that is always on its way.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::{Duration, Instant},
};

use krafka::{Kafka, KrafkaError, consumer::ConsumerRecord};
use tokio::{sync::watch, time};
use tracing::debug;

use super::{
    super::{
        groupless::{Groupless, kafka_offset, kafka_partition, stored},
        table::Place,
    },
    FETCH_BYTES, Shared, WAIT,
};

/// A lane without partitions ends after so long.
const IDLE: Duration = Duration::from_secs(30);

/// After so long without records a partition is asked for anew, whatever went wrong before: the
/// client waits longer and longer after errors, and readers must not.
const REVIVE: Duration = Duration::from_secs(1);

/// Wait after an error that comes back at once.
const PAUSE: Duration = Duration::from_millis(100);

/// A partition in this lane.
#[derive(Debug)]
struct Held {
    place: Place,
    number: u64,
    /// When it had records, was started or revived.
    fresh: Instant,
}

/// A lane.
#[derive(Debug)]
struct Lane {
    shared: Arc<Shared>,
    consumer: Groupless,
    leader: i32,
    /// By Kafka's names.
    held: HashMap<String, HashMap<i32, Held>>,
}

/// Brings what arrives at the partitions that `leader` leads, until there are none for a while.
pub(super) async fn run(shared: Arc<Shared>, kafka: Kafka, leader: i32) {
    let bytes_max = shared.bytes_max.clamp(FETCH_BYTES.0, FETCH_BYTES.1);
    let consumer = match Groupless::new(&kafka, WAIT, bytes_max).await {
        Ok(consumer) => consumer,
        Err(error) => return debug!(%error, leader, "no consumer for the ends of partitions"),
    };
    let mut changes = shared.changes.subscribe();
    changes.mark_changed();
    let mut lane = Lane { shared, consumer, leader, held: HashMap::new() };
    while !lane.shared.closed() {
        if changes.has_changed().unwrap_or(false) {
            changes.mark_unchanged();
            if let Err(error) = lane.take_over().await {
                debug!(%error, leader, "partitions cannot be assigned");
                changes.mark_changed();
            }
        }
        if !lane.held.is_empty() {
            lane.poll().await;
        } else if !wait(&mut changes).await {
            return;
        }
    }
}

/// Waits for partitions; false when none came for long.
async fn wait(changes: &mut watch::Receiver<u64>) -> bool {
    let came = time::timeout(IDLE, changes.changed()).await.is_ok();
    changes.mark_changed();
    came
}

impl Lane {
    /// Takes over the partitions that are this broker's now and gives up the others.
    async fn take_over(&mut self) -> Result<(), KrafkaError> {
        let led = self.shared.table().led_by(self.leader);
        let mut wanted: HashMap<String, Vec<(Place, u64, u64)>> = HashMap::new();
        for (place, number, end) in led {
            let name = self.shared.names.topic(&place.0);
            wanted.entry(name).or_default().push((place, number, end));
        }
        let gone = self.held.keys().filter(|name| !wanted.contains_key(*name));
        for name in gone.cloned().collect::<Vec<_>>() {
            self.consumer.assign(&name, Vec::new()).await?;
            self.held.remove(&name);
        }
        for (name, partitions) in wanted {
            self.take_over_topic(&name, partitions).await?;
        }
        Ok(())
    }

    async fn take_over_topic(
        &mut self,
        name: &str,
        wanted: Vec<(Place, u64, u64)>,
    ) -> Result<(), KrafkaError> {
        let partition = |place: &Place| kafka_partition(place.1);
        let ids: HashSet<i32> = wanted.iter().map(|(place, ..)| partition(place)).collect();
        let held = self.held.entry(name.to_owned()).or_default();
        let unknown = |id: &i32| !held.contains_key(id);
        if ids.len() != held.len() || ids.iter().any(unknown) {
            self.consumer.assign(name, ids.iter().copied().collect()).await?;
            held.retain(|id, _| ids.contains(id));
        }
        for (place, number, end) in wanted {
            let id = partition(&place);
            if held.get(&id).is_some_and(|known| known.number == number) {
                continue;
            }
            self.consumer.seek(name, id, kafka_offset(end)).await?;
            held.insert(id, Held { place, number, fresh: Instant::now() });
        }
        Ok(())
    }

    /// Waits for records, or a moment, and passes on what came.
    async fn poll(&mut self) {
        match self.consumer.poll(WAIT).await {
            Ok(records) => self.pass_on(records),
            Err(KrafkaError::NoOffset { partitions }) => {
                for (name, id) in partitions {
                    self.lose(&name, id);
                }
            }
            Err(error) => {
                debug!(%error, leader = self.leader, "no records from the ends of partitions");
                self.lose_damaged(&error);
                time::sleep(PAUSE).await;
            }
        }
        self.revive().await;
    }

    fn pass_on(&mut self, records: Vec<ConsumerRecord>) {
        let mut records = records.into_iter().peekable();
        while let Some(first) = records.next() {
            let (name, id) = (Arc::clone(&first.topic), first.partition);
            let mut batch = vec![stored(first)];
            while let Some(next) = records.next_if(|r| r.partition == id && r.topic == name) {
                batch.push(stored(next));
            }
            if let Some(held) = self.held.get_mut(&*name).and_then(|topic| topic.get_mut(&id)) {
                held.fresh = Instant::now();
                self.shared.table().push(&held.place, held.number, batch);
            }
        }
    }

    /// The place is gone, or cannot be read: readers must ask on their own.
    fn lose(&self, name: &str, id: i32) {
        if let Some(held) = self.held.get(name).and_then(|topic| topic.get(&id)) {
            self.shared.table().unfollow(&held.place);
            self.shared.changed();
        }
    }

    /// Gives up the partition that cannot be decoded, which holds up all others. The client says
    /// only in words which one it is.
    fn lose_damaged(&self, error: &KrafkaError) {
        let KrafkaError::Protocol { message, .. } = error else { return };
        for (name, topic) in &self.held {
            for id in topic.keys() {
                if message.contains(&format!(" at {name}-{id} offset ")) {
                    self.lose(name, *id);
                }
            }
        }
    }

    async fn revive(&mut self) {
        let now = Instant::now();
        for (name, topic) in &mut self.held {
            let quiet = topic.iter_mut().filter(|(_, held)| now - held.fresh > REVIVE);
            for (id, held) in quiet {
                held.fresh = now;
                if let Some(at) = self.consumer.fetch_position(name, *id).await {
                    // It is assigned, so this cannot go wrong; the next look would mend it.
                    let _ = self.consumer.seek(name, *id, at).await;
                }
            }
        }
    }
}
