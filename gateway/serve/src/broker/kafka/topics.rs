//! The topics of the cluster: a cache that is refreshed from time to time.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use arc_swap::ArcSwapOption;
use krafka::{KrafkaError, admin::DescribeTopicsOptions, error::ErrorCode};
use tokio::{sync::watch, time::Instant};

use super::{connection::KafkaConnection, error, metadata::MetadataClient, names::NameMapping};
use crate::{
    broker::{BrokerError, TopicInfo},
    message::TopicName,
};

/// A name that Kafka does not know is not asked for again before this.
const MISSING_FOR: Duration = Duration::from_secs(1);
/// For so long brokers may not know yet that a topic was created or deleted.
const NEW_FOR: Duration = Duration::from_secs(5);
/// Most names remembered as missing.
const MISSING_MAX: usize = 10_000;

/// A topic in the cache.
#[derive(Clone, Debug)]
pub(super) struct KafkaTopic {
    /// Number of partitions.
    pub(super) partitions: u32,
    /// Its name in Kafka.
    pub(super) in_kafka: Arc<str>,
    /// When it was created or looked up; `None` if it comes from the list of all topics.
    since: Option<Instant>,
}

type Known = HashMap<TopicName, KafkaTopic>;

/// The cache of one cluster's topics. Readers never block.
pub(super) struct TopicCache {
    names: NameMapping,
    connection: Arc<KafkaConnection>,
    timeout: Duration,
    known: ArcSwapOption<Known>,
    missing: Mutex<HashMap<TopicName, Instant>>,
    /// Topics that were deleted here, which a broker may still list.
    deleted: Mutex<HashMap<TopicName, Instant>>,
    metadata: Arc<MetadataClient>,
    changes: watch::Sender<u64>,
}

impl fmt::Debug for TopicCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = self.known.load().as_ref().map_or(0, |known| known.len());
        f.debug_struct("TopicCache").field("known", &known).finish_non_exhaustive()
    }
}

impl TopicCache {
    /// Asks nothing until [`refresh`](Self::refresh) or [`look_up`](Self::look_up).
    pub(super) fn new(
        names: NameMapping,
        connection: Arc<KafkaConnection>,
        metadata: Arc<MetadataClient>,
        timeout: Duration,
    ) -> Self {
        Self {
            names,
            connection,
            timeout,
            known: ArcSwapOption::empty(),
            missing: Mutex::default(),
            deleted: Mutex::default(),
            metadata,
            changes: watch::Sender::new(0),
        }
    }

    /// True once Kafka has listed its topics.
    pub(super) fn is_loaded(&self) -> bool {
        self.known.load().is_some()
    }

    /// The topic, if it is in the cache.
    pub(super) fn get(&self, name: &str) -> Option<KafkaTopic> {
        self.known.load().as_ref()?.get(name).cloned()
    }

