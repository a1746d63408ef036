//! Advice about Kafka's settings that weaken the gateway's promises.

use std::collections::HashMap;

use krafka::admin::{
    AdminClient, ConfigEntry, ConfigResource, DescribeClusterOptions, DescribeConfigsOptions,
    DescribeTopicsOptions,
};

use self::rules::{ClusterConfig, TopicConfig, check};
use super::{cluster::KafkaBroker, error};
use crate::broker::BrokerError;

mod check;
mod rules;

pub use check::{ClusterReport, check_connection};
pub use rules::{Advice, Promises};

/// Kafka's settings that affect the promises; the last one is the topic's name for the one before.
const ASKED: [&str; 6] = [
    rules::REPLICAS,
    rules::IN_SYNC,
    rules::UNCLEAN,
    rules::AUTO_CREATE,
    rules::BYTES_MAX,
    rules::TOPIC_BYTES_MAX,
];
/// Topics in one request.
const TOPICS_AT_ONCE: usize = 200;

impl KafkaBroker {
    /// Compares Kafka's settings with the promises.
    ///
    /// # Errors
    /// `Unreachable`; `Refused` where the gateway may not read Kafka's settings.
    pub async fn advice(&self, promises: Promises) -> Result<Vec<Advice>, BrokerError> {
        let asked = async {
            let admin = self.connections.ask.kafka().await?.admin();
            let mut found = self.ask_cluster(&admin).await?;
            let topics = self.topics.list().await?;
            let names: Vec<_> = topics.iter().map(|topic| self.names.topic(&topic.name)).collect();
            for names in names.chunks(TOPICS_AT_ONCE) {
                found.topics.extend(self.ask_topics(&admin, names).await?);
            }
            Ok(found)
        };
        let found = asked.await?;
        Ok(check(&found, promises))
    }

    async fn ask_cluster(&self, admin: &AdminClient) -> Result<ClusterConfig, BrokerError> {
        let limit = self.settings.request_timeout;
        let cluster = admin
            .describe_cluster(DescribeClusterOptions::default().timeout(limit))
            .await
            .map_err(|error| error::on_query(&error))?;
        let brokers = cluster.brokers.len();
        let one = cluster.brokers.first().map(|broker| ConfigResource::broker(broker.id));
        let mut answers = self.ask_configs(admin, one.into_iter().collect()).await?;
        let defaults = answers.drain().next().map(|(_, entries)| values(entries, |_| true));
        let mut defaults = defaults.unwrap_or_default();
        if let Some(replicas) = self.settings.replicas {
            // The gateway's own setting overrides Kafka's default.
            defaults.insert(rules::REPLICAS.to_owned(), replicas.to_string());
        }
        Ok(ClusterConfig { brokers, defaults, topics: Vec::new() })
    }

    async fn ask_topics(
        &self,
        admin: &AdminClient,
        names: &[String],
    ) -> Result<Vec<TopicConfig>, BrokerError> {
        let limit = self.settings.request_timeout;
        let options = DescribeTopicsOptions::default().timeout(limit);
        let topics = admin.describe_topics(names, options).await;
        let topics = topics.map_err(|error| error::on_query(&error))?;
        let resources = names.iter().map(ConfigResource::topic).collect();
        let mut configs = self.ask_configs(admin, resources).await?;
        let mut found = Vec::with_capacity(names.len());
        // A topic that was deleted meanwhile has no answer, and needs no advice.
        for (name, topic) in topics {
            let (Ok(topic), Some(shown)) = (topic, self.names.shown(&name)) else { continue };
            let replicas = topic.partitions.iter().map(|p| p.replicas.len()).min().unwrap_or(1);
            let entries = configs.remove(&ConfigResource::topic(&name)).unwrap_or_default();
            let configs =
                values(entries, |entry| entry.config_source == super::admin::SET_ON_TOPIC);
            found.push(TopicConfig { name: shown, replicas, configs });
        }
        Ok(found)
    }

    async fn ask_configs(
        &self,
        admin: &AdminClient,
        resources: Vec<ConfigResource>,
    ) -> Result<HashMap<ConfigResource, Vec<ConfigEntry>>, BrokerError> {
        let asked = ASKED.map(str::to_owned).to_vec();
        let options = DescribeConfigsOptions::default()
            .timeout(self.settings.request_timeout)
            .config_names(asked);
        let answers = admin.describe_configs(resources, options).await;
        let answers = answers.map_err(|error| error::on_query(&error))?;
        let answers = answers.into_iter().map(|(resource, entries)| Ok((resource, entries?)));
        let answers: krafka::Result<_> = answers.collect();
        answers.map_err(|error| error::on_query(&error))
    }
}

fn values(entries: Vec<ConfigEntry>, wanted: fn(&ConfigEntry) -> bool) -> HashMap<String, String> {
    let wanted = entries.into_iter().filter(wanted);
    wanted.filter_map(|entry| Some((entry.name, entry.value?))).collect()
}
