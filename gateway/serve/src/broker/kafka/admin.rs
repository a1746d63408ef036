//! Requests that are asked and answered: topics, offsets, groups' places.

use std::{collections::HashMap, sync::Arc, time::Duration};

use krafka::{
    KrafkaError,
    admin::{
        AdminClient, ConfigResource, CreateTopicsOptions, DeleteRecordsOptions,
        DeleteTopicsOptions, DescribeConfigsOptions, DescribeTopicsOptions, NewTopic as KafkaTopic,
        TopicPartition,
    },
    error::ErrorCode,
};

use super::{fault, link::Link, names::Names, settings::ClusterSettings, topics, view::View};
use crate::{
    broker::{BrokerError, NewTopic, TopicDetails},
    message::TopicName,
};

mod groups;
mod offsets;

/// Where Kafka says a setting comes from: the topic itself.
pub(super) const SET_ON_TOPIC: i8 = 1;

/// Asks the cluster. Every answer comes within the request time-out and that of connecting.
#[derive(Debug)]
pub(super) struct Admin {
    names: Names,
    link: Arc<Link>,
    view: Arc<View>,
    timeout: Duration,
    replicas: Option<u16>,
}

impl Admin {
    pub(super) fn new(
        settings: &ClusterSettings,
        names: Names,
        link: Arc<Link>,
        view: Arc<View>,
    ) -> Self {
        let (timeout, replicas) = (settings.request_timeout, settings.replicas);
        Self { names, link, view, timeout, replicas }
    }

    /// Makes a topic.
    ///
    /// # Errors
    /// `TopicExists`, `Refused` in Kafka's words; after `Unknown` it may have been made.
    pub(super) async fn create_topic(&self, topic: &NewTopic) -> Result<(), BrokerError> {
        let in_kafka = self.names.topic(&topic.name);
        if self.names.shown(&in_kafka).is_none() {
            let reason = format!("`{}` is a name that Kafka keeps for itself", topic.name);
            return Err(BrokerError::Refused { reason });
        }
        let partitions = i32::try_from(topic.partitions).unwrap_or(i32::MAX);
        let replicas = self.replicas.map_or(-1, |n| i16::try_from(n).unwrap_or(i16::MAX));
        let mut new = KafkaTopic::new(&in_kafka, partitions, replicas)
            .map_err(|error| fault::changing(&error))?;
        new.configs = topic.configs.iter().cloned().collect();
        let options = CreateTopicsOptions::default().timeout(self.timeout);
        match one(self.client().await?.create_topics([new], options).await, &in_kafka) {
            Err(KrafkaError::Broker { code: ErrorCode::TopicAlreadyExists, .. }) => {
                Err(BrokerError::TopicExists { topic: topic.name.clone() })
            }
            answer => answer.map_err(|error| fault::changing(&error)),
        }
    }

    /// Deletes a topic.
    ///
    /// # Errors
    /// `NoSuchTopic`, `Refused` in Kafka's words; after `Unknown` it may be gone.
    pub(super) async fn delete_topic(&self, name: &TopicName) -> Result<(), BrokerError> {
        let in_kafka = self.names.topic(name);
        let options = DeleteTopicsOptions::default().timeout(self.timeout);
        let answer = one(self.client().await?.delete_topics([&in_kafka], options).await, &in_kafka);
        answer.map_err(|error| fault::changing_in(name, &error))
    }

    /// Partitions, replicas and the settings that were made for this topic.
    ///
    /// # Errors
    /// `NoSuchTopic`, `Refused`, `Unreachable`.
    pub(super) async fn describe_topic(
        &self,
        name: &TopicName,
    ) -> Result<TopicDetails, BrokerError> {
        let in_kafka = self.names.topic(name);
        let resource = ConfigResource::topic(&in_kafka);
        let admin = self.client().await?;
        let topics = DescribeTopicsOptions::default().timeout(self.timeout);
        let configs = DescribeConfigsOptions::default().timeout(self.timeout);
        let (topic, configs) = tokio::join!(
            admin.describe_topics([&in_kafka], topics),
            admin.describe_configs([resource.clone()], configs),
        );
        let topic = one(topic, &in_kafka).map_err(|error| fault::asking_about(name, &error))?;
        let configs = one(configs, &resource).map_err(|error| fault::asking_about(name, &error))?;
        let set = configs.into_iter().filter(|config| config.config_source == SET_ON_TOPIC);
        let mut configs: Vec<_> = set.filter_map(|set| Some((set.name, set.value?))).collect();
        configs.sort_unstable();
        let replicas = topic.partitions.iter().map(|partition| partition.replicas.len()).min();
        let partitions = u32::try_from(topic.partitions.len()).unwrap_or(u32::MAX);
        Ok(TopicDetails {
            info: topics::info(name, partitions),
            replicas: replicas.and_then(|n| u32::try_from(n).ok()).unwrap_or(1).max(1),
            configs,
        })
    }

    /// Deletes records below `before`; answers the offset the partition now starts at.
    ///
    /// # Errors
    /// `NoSuchTopic`, `Refused`; after `Unknown` they may be gone.
    pub(super) async fn delete_records(
        &self,
        topic: &TopicName,
        partition: u32,
        before: u64,
    ) -> Result<u64, BrokerError> {
        let place = self.place(topic, partition);
        let options = DeleteRecordsOptions::default().timeout(self.timeout);
        let before = [(place.clone(), i64::try_from(before).unwrap_or(i64::MAX))];
        let answer = one(self.client().await?.delete_records(before, options).await, &place);
        answer.map(unsigned).map_err(|error| fault::changing_in(topic, &error))
    }

    async fn client(&self) -> Result<AdminClient, BrokerError> {
        Ok(self.link.kafka().await?.admin())
    }

    fn place(&self, topic: &TopicName, partition: u32) -> TopicPartition {
        let partition = i32::try_from(partition).unwrap_or(i32::MAX);
        TopicPartition::new(self.names.topic(topic), partition)
    }
}

/// The answer about the one thing that was asked about.
fn one<K: std::hash::Hash + Eq, T>(
    answers: krafka::Result<HashMap<K, krafka::Result<T>>>,
    key: &K,
) -> krafka::Result<T> {
    let missing = || KrafkaError::illegal_state("Kafka's answer does not say");
    answers?.remove(key).unwrap_or_else(|| Err(missing()))
}

/// Kafka's offsets are never negative where there is one.
fn unsigned(offset: i64) -> u64 {
    u64::try_from(offset).unwrap_or(0)
}
