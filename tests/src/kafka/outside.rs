//! A client that is not the gateway's: what it finds in Kafka was really stored.

use std::{future::Future, time::Duration};

use rskafka::client::{
    Client, ClientBuilder,
    controller::ControllerClient,
    partition::{OffsetAt, PartitionClient, UnknownTopicHandling},
};
use tokio::time::timeout;

use crate::process::PATIENCE;

/// Bytes of one answer; larger than the largest record that a test writes.
const BYTES: std::ops::Range<i32> = 1..8 * 1024 * 1024;

/// Longest time Kafka may take for a change of topics, in milliseconds.
const CHANGE_MS: i32 = 20_000;

/// A connection past the gateway. Every method waits at most [`PATIENCE`] for each answer and
/// panics after it.
#[derive(Debug)]
pub struct Outside {
    client: Client,
    prefix: String,
}

/// One record as Kafka holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Its partition.
    pub partition: u32,
    /// Its offset.
    pub offset: u64,
    /// Its key, if it has one.
    pub key: Option<Vec<u8>>,
    /// Its value; `None` is a tombstone.
    pub value: Option<Vec<u8>>,
    /// Its headers, sorted by name.
    pub headers: Vec<(String, Vec<u8>)>,
    /// When it was made, in milliseconds since 1970.
    pub timestamp_ms: i64,
}

impl Outside {
    /// Connects; names of topics that it is asked for begin with `prefix` in Kafka.
    ///
    /// # Panics
    /// If Kafka does not answer.
    pub async fn connect(bootstrap: &[String], prefix: &str) -> Self {
        let client = Self::try_connect(bootstrap).await;
        let client = client.unwrap_or_else(|error| panic!("connecting to {bootstrap:?}: {error}"));
        Self { client, prefix: prefix.to_owned() }
    }

    /// # Errors
    /// What the client says, or that nobody answered for two seconds.
    pub(super) async fn try_connect(bootstrap: &[String]) -> Result<Client, String> {
        let connecting = ClientBuilder::new(bootstrap.to_vec()).client_id("outside").build();
        let answer = timeout(Duration::from_secs(2), connecting).await;
        answer.map_err(|_| "no answer".to_owned())?.map_err(|error| error.to_string())
    }

    /// All records of a topic, by partition, in order; none where there is no such topic.
    pub async fn read(&self, topic: &str) -> Vec<Found> {
        let mut all = Vec::new();
        for partition in 0..self.partitions(topic).await {
            all.extend(self.read_partition(topic, partition).await);
        }
        all
    }

    /// All records of one partition, in order.
    pub async fn read_partition(&self, topic: &str, partition: u32) -> Vec<Found> {
        self.read_from(topic, partition, 0).await
    }

    /// The records of one partition at and after `offset`, up to its end now.
    pub async fn read_from(&self, topic: &str, partition: u32, offset: u64) -> Vec<Found> {
        let client = self.partition(topic, partition).await;
        let (start, end) = offsets(&client).await;
        let mut next = start.max(signed(offset));
        let mut all = Vec::new();
        while next < end {
            let (records, _) = soon("a fetch", client.fetch_records(next, BYTES, 100)).await;
            // Control records are left out, so an answer may be empty before the end.
            next = records.last().map_or(next + 1, |last| last.offset + 1);
            all.extend(records.into_iter().map(|found| {
                let record = found.record;
                Found {
                    partition,
                    offset: unsigned(found.offset),
                    key: record.key,
                    value: record.value,
                    headers: record.headers.into_iter().collect(),
                    timestamp_ms: record.timestamp.timestamp_millis(),
                }
            }));
        }
        all
    }

    /// First offset of a partition and the one after its last.
    pub async fn offsets(&self, topic: &str, partition: u32) -> (u64, u64) {
        let (start, end) = offsets(&self.partition(topic, partition).await).await;
        (unsigned(start), unsigned(end))
    }

    /// Number of partitions of a topic, 0 where there is none.
    pub async fn partitions(&self, topic: &str) -> u32 {
        let name = self.name(topic);
        let topics = soon("the topics", self.client.list_topics()).await;
        let found = topics.into_iter().find(|topic| topic.name == name);
        found.map_or(0, |topic| u32::try_from(topic.partitions.len()).expect("there are few"))
    }

    /// The topics below the prefix, without it, sorted.
    pub async fn topics(&self) -> Vec<String> {
        let topics = soon("the topics", self.client.list_topics()).await;
        let ours = |name: &str| name.strip_prefix(&self.prefix).map(ToOwned::to_owned);
        let mut names: Vec<_> = topics.iter().filter_map(|topic| ours(&topic.name)).collect();
        names.sort();
        names
    }

    /// Makes a topic with as many copies as there are brokers, at most `copies`.
    pub async fn create_topic(&self, topic: &str, partitions: u32, copies: i16) {
        let count = i32::try_from(partitions).expect("there are few");
        let name = self.name(topic);
        soon("making a topic", self.controller().create_topic(name, count, copies, CHANGE_MS))
            .await;
    }

    /// Deletes a topic, and waits until brokers no longer tell of it.
    pub async fn delete_topic(&self, topic: &str) {
        let name = self.name(topic);
        soon("deleting a topic", self.controller().delete_topic(name, CHANGE_MS)).await;
        while self.partitions(topic).await > 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Deletes the records of a partition below `before`.
    pub async fn delete_records(&self, topic: &str, partition: u32, before: u64) {
        let client = self.partition(topic, partition).await;
        soon("deleting records", client.delete_records(signed(before), CHANGE_MS)).await;
    }

    fn name(&self, topic: &str) -> String {
        format!("{}{topic}", self.prefix)
    }

    fn controller(&self) -> ControllerClient {
        self.client.controller_client().expect("it is only put together")
    }

    async fn partition(&self, topic: &str, partition: u32) -> PartitionClient {
        let number = i32::try_from(partition).expect("there are few");
        // A topic that was just made may not be known to every broker yet.
        let handling = UnknownTopicHandling::Retry;
        soon("a partition", self.client.partition_client(self.name(topic), number, handling)).await
    }
}

async fn offsets(client: &PartitionClient) -> (i64, i64) {
    let start = soon("the first offset", client.get_offset(OffsetAt::Earliest)).await;
    let end = soon("the last offset", client.get_offset(OffsetAt::Latest)).await;
    (start, end)
}

/// The answer, which must be a good one and come in time.
async fn soon<T, E: std::fmt::Display>(
    what: &str,
    asking: impl Future<Output = Result<T, E>>,
) -> T {
    let answer = timeout(PATIENCE, asking).await;
    let answer = answer.unwrap_or_else(|_| panic!("Kafka did not answer: {what}"));
    answer.unwrap_or_else(|error| panic!("{what}: {error}"))
}

fn signed(offset: u64) -> i64 {
    i64::try_from(offset).expect("offsets are below 2^63")
}

fn unsigned(offset: i64) -> u64 {
    u64::try_from(offset).expect("offsets are not negative")
}
