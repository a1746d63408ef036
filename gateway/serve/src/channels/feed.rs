//! The one reader of a topic that somebody listens to.

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
    Channels,
    topic::Topic,
    view::{Batch, View},
};
use crate::{
    broker::{BrokerError, Fetch},
    message::StoredRecord,
    plugin::CallContext,
};

/// Records fetched at a time, and their bytes: what lies in memory once for all who listen.
const FETCH_RECORDS: usize = 1_000;
const FETCH_BYTES: usize = 1024 * 1024;
/// Partitions that were added are seen so soon; the look costs no request.
const GROWTH_SEEN: Duration = Duration::from_secs(1);
/// Pause after a fetch that failed.
const RETRY: Duration = Duration::from_millis(200);

struct Feed {
    channels: Arc<Channels>,
    topic: Arc<Topic>,
    /// Next offset of each partition; those it does not name are read from the beginning.
    next: Vec<u64>,
}

/// Reads a topic from `start` until the task is ended, and hands out what comes.
pub(super) async fn run(channels: Arc<Channels>, topic: Arc<Topic>, start: Vec<u64>) {
    let broker = Arc::clone(&topic.cluster.broker);
    let mut feed = Feed { channels, topic, next: start };
    let mut made = broker.watch_topics();
    let (mut was_woken, mut was_missing) = (false, false);
    loop {
        made.mark_unchanged();
        // Before the look: what is stored from here on wakes the feed.
        let Some(mut stored) = broker.watch(feed.topic.name.as_str()) else {
            // Not made yet, or deleted: another topic of the name begins at 0.
            feed.next.clear();
            feed.topic.begin_anew();
            was_missing = true;
            if made.changed().await.is_err() {
                return;
            }
            continue;
        };
        if std::mem::take(&mut was_missing) {
            // Patterns meet it before its first message passes by.
            feed.channels.announce(&feed.topic.cluster, &feed.topic.name);
        }
        match feed.read().await {
            Ok(true) => was_woken = false,
            Ok(false) if was_woken => {
                was_woken = false;
                feed.look_back().await;
            }
            Ok(false) => {
                feed.wait(&mut stored).await;
                was_woken = true;
            }
            Err(BrokerError::Closed) => return,
            Err(error) => {
                let (topic, error) = (feed.topic.name.as_str(), error.to_string());
                tracing::debug!(topic, error, "channel waits for its topic");
                sleep(RETRY).await;
            }
        }
    }
}

impl Feed {
    /// Reads every partition once; true if there was anything.
    async fn read(&mut self) -> Result<bool, BrokerError> {
        let broker = Arc::clone(&self.topic.cluster.broker);
        let found = broker.topic(self.topic.name.as_str());
        let partitions = found.map_or(0, |topic| topic.partitions);
        self.next.resize(self.next.len().max(partitions as usize), 0);
        let mut has_moved = false;
        for partition in 0..partitions {
            let from = self.next[partition as usize];
            let fetch = Fetch {
                topic: self.topic.name.clone(),
                partition,
                from,
                records_max: FETCH_RECORDS,
                bytes_max: FETCH_BYTES,
            };
            let records = broker.fetch(fetch).await?;
            if let Some(last) = records.last() {
                self.next[partition as usize] = last.offset + 1;
                has_moved = true;
                self.hand_out(partition, records).await;
            }
        }
        Ok(has_moved)
    }

    /// Waits until something was stored, or the topic is not what it was.
    async fn wait(&self, stored: &mut watch::Receiver<u64>) {
        let broker = &self.topic.cluster.broker;
        while timeout(GROWTH_SEEN, stored.changed()).await.is_err() {
            let partitions = broker.topic(self.topic.name.as_str()).map(|topic| topic.partitions);
            if partitions.is_none_or(|count| count as usize > self.next.len()) {
                return;
            }
        }
    }

    /// Woken for nothing: was the topic deleted and made anew, with fewer records than before?
    async fn look_back(&mut self) {
        let Ok(ranges) = self.topic.cluster.broker.all_offsets(&self.topic.name).await else {
            return;
        };
        if self.next.iter().zip(&ranges).any(|(next, range)| range.end < *next) {
            self.next = ranges.iter().map(|range| range.start).collect();
            self.topic.begin_anew();
        }
    }

    /// Takes records through the chain once for each principal that listens, and hands them out.
    async fn hand_out(&self, partition: u32, records: Vec<StoredRecord>) {
        let mut batch = Batch { partition, views: HashMap::new() };
        let mut unserved = None;
        loop {
            for principal in self.topic.principals() {
                if let hash_map::Entry::Vacant(free) = batch.views.entry(principal) {
                    let principal = Arc::clone(free.key());
                    free.insert(self.view(principal, partition, records.clone()));
                    // Plugins may be slow, and there may be many principals.
                    tokio::task::yield_now().await;
                }
            }
            // Somebody may have become another principal meanwhile.
            let left = self.topic.hand_out(&mut batch, unserved);
            if left.is_empty() {
                return;
            }
            unserved = Some(left);
        }
    }

    fn view(&self, principal: Arc<str>, partition: u32, records: Vec<StoredRecord>) -> View {
        let context = CallContext { principal, timestamp_ms: 0 };
        let pipeline = &self.channels.pipeline;
        let chain = pipeline.chain();
        let place = (&self.topic.name, partition);
        let consumed = pipeline.consume(&chain, &context, place, records);
        if let Some(failure) = &consumed.failure {
            let (topic, error) = (self.topic.name.as_str(), failure.to_string());
            tracing::warn!(topic, partition, error, "message not shown, its listeners are cut off");
        }
        View::new(consumed)
    }
}
