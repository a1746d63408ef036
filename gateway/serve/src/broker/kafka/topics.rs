//! What is known of the cluster's topics, looked at anew from time to time.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use arc_swap::ArcSwapOption;
use krafka::{KrafkaError, admin::DescribeTopicsOptions, error::ErrorCode};
use tokio::{sync::watch, time::Instant};

use super::{fault, link::Link, names::Names, view::View};
use crate::{
    broker::{BrokerError, TopicInfo},
    message::TopicName,
};

/// A name that Kafka did not know is not asked for again so soon.
const MISSING_FOR: Duration = Duration::from_secs(1);
/// A topic that was just made may be missing in the answer of a broker that has not heard of it,
/// and one that was just deleted may be in it.
const NEW_FOR: Duration = Duration::from_secs(5);
/// Names remembered as missing, at most.
const MISSING_MAX: usize = 10_000;

/// One topic, as known here.
#[derive(Clone, Debug)]
pub(super) struct Topic {
    /// Number of partitions.
    pub(super) partitions: u32,
    /// Its name in Kafka.
    pub(super) in_kafka: Arc<str>,
    /// When it was heard of by other means than the list of all.
    since: Option<Instant>,
}

type Known = HashMap<TopicName, Topic>;

/// The topics of one cluster. Readers never block.
pub(super) struct Topics {
    names: Names,
    link: Arc<Link>,
    timeout: Duration,
    known: ArcSwapOption<Known>,
    missing: Mutex<HashMap<TopicName, Instant>>,
    /// Topics that were deleted here, which a broker that has not heard of it may still tell.
    deleted: Mutex<HashMap<TopicName, Instant>>,
    view: Arc<View>,
    made: watch::Sender<u64>,
}

impl fmt::Debug for Topics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = self.known.load().as_ref().map_or(0, |known| known.len());
        f.debug_struct("Topics").field("known", &known).finish_non_exhaustive()
    }
}

impl Topics {
    /// Nothing is asked until [`refresh`](Self::refresh) or [`look_up`](Self::look_up).
    pub(super) fn new(names: Names, link: Arc<Link>, view: Arc<View>, timeout: Duration) -> Self {
        Self {
            names,
            link,
            timeout,
            known: ArcSwapOption::empty(),
            missing: Mutex::default(),
            deleted: Mutex::default(),
            view,
            made: watch::Sender::new(0),
        }
    }

    /// True once Kafka has told its topics.
    pub(super) fn is_loaded(&self) -> bool {
        self.known.load().is_some()
    }

    /// The topic, from what is known here.
    pub(super) fn get(&self, name: &str) -> Option<Topic> {
        self.known.load().as_ref()?.get(name).cloned()
    }

    /// Counts the topics that were made and deleted.
    pub(super) fn watch(&self) -> watch::Receiver<u64> {
        self.made.subscribe()
    }

    /// All topics, sorted by name, as Kafka tells them now.
    pub(super) async fn list(&self) -> Result<Vec<TopicInfo>, BrokerError> {
        self.refresh().await?;
        let known = self.known.load();
        let infos = known.iter().flat_map(|known| known.iter());
        let mut all: Vec<_> = infos.map(|(name, topic)| info(name, topic.partitions)).collect();
        all.sort_unstable_by(|a, b| a.name.cmp(&b.name));
        Ok(all)
    }