    /// Changes when topics are created or deleted.
    pub(super) fn watch(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// All topics, sorted by name, asked for now.
    pub(super) async fn list(&self) -> Result<Vec<TopicInfo>, BrokerError> {
        self.refresh().await?;
        let known = self.known.load();
        let infos = known.iter().flat_map(|known| known.iter());
        let mut all: Vec<_> = infos.map(|(name, topic)| info(name, topic.partitions)).collect();
        all.sort_unstable_by(|a, b| a.name.cmp(&b.name));
        Ok(all)
    }

    /// The topic; asks Kafka if it is not in the cache.
    pub(super) async fn look_up(
        &self,
        name: &TopicName,
    ) -> Result<Option<KafkaTopic>, BrokerError> {
        if let Some(topic) = self.get(name.as_str()) {
            return Ok(Some(topic));
        }
        if self.is_missing(name) || self.names.shown(&self.names.topic(name)).is_none() {
            return Ok(None);
        }
        let found = self.ask(name).await?;
        if found.is_none() {
            self.remember_missing(name);
        }
        Ok(found.map(|partitions| self.add(name, partitions)))
    }

    /// Asks Kafka for the number of partitions; `None` if there is no such topic.
    async fn ask(&self, name: &TopicName) -> Result<Option<u32>, BrokerError> {
        let in_kafka = self.names.topic(name);
        let admin = self.connection.kafka().await?.admin();
        let options = DescribeTopicsOptions::default().timeout(self.timeout);
        let mut answers = admin
            .describe_topics([&in_kafka], options)
            .await
            .map_err(|error| error::on_query(&error))?;
        match answers.remove(&in_kafka) {
            Some(Ok(topic)) => Ok(Some(u32::try_from(topic.partitions.len()).unwrap_or(u32::MAX))),
            Some(Err(error)) if !is_unknown(&error) => Err(error::on_query(&error)),
            _ => Ok(None),
        }
    }

    /// Waits until Kafka knows a topic that was just created: it answers before all of its brokers know.
    /// Waits no longer than the request time-out, because the topic exists in any case.
    pub(super) async fn await_created(&self, name: &TopicName) {
        const PAUSE: Duration = Duration::from_millis(10);
        let end = Instant::now() + self.timeout;
        while Instant::now() < end && matches!(self.ask(name).await, Ok(None)) {
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Adds a topic that was created or looked up.
    pub(super) fn add(&self, name: &TopicName, partitions: u32) -> KafkaTopic {
        let in_kafka = Arc::from(self.names.topic(name));
        let topic = KafkaTopic { partitions, in_kafka, since: Some(Instant::now()) };
        let missing = |known: &Option<Arc<Known>>| {
            let mut known = known.as_deref().cloned().unwrap_or_default();
            known.insert(name.clone(), topic.clone());
            Some(Arc::new(known))
        };
        let before = self.known.rcu(missing);
        if before.is_none_or(|known| !known.contains_key(name)) {
            self.changes.send_modify(|count| *count += 1);
        }
        self.forget_missing(name);
        lock(&self.deleted).remove(name);
        topic
    }

    /// Removes a deleted topic.
    pub(super) fn remove(&self, name: &TopicName) {
        lock(&self.deleted).insert(name.clone(), Instant::now());
        self.remember_missing(name);
        self.known.rcu(|known| {
            let mut known = known.as_deref().cloned().unwrap_or_default();
            known.remove(name);
            Some(Arc::new(known))
        });
        self.changes.send_modify(|count| *count += 1);
    }

    /// Asks Kafka for all topics; returns those that are gone.
    pub(super) async fn refresh(&self) -> Result<Vec<TopicName>, BrokerError> {
        let all = self.metadata.topics().await?;
        let shown = all.into_iter().filter(|topic| !topic.is_internal).filter_map(|topic| {
            let name = self.names.shown(&topic.name)?;
            let partitions = u32::try_from(topic.partition_count()).unwrap_or(u32::MAX);
            Some((name, KafkaTopic { partitions, in_kafka: Arc::from(topic.name), since: None }))
        });
        let mut listed: Known = shown.collect();
        let mut deleted = lock(&self.deleted);
        deleted.retain(|_, since| since.elapsed() < NEW_FOR);
        listed.retain(|name, _| !deleted.contains_key(name));
        drop(deleted);
        Ok(self.replace(&listed))
    }

    /// Replaces the cache with Kafka's list; returns the topics that are gone.
    fn replace(&self, listed: &Known) -> Vec<TopicName> {
        let mut merged = Arc::default();
        let before = self.known.rcu(|known| {
            merged = Arc::new(merge(known.as_deref(), listed.clone()));
            Some(Arc::clone(&merged))
        });
        let before = before.unwrap_or_default();
        if merged.keys().any(|name| !before.contains_key(name)) {
            self.changes.send_modify(|count| *count += 1);
        }
        before.keys().filter(|name| !merged.contains_key(*name)).cloned().collect()
    }

    fn is_missing(&self, name: &TopicName) -> bool {
        let missing = lock(&self.missing);
        missing.get(name).is_some_and(|asked| asked.elapsed() < MISSING_FOR)
    }

    /// Forgets that a name was missing.
    pub(super) fn forget_missing(&self, name: &TopicName) {
        lock(&self.missing).remove(name);
    }

    fn remember_missing(&self, name: &TopicName) {
        let mut missing = lock(&self.missing);
        if missing.len() >= MISSING_MAX {
            missing.clear();
        }
        missing.insert(name.clone(), Instant::now());
    }
}

fn lock(names: &Mutex<HashMap<TopicName, Instant>>) -> MutexGuard<'_, HashMap<TopicName, Instant>> {
    names.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A topic as clients see it.
pub(super) fn info(name: &TopicName, partitions: u32) -> TopicInfo {
    TopicInfo { name: name.clone(), partitions }
}

/// Kafka's list, with topics that are so new that it may not have them.
fn merge(known: Option<&Known>, mut listed: Known) -> Known {
    for (name, topic) in known.into_iter().flatten() {
        if topic.since.is_some_and(|since| since.elapsed() < NEW_FOR) {
            let listed = listed.entry(name.clone()).or_insert_with(|| topic.clone());
            listed.partitions = listed.partitions.max(topic.partitions);
            listed.since = topic.since;
        }
    }
    listed
}

fn is_unknown(error: &KrafkaError) -> bool {
    let KrafkaError::Broker { code, .. } = error else {
        return matches!(error, KrafkaError::UnknownTopic { .. });
    };
    matches!(code, ErrorCode::UnknownTopicOrPartition | ErrorCode::InvalidTopic)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(topics: &[(&str, u32, bool)]) -> Known {
        let topic = |&(name, partitions, is_new): &(&str, u32, bool)| {
            let since = is_new.then(Instant::now);
            (TopicName::new(name).unwrap(), KafkaTopic { partitions, in_kafka: name.into(), since })
        };
        topics.iter().map(topic).collect()
    }

    #[test]
    fn a_new_topic_survives_a_list_that_does_not_have_it_yet() {
        let before = known(&[("new", 3, true), ("old", 1, false), ("grown", 1, false)]);

        let after = merge(Some(&before), known(&[("grown", 2, false)]));

        let mut after: Vec<_> = after.iter().map(|(n, t)| (n.as_str(), t.partitions)).collect();
        after.sort_unstable();
        assert_eq!(after, [("grown", 2), ("new", 3)]);
    }
}
