//! Requests for topics, offsets and the committed offsets of groups.

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

use super::{
    connection::KafkaConnection,
    convert::{offset_from_kafka, offset_to_kafka, partition_to_kafka},
    error,
    metadata::MetadataClient,
    names::NameMapping,
    settings::ClusterSettings,
    topics,
};
use crate::{
    broker::{BrokerError, NewTopic, TopicDetails},
    message::{self, TopicName},
};

mod groups;
mod offsets;

/// Kafka's code for settings of the topic itself.
pub(super) const SET_ON_TOPIC: i8 = 1;

/// Sends requests to the cluster. Each ends within the time-outs for connecting and requests.
#[derive(Debug)]
pub(super) struct Admin {
    names: NameMapping,
    connection: Arc<KafkaConnection>,
    metadata: Arc<MetadataClient>,
    timeout: Duration,
    replicas: Option<u16>,
}

impl Admin {
    pub(super) fn new(
        settings: &ClusterSettings,
        names: NameMapping,
        connection: Arc<KafkaConnection>,
        metadata: Arc<MetadataClient>,
    ) -> Self {
        let (timeout, replicas) = (settings.request_timeout, settings.replicas);
        Self { names, connection, metadata, timeout, replicas }
    }

    /// Creates a topic.
    ///
    /// # Errors
    /// `TopicExists`, `Refused` with Kafka's text; after `Unknown` it may have been created.
    pub(super) async fn create_topic(&self, topic: &NewTopic) -> Result<(), BrokerError> {
        let in_kafka = self.names.topic(&topic.name);
        if self.names.shown(&in_kafka).is_none() {
            let reason = format!("`{}` is a name that Kafka keeps for itself", topic.name);
            return Err(BrokerError::Refused { reason });
        }
        let partitions = partition_to_kafka(topic.partitions);
        let replicas = self.replicas.map_or(-1, |n| i16::try_from(n).unwrap_or(i16::MAX));
        let mut new = KafkaTopic::new(&in_kafka, partitions, replicas)
            .map_err(|error| error::on_change(&error))?;
        new.configs = topic.configs.iter().cloned().collect();
        let options = CreateTopicsOptions::default().timeout(self.timeout);
        match one(self.client().await?.create_topics([new], options).await, &in_kafka) {
            Err(KrafkaError::Broker { code: ErrorCode::TopicAlreadyExists, .. }) => {
                Err(BrokerError::TopicExists { topic: topic.name.clone() })
            }
            answer => answer.map_err(|error| error::on_change(&error)),
        }
    }

    /// Deletes a topic.
    ///
    /// # Errors
    /// `NoSuchTopic`, `Refused` with Kafka's text; after `Unknown` it may be gone.
    pub(super) async fn delete_topic(&self, name: &TopicName) -> Result<(), BrokerError> {
        let in_kafka = self.names.topic(name);
        let options = DeleteTopicsOptions::default().timeout(self.timeout);
        let answer = one(self.client().await?.delete_topics([&in_kafka], options).await, &in_kafka);
        answer.map_err(|error| error::on_change_of(name, &error))
    }

    /// Partitions, replicas and the topic's own settings.
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
        let topic = one(topic, &in_kafka).map_err(|error| error::on_query_of(name, &error))?;
        let configs = one(configs, &resource).map_err(|error| error::on_query_of(name, &error))?;
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
        partition: &message::TopicPartition,
        before: u64,
    ) -> Result<u64, BrokerError> {
        let at = self.partition_in_kafka(partition);
        let options = DeleteRecordsOptions::default().timeout(self.timeout);
        let before = [(at.clone(), offset_to_kafka(before))];
        let answer = one(self.client().await?.delete_records(before, options).await, &at);
        answer.map(offset_from_kafka).map_err(|error| error::on_change_of(&partition.topic, &error))
    }

    async fn client(&self) -> Result<AdminClient, BrokerError> {
        Ok(self.connection.kafka().await?.admin())
    }

    /// A partition as Kafka names it.
    fn partition_in_kafka(&self, partition: &message::TopicPartition) -> TopicPartition {
        self.numbered(&partition.topic, partition.partition)
    }

    /// The partition of that number, as Kafka names it.
    fn numbered(&self, topic: &TopicName, number: u32) -> TopicPartition {
        TopicPartition::new(self.names.topic(topic), partition_to_kafka(number))
    }
}

/// The answer for the only key of a request.
fn one<K: std::hash::Hash + Eq, T>(
    answers: krafka::Result<HashMap<K, krafka::Result<T>>>,
    key: &K,
) -> krafka::Result<T> {
    let missing = || KrafkaError::illegal_state("Kafka's answer does not say");
    answers?.remove(key).unwrap_or_else(|| Err(missing()))
}
