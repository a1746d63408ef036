//! Follows the ends of partitions for all readers together.
//!
//! One task knows which partitions are followed and who leads them. Each broker that leads some has a
//! fetcher, so that a slow or missing broker delays no other.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard},
    time::{Duration, Instant},
};

use krafka::{Kafka, KrafkaError};
use tokio::{
    task::{JoinHandle, JoinSet},
    time,
};
use tracing::debug;

mod leader_fetcher;
mod state;

use self::state::{FETCH_BYTES_MIN, FETCH_WAIT, FeedState};
use super::{standalone::StandaloneConsumer, tail_cache::TailCache};
use crate::{
    broker::{
        OffsetRange,
        kafka::{connection::KafkaConnection, convert::partition_to_kafka, names::NameMapping},
    },
    message::{TopicName, TopicPartition},
};

/// How often leaders and unused partitions are checked.
const CHECK: Duration = Duration::from_secs(1);

/// Follows ends of partitions until it is dropped.
#[derive(Debug)]
pub(super) struct TailFeed {
    state: Arc<FeedState>,
    /// The task that follows; started with the first partition.
    task: Mutex<Option<JoinHandle<()>>>,
}

impl TailFeed {
    /// A feed that keeps at most `bytes_max` of records and asks Kafka over `connection`.
    pub(super) fn new(
        names: NameMapping,
        connection: Arc<KafkaConnection>,
        bytes_max: usize,
    ) -> Self {
        let state = FeedState::new(names, connection, bytes_max);
        Self { state: Arc::new(state), task: Mutex::new(None) }
    }

    /// The records in memory.
    pub(super) fn cache(&self) -> MutexGuard<'_, TailCache> {
        self.state.cache()
    }

    /// Follows a partition that has nothing readable in `empty`.
    pub(super) fn follow(&self, partition: &TopicPartition, empty: OffsetRange) {
        if self.state.is_closed() || !self.cache().follow(partition, empty) {
            return;
        }
        let mut task = self.task.lock().expect("nothing panics under this lock");
        task.get_or_insert_with(|| tokio::spawn(follow(Arc::clone(&self.state))));
        self.state.changed();
    }

    /// Drops the tails of a topic that is gone.
    pub(super) fn forget(&self, topic: &TopicName) {
        self.cache().forget(topic);
        self.state.changed();
    }

    /// Ends following; returns when its tasks have ended.
    pub(super) async fn close(&self) {
        self.state.close();
        let task = self.task.lock().expect("nothing panics under this lock").take();
        if let Some(task) = task {
            // Whether it was aborted or has ended does not matter.
            let _ = task.await;
        }
    }
}

impl Drop for TailFeed {
    fn drop(&mut self) {
        let task = self.task.get_mut().expect("nothing panics under this lock").take();
        if let Some(task) = task {
            task.abort();
        }
    }
}

/// Runs a fetcher for every broker that leads followed partitions.
async fn follow(state: Arc<FeedState>) {
    let mut changes = state.watch();
    let mut fetchers = LeaderFetchers::default();
    let mut scout = None;
    while !state.is_closed() {
        if state.cache().sweep(Instant::now()) {
            state.changed();
        }
        match find_leaders(&state, &mut scout).await {
            Ok(kafka) => fetchers.run(&state, &kafka),
            Err(reason) => debug!(reason, "ends of partitions cannot be followed"),
        }
        // A time-out is the usual case: it is time for the next check.
        let _ = time::timeout(CHECK, changes.changed()).await;
    }
    while fetchers.tasks.join_next().await.is_some() {}
}

/// Asks who leads the followed partitions; fresh metadata is not asked for again.
async fn find_leaders(
    state: &FeedState,
    scout: &mut Option<StandaloneConsumer>,
) -> Result<Kafka, String> {
    let kafka = state.connection.kafka().await.map_err(|error| error.to_string())?;
    if scout.is_none() {
        let fresh = StandaloneConsumer::new(&kafka, FETCH_WAIT, FETCH_BYTES_MIN).await;
        *scout = Some(fresh.map_err(|error| error.to_string())?);
    }
    let scout = scout.as_ref().expect("it has just been made");
    let mut changed = false;
    let topics = state.cache().topics();
    for topic in topics {
        let name = state.names.topic(&topic);
        let known = match scout.fetch_metadata(Some(&name)).await {
            Ok(known) => known.topics.into_iter().find(|info| info.name == name),
            Err(KrafkaError::UnknownTopic { .. }) => None,
            // The fetchers continue with the leaders they know.
            Err(error) => return Err(error.to_string()),
        };
        let Some(info) = known else {
            state.cache().forget(&topic);
            changed = true;
            continue;
        };
        let leader = |partition| {
            let partition = info.partitions.get(&partition_to_kafka(partition))?;
            Some(partition.leader).filter(|leader| *leader >= 0)
        };
        changed |= state.cache().set_leaders(&topic, info.topic_id, leader);
    }
    if changed {
        state.changed();
    }
    Ok(kafka)
}

/// The running fetchers, one for each broker.
#[derive(Debug, Default)]
struct LeaderFetchers {
    tasks: JoinSet<()>,
    running: HashMap<i32, tokio::task::AbortHandle>,
}

impl LeaderFetchers {
    /// Starts the missing fetchers.
    fn run(&mut self, state: &Arc<FeedState>, kafka: &Kafka) {
        while self.tasks.try_join_next().is_some() {}
        self.running.retain(|_, fetcher| !fetcher.is_finished());
        let leaders = state.cache().leaders();
        for leader in leaders {
            let tasks = &mut self.tasks;
            self.running.entry(leader).or_insert_with(|| {
                tasks.spawn(leader_fetcher::run(Arc::clone(state), kafka.clone(), leader))
            });
        }
    }
}
