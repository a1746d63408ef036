//! Produce: a burst of messages from the client through the chain to the broker.

use tokio::time::Instant;

use super::{
    Chain, Pipeline,
    batches::Batches,
    burst::{BurstContext, BurstMessage, MessagesByTopic, Outcome, TopicMessages},
    rejection::publish_rejection,
    traces::Traces,
};
use crate::{
    broker::{BrokerError, Cluster, TopicInfo},
    message::{ErrorCode, Message, Rejection, TopicName},
    plugin::CallContext,
};

/// For a message without an outcome, of which there is none.
fn lost() -> Outcome {
    Outcome::Rejected(Rejection::err("the message was lost inside the gateway"))
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
        let loads = &self.partition_loads[cluster.index.0];
        let burst = BurstContext { chain, counters: &self.counters, loads, context, deadline };
        let mut traces = Traces::new(self.recorder.as_ref());
        traces.begin_published(&messages);
        let mut outcomes = burst.filter_and_route(&mut messages, &mut traces);
        let by_topic = self.by_topic(cluster, messages, deadline, &mut outcomes).await;
        let mut batches = Batches::default();
        for messages in by_topic {
            burst.partition_and_encode(messages, &mut batches, &mut outcomes, &mut traces);
        }
        let stored = cluster.broker.produce(batches.take());
        let stored = tokio::time::timeout_at(deadline, stored).await.unwrap_or_default();
        batches.settle(stored, context.timestamp_ms, &mut outcomes);
        self.count(&outcomes);
        traces.settle(&outcomes);
        traces.hand_to(self.recorder.as_ref());
        outcomes.into_iter().map(|outcome| outcome.unwrap_or_else(lost)).collect()
    }

    /// Sorts the messages that are still under way by topic; makes topics that may be made.
    async fn by_topic(
        &self,
        cluster: &Cluster,
        messages: Vec<Message>,
        deadline: Instant,
        outcomes: &mut [Option<Outcome>],
    ) -> Vec<TopicMessages> {
        let mut sorted = MessagesByTopic::default();
        for (place, message) in messages.into_iter().enumerate() {
            if outcomes[place].is_some() {
                continue;
            }
            let at = match sorted.find(&message.topic) {
                Some(at) => at,
                None => match self.ensure_topic_until(deadline, cluster, &message.topic).await {
                    Ok(topic) => sorted.begin(topic),
                    Err(error) => {
                        outcomes[place] = Some(Outcome::Rejected(publish_rejection(error)));
                        continue;
                    }
                },
            };
            sorted.topics[at].messages.push(BurstMessage::new(place, message));
        }
        sorted.topics
    }

    /// The same as [`Self::ensure_topic`], within the time that is left.
    async fn ensure_topic_until(
        &self,
        deadline: Instant,
        cluster: &Cluster,
        name: &TopicName,
    ) -> Result<TopicInfo, BrokerError> {
        let found = tokio::time::timeout_at(deadline, self.ensure_topic(cluster, name)).await;
        found.unwrap_or_else(|_| {
            let reason = format!("the publish deadline passed while `{name}` was looked for");
            Err(BrokerError::Unreachable { reason })
        })
    }

    fn count(&self, outcomes: &[Option<Outcome>]) {
        let (mut stored, mut dropped, mut rejected, mut unknown) = (0, 0, 0, 0);
        for outcome in outcomes {
            match outcome {
                Some(Outcome::Stored(_)) => stored += 1,
                Some(Outcome::Dropped) => dropped += 1,
                Some(Outcome::Rejected(r)) if r.code == ErrorCode::Unknown => {
                    unknown += 1;
                }
                Some(Outcome::Rejected(_)) | None => rejected += 1,
            }
        }
        self.counters.messages_published.add(outcomes.len() as u64);
        self.counters.messages_stored.add(stored);
        self.counters.messages_dropped.add(dropped);
        self.counters.messages_rejected.add(rejected);
        self.counters.messages_unknown.add(unknown);
    }
}