    /// The topic, asked for where it is not known here yet.
    pub(super) async fn look_up(&self, name: &TopicName) -> Result<Option<Topic>, BrokerError> {
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

    /// What Kafka says now: how many partitions, or that there is no such topic.
    async fn ask(&self, name: &TopicName) -> Result<Option<u32>, BrokerError> {
        let in_kafka = self.names.topic(name);
        let admin = self.link.kafka().await?.admin();
        let options = DescribeTopicsOptions::default().timeout(self.timeout);
        let mut answers = admin
            .describe_topics([&in_kafka], options)
            .await
            .map_err(|error| fault::asking(&error))?;
        match answers.remove(&in_kafka) {
            Some(Ok(topic)) => Ok(Some(u32::try_from(topic.partitions.len()).unwrap_or(u32::MAX))),
            Some(Err(error)) if !is_unknown(&error) => Err(fault::asking(&error)),
            _ => Ok(None),
        }
    }

    /// Waits while Kafka does not know of a topic that was just made, for it answers before its brokers
    /// do; at most the request time-out, for the topic is there whatever they say.
    pub(super) async fn await_made(&self, name: &TopicName) {
        const PAUSE: Duration = Duration::from_millis(10);
        let end = Instant::now() + self.timeout;
        while Instant::now() < end && matches!(self.ask(name).await, Ok(None)) {
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Takes up a topic that was made or found.
    pub(super) fn add(&self, name: &TopicName, partitions: u32) -> Topic {
        let in_kafka = Arc::from(self.names.topic(name));
        let topic = Topic { partitions, in_kafka, since: Some(Instant::now()) };
        let missing = |known: &Option<Arc<Known>>| {
            let mut known = known.as_deref().cloned().unwrap_or_default();
            known.insert(name.clone(), topic.clone());
            Some(Arc::new(known))
        };
        let before = self.known.rcu(missing);
        if before.is_none_or(|known| !known.contains_key(name)) {
            self.made.send_modify(|made| *made += 1);
        }
        self.forget_missing(name);
        lock(&self.deleted).remove(name);
        topic
    }

    /// Takes out a topic that was deleted.
    pub(super) fn remove(&self, name: &TopicName) {
        lock(&self.deleted).insert(name.clone(), Instant::now());
        self.remember_missing(name);
        self.known.rcu(|known| {
            let mut known = known.as_deref().cloned().unwrap_or_default();
            known.remove(name);
            Some(Arc::new(known))
        });
        self.made.send_modify(|made| *made += 1);
    }

    /// Asks Kafka for all topics; answers those that are gone.
    pub(super) async fn refresh(&self) -> Result<Vec<TopicName>, BrokerError> {
        let all = self.view.topics().await?;
        let shown = all.into_iter().filter(|topic| !topic.is_internal).filter_map(|topic| {
            let name = self.names.shown(&topic.name)?;
            let partitions = u32::try_from(topic.partition_count()).unwrap_or(u32::MAX);
            Some((name, Topic { partitions, in_kafka: Arc::from(topic.name), since: None }))
        });
        let mut told: Known = shown.collect();
        let mut deleted = lock(&self.deleted);
        deleted.retain(|_, since| since.elapsed() < NEW_FOR);
        told.retain(|name, _| !deleted.contains_key(name));
        drop(deleted);
        Ok(self.replace(&told))
    }

    /// Takes what Kafka told instead of what was known, and answers what is gone.
    fn replace(&self, told: &Known) -> Vec<TopicName> {
        let mut merged = Arc::default();
        let before = self.known.rcu(|known| {
            merged = Arc::new(merge(known.as_deref(), told.clone()));
            Some(Arc::clone(&merged))
        });
        let before = before.unwrap_or_default();
        if merged.keys().any(|name| !before.contains_key(name)) {
            self.made.send_modify(|made| *made += 1);
        }
        before.keys().filter(|name| !merged.contains_key(*name)).cloned().collect()
    }

    fn is_missing(&self, name: &TopicName) -> bool {
        let missing = lock(&self.missing);
        missing.get(name).is_some_and(|asked| asked.elapsed() < MISSING_FOR)
    }

    /// Lets a name be asked for anew.
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

/// What clients are told of a topic.
pub(super) fn info(name: &TopicName, partitions: u32) -> TopicInfo {
    TopicInfo { name: name.clone(), partitions }
}

/// What Kafka told, with what was made so recently that it may not know.
fn merge(known: Option<&Known>, mut told: Known) -> Known {
    for (name, topic) in known.into_iter().flatten() {
        if topic.since.is_some_and(|since| since.elapsed() < NEW_FOR) {
            let told = told.entry(name.clone()).or_insert_with(|| topic.clone());
            told.partitions = told.partitions.max(topic.partitions);
            told.since = topic.since;
        }
    }
    told
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
            (TopicName::new(name).unwrap(), Topic { partitions, in_kafka: name.into(), since })
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
