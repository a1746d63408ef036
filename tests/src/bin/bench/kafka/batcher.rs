//! rskafka as a direct client, with natural batching: while one request of a partition is in
//! flight, what arrives becomes the next. It has no idempotence to pay for.

use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};

use rskafka::{
    chrono::{DateTime, Utc},
    client::{
        ClientBuilder,
        partition::{Compression, PartitionClient, UnknownTopicHandling},
    },
    record::Record,
};
use sluicegate_tests::kafka::Space;
use tokio::{
    sync::{mpsc, oneshot},
    task::JoinSet,
};

use super::{
    PARTITIONS, VALUE,
    caller::{Caller, Shape},
};

/// Most records of one batch. They fit into the client's buffer of 8 KiB: what does not is written
/// in two pieces, the second of which waits up to 40 ms for the first to be acknowledged by TCP.
const BATCH_MAX: usize = 60;

/// Records that may wait for a partition.
const QUEUE_MAX: usize = 100_000;

/// Bytes of one fetch from one partition.
const FETCH_BYTES: std::ops::Range<i32> = 1..4 << 20;

/// A record, and who waits for its acknowledgement.
type Waiting = (Record, oneshot::Sender<i64>);

/// One task a partition.
pub(crate) struct Batcher {
    partitions: Vec<mpsc::Sender<Waiting>>,
}

impl Batcher {
    /// Connects and starts the tasks, which end when the last caller is gone.
    pub(crate) async fn start(space: &Space, topic: &str) -> Arc<Self> {
        let mut partitions = Vec::new();
        for client in clients(space, topic).await {
            let (sender, records) = mpsc::channel(QUEUE_MAX);
            tokio::spawn(produce(client, records));
            partitions.push(sender);
        }
        Arc::new(Self { partitions })
    }
}

/// A client of every partition.
pub(crate) async fn clients(space: &Space, topic: &str) -> Vec<PartitionClient> {
    let client = ClientBuilder::new(space.bootstrap().to_vec()).build().await;
    let client = client.expect("Kafka takes a connection");
    let mut clients = Vec::new();
    for partition in 0..PARTITIONS.cast_signed() {
        let found = client.partition_client(topic, partition, UnknownTopicHandling::Retry);
        clients.push(found.await.expect("the topic is there"));
    }
    clients
}

async fn produce(client: PartitionClient, mut waiting: mpsc::Receiver<Waiting>) {
    let mut taken = Vec::new();
    while waiting.recv_many(&mut taken, BATCH_MAX).await > 0 {
        let (records, callers): (Vec<_>, Vec<_>) = taken.drain(..).unzip();
        let offsets = client.produce(records, Compression::NoCompression).await;
        for (caller, offset) in callers.into_iter().zip(offsets.expect("it is acknowledged")) {
            // A caller waits for all its answers.
            let _ = caller.send(offset);
        }
    }
}

/// One caller of the tasks.
pub(crate) struct Batched {
    batcher: Arc<Batcher>,
    burst: Vec<(usize, String)>,
    waiting: Vec<oneshot::Receiver<i64>>,
}

impl Batched {
    pub(crate) fn new(batcher: &Arc<Batcher>, shape: Shape, caller: usize) -> Self {
        let first = caller * shape.depth;
        // Evenly over the partitions, as a hash of many keys would.
        let places = (first..).map(|n| n % batcher.partitions.len());
        let burst = places.zip(shape.keys(caller)).collect();
        Self { batcher: Arc::clone(batcher), burst, waiting: Vec::new() }
    }
}

impl Caller for Batched {
    async fn burst(&mut self) {
        for (partition, key) in &self.burst {
            let record = Record {
                key: Some(key.clone().into_bytes()),
                value: Some(VALUE.as_bytes().to_vec()),
                headers: BTreeMap::new(),
                timestamp: now(),
            };
            let (sender, answer) = oneshot::channel();
            let queued = self.batcher.partitions[*partition].send((record, sender)).await;
            assert!(queued.is_ok(), "the task of a partition ended");
            self.waiting.push(answer);
        }
        for answer in self.waiting.drain(..) {
            answer.await.expect("it is acknowledged");
        }
    }
}

fn now() -> DateTime<Utc> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let milliseconds = i64::try_from(since.as_millis()).unwrap_or(i64::MAX);
    DateTime::from_timestamp_millis(milliseconds).unwrap_or_default()
}

/// Reads and counts all records, from the beginnings of all partitions, each by a task of its own.
pub(crate) async fn read_all(clients: Vec<PartitionClient>) -> usize {
    let mut tasks = JoinSet::new();
    for client in clients {
        tasks.spawn(async move {
            let (mut next, mut count) = (0, 0);
            loop {
                let fetched = client.fetch_records(next, FETCH_BYTES, 100).await;
                let (records, end) = fetched.expect("Kafka answers");
                count += records.len();
                next = records.last().map_or(next, |last| last.offset + 1);
                if next >= end {
                    return count;
                }
            }
        });
    }
    tasks.join_all().await.into_iter().sum()
}
