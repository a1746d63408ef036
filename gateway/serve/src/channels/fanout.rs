//! The one reader of a topic with subscribers.

use std::{
    collections::{HashMap, hash_map},
    sync::Arc,
    time::Duration,
};

use tokio::{
    sync::watch,
    time::{sleep, timeout},
};

use super::{
    batch::{Batch, PrincipalMessages},
    channel::Channel,
};
use crate::{
    broker::{BrokerError, Fetch},
    message::{StoredRecord, TopicPartition},
    pipeline::Pipeline,
    plugin::CallContext,
};

/// Most records and bytes of one fetch: what is in memory once for all subscribers.
const FETCH_RECORDS: usize = 1_000;
const FETCH_BYTES: usize = 1024 * 1024;
/// New partitions are noticed within this time; looking costs no request.
const GROWTH_CHECK: Duration = Duration::from_secs(1);
/// Pause after a fetch that failed.
const RETRY: Duration = Duration::from_millis(200);

struct Fanout {
    pipeline: Arc<Pipeline>,
    channel: Arc<Channel>,
    /// Next offset of each partition; a partition that is missing is read from the beginning.
    next: Vec<u64>,
}

/// What the last look at the topic found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Progress {
    /// There were records.
    Read,
    /// All partitions are read to their ends.
    AtEnd,
}

/// Reads a topic from the offsets `start` until the task is aborted, and delivers its records.
///
/// Calls `on_created` when a topic that was missing exists, before its first record is read.
pub(super) async fn run(
    pipeline: Arc<Pipeline>,
    channel: Arc<Channel>,
    start: Vec<u64>,
    on_created: impl Fn(&Channel) + Send,
) {
    let broker = Arc::clone(&channel.cluster.broker);
    let mut fanout = Fanout { pipeline, channel, next: start };
    let mut topics = broker.watch_topics();
    let (mut was_woken, mut was_missing) = (false, false);
    loop {
        topics.mark_unchanged();
        // Before the look: what is stored from here on wakes this task.
        let Some(mut stored) = broker.watch(fanout.channel.name.as_str()) else {
            // Not created yet, or deleted: another topic of the name begins at 0.
            fanout.next.clear();
            fanout.channel.reset_offsets();
            was_missing = true;
            if topics.changed().await.is_err() {
                return;
            }
            continue;
        };
        if std::mem::take(&mut was_missing) {
            // Patterns must be attached before its first message is delivered.
            on_created(&fanout.channel);
        }
        match fanout.read().await {
            Ok(Progress::Read) => was_woken = false,
            Ok(Progress::AtEnd) if was_woken => {
                was_woken = false;
                fanout.check_recreated().await;
            }
            Ok(Progress::AtEnd) => {
                fanout.wait(&mut stored).await;
                was_woken = true;
            }
            Err(BrokerError::Closed) => return,
            Err(error) => {
                let (topic, error) = (fanout.channel.name.as_str(), error.to_string());
                tracing::debug!(topic, error, "channel waits for its topic");
                sleep(RETRY).await;
            }
        }
    }
}

impl Fanout {
    /// Reads every partition once.
    async fn read(&mut self) -> Result<Progress, BrokerError> {
        let broker = Arc::clone(&self.channel.cluster.broker);
        let found = broker.topic(self.channel.name.as_str());
        let partitions = found.map_or(0, |topic| topic.partitions);
        self.next.resize(self.next.len().max(partitions as usize), 0);
        let mut progress = Progress::AtEnd;
        for partition in 0..partitions {
            let from = self.next[partition as usize];
            let fetch = Fetch {
                partition: TopicPartition::new(self.channel.name.clone(), partition),
                from,
                records_max: FETCH_RECORDS,
                bytes_max: FETCH_BYTES,
            };
            let records = broker.fetch(fetch).await?;
            if let Some(last) = records.last() {
                self.next[partition as usize] = last.offset + 1;
                progress = Progress::Read;
                self.deliver(partition, records).await;
            }
        }
        Ok(progress)
    }

    /// Waits until something was stored, or the topic was deleted or got partitions.
    async fn wait(&self, stored: &mut watch::Receiver<u64>) {
        let broker = &self.channel.cluster.broker;
        while timeout(GROWTH_CHECK, stored.changed()).await.is_err() {
            let partitions = broker.topic(self.channel.name.as_str()).map(|topic| topic.partitions);
            if partitions.is_none_or(|count| count as usize > self.next.len()) {
                return;
            }
        }
    }

    /// Woken without a new record: finds out whether the topic was deleted and created again, with
    /// fewer records than before.
    async fn check_recreated(&mut self) {
        let Ok(ranges) = self.channel.cluster.broker.all_offsets(&self.channel.name).await else {
            return;
        };
        if self.next.iter().zip(&ranges).any(|(next, range)| range.end < *next) {
            self.next = ranges.iter().map(|range| range.start).collect();
            self.channel.reset_offsets();
        }
    }

    /// Runs the chain over records once for each principal, and puts them into the queues.
    async fn deliver(&self, partition: u32, records: Vec<StoredRecord>) {
        let mut batch = Batch { partition, by_principal: HashMap::new() };
        let mut undelivered = None;
        loop {
            for principal in self.channel.principals() {
                if let hash_map::Entry::Vacant(free) = batch.by_principal.entry(principal) {
                    let principal = Arc::clone(free.key());
                    free.insert(self.consume(principal, partition, records.clone()));
                    // Plugins may be slow, and there may be many principals.
                    tokio::task::yield_now().await;
                }
            }
            // A subscriber may have got another principal meanwhile.
            let left = self.channel.deliver(&mut batch, undelivered);
            if left.is_empty() {
                return;
            }
            undelivered = Some(left);
        }
    }

    fn consume(
        &self,
        principal: Arc<str>,
        partition: u32,
        records: Vec<StoredRecord>,
    ) -> PrincipalMessages {
        let context = CallContext { principal, timestamp_ms: 0 };
        let chain = self.pipeline.chain();
        let topic = &self.channel.name;
        let consumed = self.pipeline.consume(&chain, &context, (topic, partition), records);
        if let Some(failure) = &consumed.failure {
            let (topic, error) = (topic.as_str(), failure.to_string());
            tracing::warn!(topic, partition, error, "message not shown, its listeners are cut off");
        }
        PrincipalMessages::new(consumed)
    }
}
