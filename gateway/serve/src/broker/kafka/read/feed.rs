//! Follows the ends of partitions for all readers together.
//!
//! One task knows which partitions are followed and who leads them; each broker that leads some
//! has a lane of its own, so that one that is slow or gone holds up nobody else.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use krafka::{Kafka, KrafkaError};
use tokio::{
    sync::watch,
    task::{JoinHandle, JoinSet},
    time,
};
use tracing::debug;

mod lane;

use super::{
    super::{link::Link, names::Names},
    groupless::{Groupless, kafka_partition},
    table::Table,
};
use crate::message::TopicName;

/// How often leaders and unused partitions are looked at.
const LOOK: Duration = Duration::from_secs(1);

/// How long a fetch waits at a broker. What is followed anew waits for the fetch under way.
const WAIT: Duration = Duration::from_millis(100);

/// Most bytes of one fetch, and the least: records larger than it come one by one.
const FETCH_BYTES: (usize, usize) = (1 << 20, 16 << 20);

/// Follows ends of partitions, as long as it lives.
#[derive(Debug)]
pub(super) struct Feed {
    shared: Arc<Shared>,
    /// The task that follows; started with the first partition.
    task: Mutex<Option<JoinHandle<()>>>,
}

/// What the feed's tasks and its readers share.
#[derive(Debug)]
struct Shared {
    names: Names,
    link: Arc<Link>,
    bytes_max: usize,
    table: Mutex<Table>,
    /// Counts changes of what is followed.
    changes: watch::Sender<u64>,
    closed: AtomicBool,
}

impl Shared {
    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().expect("nothing panics under this lock")
    }

    fn changed(&self) {
        self.changes.send_modify(|count| *count += 1);
    }

    fn closed(&self) -> bool {
        self.closed.load(Ordering::Acquire)
    }
}

impl Feed {
    /// A feed that keeps at most `bytes_max` of records and asks Kafka over `link`.
    pub(super) fn new(names: Names, link: Arc<Link>, bytes_max: usize) -> Self {
        let shared = Shared {
            names,
            link,
            bytes_max,
            table: Mutex::new(Table::new(bytes_max)),
            changes: watch::Sender::new(0),
            closed: AtomicBool::new(false),
        };
        Self { shared: Arc::new(shared), task: Mutex::new(None) }
    }

    /// What is known here, to be read.
    pub(super) fn table(&self) -> MutexGuard<'_, Table> {
        self.shared.table()
    }

    /// Follows a partition in which nothing is readable between `start` and `end`.
    pub(super) fn follow(&self, topic: &TopicName, partition: u32, start: u64, end: u64) {
        if self.shared.closed() || !self.table().follow((topic.clone(), partition), start, end) {
            return;
        }
        let mut task = self.task.lock().expect("nothing panics under this lock");
        task.get_or_insert_with(|| tokio::spawn(follow(Arc::clone(&self.shared))));
        self.shared.changed();
    }

    /// Drops the tails of a topic that is gone.
    pub(super) fn forget(&self, topic: &TopicName) {
        self.table().forget(topic);
        self.shared.changed();
    }

    /// Ends following; returns when its tasks have ended.
    pub(super) async fn close(&self) {
        self.shared.closed.store(true, Ordering::Release);
        self.shared.changed();
        let task = self.task.lock().expect("nothing panics under this lock").take();
        if let Some(task) = task {
            // It was aborted or has ended: there is nothing to hear from it.
            let _ = task.await;
        }
    }
}

impl Drop for Feed {
    fn drop(&mut self) {
        let task = self.task.get_mut().expect("nothing panics under this lock").take();
        if let Some(task) = task {
            task.abort();
        }
    }
}

/// Gives every broker that leads followed partitions its lane.
async fn follow(shared: Arc<Shared>) {
    let mut changes = shared.changes.subscribe();
    let mut lanes = Lanes::default();
    let mut scout = None;
    while !shared.closed() {
        if shared.table().sweep(Instant::now()) {
            shared.changed();
        }
        match look(&shared, &mut scout).await {
            Ok(kafka) => lanes.run(&shared, &kafka),
            Err(reason) => debug!(reason, "ends of partitions cannot be followed"),
        }
        // A time-out is the usual case: it is time to look again.
        let _ = time::timeout(LOOK, changes.changed()).await;
    }
    while lanes.tasks.join_next().await.is_some() {}
}

/// Asks who leads the followed partitions; from what is known already, where that is fresh.
async fn look(shared: &Shared, scout: &mut Option<Groupless>) -> Result<Kafka, String> {
    let kafka = shared.link.kafka().await.map_err(|error| error.to_string())?;
    if scout.is_none() {
        let fresh = Groupless::new(&kafka, WAIT, FETCH_BYTES.0).await;
        *scout = Some(fresh.map_err(|error| error.to_string())?);
    }
    let scout = scout.as_ref().expect("it has just been made");
    let mut changed = false;
    let topics = shared.table().topics();
    for topic in topics {
        let name = shared.names.topic(&topic);
        let known = match scout.fetch_metadata(Some(&name)).await {
            Ok(known) => known.topics.into_iter().find(|info| info.name == name),
            Err(KrafkaError::UnknownTopic { .. }) => None,
            // Those who read go on with what is known.
            Err(error) => return Err(error.to_string()),
        };
        let Some(info) = known else {
            shared.table().forget(&topic);
            changed = true;
            continue;
        };
        let leader = |partition| {
            let partition = info.partitions.get(&kafka_partition(partition))?;
            Some(partition.leader).filter(|leader| *leader >= 0)
        };
        changed |= shared.table().led(&topic, info.topic_id, leader);
    }
    if changed {
        shared.changed();
    }
    Ok(kafka)
}

/// The lanes that run, one for each broker.
#[derive(Debug, Default)]
struct Lanes {
    tasks: JoinSet<()>,
    running: HashMap<i32, tokio::task::AbortHandle>,
}

impl Lanes {
    /// Starts the lanes that are missing.
    fn run(&mut self, shared: &Arc<Shared>, kafka: &Kafka) {
        while self.tasks.try_join_next().is_some() {}
        self.running.retain(|_, lane| !lane.is_finished());
        let leaders = shared.table().leaders();
        for leader in leaders {
            let tasks = &mut self.tasks;
            self.running.entry(leader).or_insert_with(|| {
                tasks.spawn(lane::run(Arc::clone(shared), kafka.clone(), leader))
            });
        }
    }
}
