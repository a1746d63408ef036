//! Topics that a publish needs: looked up, and created where that is allowed.

use super::Pipeline;
use crate::{
    broker::{BrokerError, Cluster, NewTopic, TopicInfo},
    message::{INTERNAL_PREFIX, TopicName},
};

impl Pipeline {
    /// The topic, made if it is missing and may be made.
    ///
    /// # Errors
    /// `NoSuchTopic` if it may not; otherwise the broker's.
    pub async fn ensure_topic(
        &self,
        cluster: &Cluster,
        name: &TopicName,
    ) -> Result<TopicInfo, BrokerError> {
        if let Some(topic) = self.known(cluster, name).await? {
            return Ok(topic);
        }
        let broker = &cluster.broker;
        let mut made = broker.watch_topics();
        match self
            .create_topic(cluster, NewTopic::new(name.clone(), self.settings.partitions))
            .await
        {
            Err(BrokerError::TopicExists { .. }) => {}
            other => return other,
        }
        // Another session is making it, and it shows once that is durable.
        let shown = async {
            loop {
                if let Some(topic) = broker.topic(name.as_str()) {
                    return Ok(topic);
                }
                if made.changed().await.is_err() {
                    return Err(BrokerError::Closed);
                }
            }
        };
        let limit = self.settings.publish_deadline;
        let missing = BrokerError::NoSuchTopic { topic: name.clone() };
        tokio::time::timeout(limit, shown).await.unwrap_or(Err(missing))
    }

    /// The topic, if it exists; asked for where it is not known here yet.
    ///
    /// # Errors
    /// `Refused` for topics of the gateway itself, `NoSuchTopic` where none may be made.
    async fn known(
        &self,
        cluster: &Cluster,
        name: &TopicName,
    ) -> Result<Option<TopicInfo>, BrokerError> {
        if name.is_internal() {
            let reason = format!("`{name}` is a topic of the gateway itself");
            return Err(BrokerError::Refused { reason });
        }
        if let Some(topic) = cluster.broker.topic(name.as_str()) {
            return Ok(Some(topic));
        }
        let found = cluster.broker.look_up(name).await?;
        if found.is_none() && !self.settings.create_topics {
            return Err(BrokerError::NoSuchTopic { topic: name.clone() });
        }
        Ok(found)
    }

    /// Makes a topic, unless there are as many as there may be.
    ///
    /// # Errors
    /// `Refused` if there are; otherwise the broker's.
    pub async fn create_topic(
        &self,
        cluster: &Cluster,
        topic: NewTopic,
    ) -> Result<TopicInfo, BrokerError> {
        self.may_make(cluster, &topic.name).await?;
        cluster.broker.create_topic(topic).await
    }

    /// # Errors
    /// `Refused` if a topic of this name may not be made.
    async fn may_make(&self, cluster: &Cluster, name: &TopicName) -> Result<(), BrokerError> {
        if name.is_internal() {
            let reason = format!("names that begin with `{INTERNAL_PREFIX}` are the gateway's own");
            return Err(BrokerError::Refused { reason });
        }
        let (broker, most) = (&cluster.broker, self.settings.topics_max);
        if broker.topic(name.as_str()).is_none() && broker.topics().await?.len() >= most {
            let reason = format!("there are {most} topics, as many as `topics.max` allows");
            return Err(BrokerError::Refused { reason });
        }
        Ok(())
    }
}
