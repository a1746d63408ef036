//! A burst of published messages, from the client's words to the broker's receipt.

use tokio::time::Instant;

use super::{
    Chain, Pipeline,
    batches::{Batches, ByTopic, TopicBurst},
    notes::Notes,
    placement::Placements,
    refusal::broker_refusal,
    shape::Shaper,
};
use crate::{
    broker::{BrokerError, Cluster, NewTopic, TopicInfo},
    message::{ErrorCode, INTERNAL_PREFIX, Message, Receipt, Rejection, TopicName},
    plugin::CallContext,
    telemetry::Counters,
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

/// What all steps of one burst need.
pub(super) struct Course<'c> {
    pub(super) chain: &'c Chain,
    pub(super) counters: &'c Counters,
    pub(super) placements: &'c Placements,
    pub(super) context: &'c CallContext,
    pub(super) deadline: Instant,
}

impl Course<'_> {
    /// Filters and routes: `Some` for each message whose way ends there.
    pub(super) fn shape(
        &self,
        messages: &mut [Message],
        notes: &mut Notes,
    ) -> Vec<Option<Outcome>> {
        let mut outcomes: Vec<Option<Outcome>> = Vec::new();
        outcomes.resize_with(messages.len(), || None);
        if self.chain.plugins().is_empty() {
            return outcomes;
        }
        let mut shaper = Shaper::new(self, notes.are_wanted());
        for (place, (message, outcome)) in messages.iter_mut().zip(&mut outcomes).enumerate() {
            *outcome = shaper.shape(message);
            notes.add(place, shaper.take_steps());
        }
        outcomes
    }
}

/// For a message without an outcome, of which there is none.
fn lost() -> Outcome {
    Outcome::Refused(Rejection::err("the message was lost inside the gateway"))
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
        let placements = &self.placements[cluster.id];
        let course = Course { chain, counters: &self.counters, placements, context, deadline };
        let mut notes = Notes::about(&messages, self.recorder.is_some());
        let mut outcomes = course.shape(&mut messages, &mut notes);
        let bursts = self.by_topic(cluster, messages, deadline, &mut outcomes).await;
        let mut batches = Batches::default();
        for burst in bursts {
            course.place(burst, &mut batches, &mut outcomes, &mut notes);
        }
        let stored = cluster.broker.produce(batches.take());
        let stored = tokio::time::timeout_at(deadline, stored).await.unwrap_or_default();
        batches.settle(stored, context.timestamp_ms, &mut outcomes);
        self.count(&outcomes);
        notes.settle(&outcomes);
        notes.hand_to(self.recorder.as_ref());
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
        let mut sorted = ByTopic::default();
        for (place, message) in messages.into_iter().enumerate() {
            if outcomes[place].is_some() {
                continue;
            }
            let at = match sorted.find(&message.topic) {
                Some(at) => at,
                None => match self.existing_until(deadline, cluster, &message.topic).await {
                    Ok(topic) => sorted.begin(topic),
                    Err(error) => {
                        outcomes[place] = Some(Outcome::Refused(broker_refusal(error)));
                        continue;
                    }
                },
            };
            sorted.bursts[at].messages.push((place, message));
        }
        sorted.bursts
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
