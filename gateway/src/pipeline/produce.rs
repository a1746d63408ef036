//! A burst of published messages, from the client's words to the broker's receipt.

use std::collections::HashMap;

use tokio::time::Instant;

use super::{
    Chain, Pipeline,
    place::{Batches, Placer, TopicBurst},
    refusal::broker_refusal,
    shape::Shaper,
};
use crate::{
    broker::{BrokerError, Cluster, NewTopic, TopicInfo},
    message::{ErrorCode, INTERNAL_PREFIX, Message, Receipt, Rejection, TopicName},
    plugin::CallContext,
};

/// How the way of one published message ended.
#[derive(Debug)]
pub enum Outcome {
    /// Durable, here.
    Stored(Receipt),
    /// A filter dropped it: acknowledged, not stored.
    Dropped,
    /// Not stored, or with the code `UNKNOWN` perhaps stored.
    Refused(Rejection),
}

impl Pipeline {
    /// Takes a burst of messages through the chain and stores what is left of it in `cluster`.
    ///
    /// Answers one outcome for each message, in the same order, within the publish deadline.
    pub async fn produce(
        &self,
        chain: &Chain,
        cluster: &Cluster,
        context: &CallContext,
        mut messages: Vec<Message>,
    ) -> Vec<Outcome> {
        let deadline = Instant::now() + self.settings.publish_deadline;
        let count = messages.len();
        let mut outcomes: Vec<Option<Outcome>> = Vec::new();
        outcomes.resize_with(count, || None);
        if !chain.plugins().is_empty() {
            let mut shaper = Shaper::new(chain, &self.counters, context, deadline);
            for (message, outcome) in messages.iter_mut().zip(&mut outcomes) {
                *outcome = shaper.shape(message);
            }
        }
        let bursts = self.by_topic(cluster, messages, deadline, &mut outcomes).await;
        let mut batches = Batches::default();
        let placer = Placer {
            pipeline: self,
            chain,
            placements: &self.placements[cluster.id],
            context,
            deadline,
        };
        for burst in bursts {
            placer.place(burst, &mut batches, &mut outcomes);
        }
        let stored = cluster.broker.produce(batches.take());
        let stored = tokio::time::timeout_at(deadline, stored).await.unwrap_or_default();
        batches.settle(stored, context.timestamp_ms, &mut outcomes);
        self.count(&outcomes);
        let lost = || Outcome::Refused(Rejection::err("the message was lost inside the gateway"));
        outcomes.into_iter().map(|outcome| outcome.unwrap_or_else(lost)).collect()
    }

    /// Sorts the messages that are still under way by topic; makes topics that may be made.
    async fn by_topic(
        &self,
        cluster: &Cluster,
        messages: Vec<Message>,
        deadline: Instant,
        outcomes: &mut [Option<Outcome>],
    ) -> Vec<TopicBurst> {
        let mut bursts: Vec<TopicBurst> = Vec::new();
        let mut found: HashMap<TopicName, usize> = HashMap::new();
        for (place, message) in messages.into_iter().enumerate() {
            if outcomes[place].is_some() {
                continue;
            }
            let same = bursts.last().is_some_and(|burst| burst.topic.name == message.topic);
            let known =
                if same { Some(bursts.len() - 1) } else { found.get(&message.topic).copied() };
            let at = match known {
                Some(at) => at,
                None => match self.existing_until(deadline, cluster, &message.topic).await {
                    Ok(topic) => {
                        found.insert(topic.name.clone(), bursts.len());
                        bursts.push(TopicBurst { topic, messages: Vec::new() });
                        bursts.len() - 1
                    }
                    Err(error) => {
                        outcomes[place] = Some(Outcome::Refused(broker_refusal(error)));
                        continue;
                    }
                },
            };
            bursts[at].messages.push((place, message));
        }
        bursts
    }

    /// The same as [`Self::existing`], within the time that is left.
    async fn existing_until(
        &self,
        deadline: Instant,
        cluster: &Cluster,
        name: &TopicName,
    ) -> Result<TopicInfo, BrokerError> {
        let found = tokio::time::timeout_at(deadline, self.existing(cluster, name)).await;
        found.unwrap_or_else(|_| {
            let reason = format!("the publish deadline passed while `{name}` was looked for");
            Err(BrokerError::Unreachable { reason })
        })
    }

    /// The topic, made if it is missing and may be made.
    ///
    /// # Errors
    /// `NoSuchTopic` if it may not; otherwise the broker's.
    pub async fn existing(
        &self,
        cluster: &Cluster,
        name: &TopicName,
    ) -> Result<TopicInfo, BrokerError> {
        if name.is_internal() {
            let reason = format!("`{name}` is a topic of the gateway itself");
            return Err(BrokerError::Refused { reason });
        }
        let broker = &cluster.broker;
        if let Some(topic) = broker.topic(name.as_str()) {
            return Ok(topic);
        }
        if let Some(topic) = broker.look_up(name).await? {
            return Ok(topic);
        }
        if !self.settings.create_topics {
            return Err(BrokerError::NoSuchTopic { topic: name.clone() });
        }
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

    /// Makes a topic, unless there are as many as there may be.
    ///
    /// # Errors
    /// `Refused` if there are; otherwise the broker's.
    pub async fn create_topic(
        &self,
        cluster: &Cluster,
        topic: NewTopic,
    ) -> Result<TopicInfo, BrokerError> {
        if topic.name.is_internal() {
            let reason = format!("names that begin with `{INTERNAL_PREFIX}` are the gateway's own");
            return Err(BrokerError::Refused { reason });
        }
        let (broker, most) = (&cluster.broker, self.settings.topics_max);
        if broker.topic(topic.name.as_str()).is_none() && broker.topics().await?.len() >= most {
            let reason = format!("there are {most} topics, as many as `topics.max` allows");
            return Err(BrokerError::Refused { reason });
        }
        broker.create_topic(topic).await
    }

    fn count(&self, outcomes: &[Option<Outcome>]) {
        let (mut stored, mut dropped, mut rejected, mut unknown) = (0, 0, 0, 0);
        for outcome in outcomes {
            match outcome {
                Some(Outcome::Stored(_)) => stored += 1,
                Some(Outcome::Dropped) => dropped += 1,
                Some(Outcome::Refused(r)) if r.code == ErrorCode::Unknown => {
                    unknown += 1;
                }
                Some(Outcome::Refused(_)) | None => rejected += 1,
            }
        }
        self.counters.messages_published.add(outcomes.len() as u64);
        self.counters.messages_stored.add(stored);
        self.counters.messages_dropped.add(dropped);
        self.counters.messages_rejected.add(rejected);
        self.counters.messages_unknown.add(unknown);
    }
}
