//! What Kafka's own settings mean for what the gateway promises.

use std::{collections::HashMap, fmt};

use krafka::admin::{
    AdminClient, ConfigEntry, ConfigResource, DescribeClusterOptions, DescribeConfigsOptions,
    DescribeTopicsOptions,
};

use self::judge::{Found, FoundTopic, judge};
use super::{Kafka, fault};
use crate::broker::BrokerError;

mod check;
mod judge;

pub use check::{ClusterReport, check_connection};

/// Settings of Kafka that touch the promises; the last is called otherwise for a topic.
const ASKED: [&str; 6] = [
    judge::REPLICAS,
    judge::IN_SYNC,
    judge::UNCLEAN,
    judge::AUTO_CREATE,
    judge::BYTES_MAX,
    judge::TOPIC_BYTES_MAX,
];
/// Topics asked about in one request.
const TOPICS_AT_ONCE: usize = 200;

/// What the gateway promises, as far as Kafka has to keep it.
#[derive(Clone, Copy, Debug)]
pub struct Promises {
    /// Largest value a client may send.
    pub value_bytes_max: usize,
    /// Copies that each record should have.
    pub replicas: u32,
}

/// Something about Kafka that weakens a promise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Advice {
    /// What it is, and what it means.
    pub problem: String,
    /// What to do.
    pub hint: String,
}

impl fmt::Display for Advice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {}", self.problem, self.hint)
    }
}

impl Kafka {
    /// Compares Kafka's settings with the promises.
    ///
    /// # Errors
    /// `Unreachable`; `Refused` where the gateway may not read Kafka's settings.
    pub async fn advice(&self, promises: Promises) -> Result<Vec<Advice>, BrokerError> {
        let asked = async {
            let admin = self.links[1].kafka().await?.admin();
            let mut found = self.ask_cluster(&admin).await?;
            let topics = self.topics.list().await?;
            let names: Vec<_> = topics.iter().map(|topic| self.names.topic(&topic.name)).collect();
            for names in names.chunks(TOPICS_AT_ONCE) {
                found.topics.extend(self.ask_topics(&admin, names).await?);
            }
            Ok(found)
        };
        let found = asked.await?;
        Ok(judge(&found, promises))
    }

    async fn ask_cluster(&self, admin: &AdminClient) -> Result<Found, BrokerError> {
        let limit = self.settings.request_timeout;
        let cluster = admin
            .describe_cluster(DescribeClusterOptions::default().timeout(limit))
            .await
            .map_err(|error| fault::asking(&error))?;
        let brokers = cluster.brokers.len();
        let one = cluster.brokers.first().map(|broker| ConfigResource::broker(broker.id));
        let mut answers = self.ask_configs(admin, one.into_iter().collect()).await?;
        let defaults = answers.drain().next().map(|(_, entries)| values(entries, |_| true));
        let mut defaults = defaults.unwrap_or_default();
        if let Some(replicas) = self.settings.replicas {
            // What the gateway asks for goes before Kafka's default.
            defaults.insert(judge::REPLICAS.to_owned(), replicas.to_string());
        }
        Ok(Found { brokers, defaults, topics: Vec::new() })
    }

    async fn ask_topics(
        &self,
        admin: &AdminClient,
        names: &[String],
    ) -> Result<Vec<FoundTopic>, BrokerError> {
        let limit = self.settings.request_timeout;
        let options = DescribeTopicsOptions::default().timeout(limit);
        let topics = admin.describe_topics(names, options).await;
        let topics = topics.map_err(|error| fault::asking(&error))?;
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
            found.push(FoundTopic { name: shown, replicas, configs });
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
        let answers = answers.map_err(|error| fault::asking(&error))?;
        let answers = answers.into_iter().map(|(resource, entries)| Ok((resource, entries?)));
        let answers: krafka::Result<_> = answers.collect();
        answers.map_err(|error| fault::asking(&error))
    }
}

fn values(entries: Vec<ConfigEntry>, wanted: fn(&ConfigEntry) -> bool) -> HashMap<String, String> {
    let wanted = entries.into_iter().filter(wanted);
    wanted.filter_map(|entry| Some((entry.name, entry.value?))).collect()
}
