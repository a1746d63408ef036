//! A burst of messages: what its steps share, its messages by topic, and how each of them ends.

use std::collections::HashMap;

use tokio::time::Instant;

use super::{Chain, partition_load::PartitionLoads};
use crate::{
    broker::TopicInfo,
    message::{Message, Receipt, Rejection, TopicName},
    plugin::CallContext,
    telemetry::Counters,
    trace::Because,
};

/// How a publish ended for one message.
#[derive(Debug)]
pub enum Outcome {
    /// Durable, here.
    Stored(Receipt),
    /// A filter dropped it: acknowledged, not stored.
    Dropped,
    /// Not stored, or with the code `UNKNOWN` perhaps stored.
    Rejected(Rejection),
}

/// What all steps of one burst share.
pub(super) struct BurstContext<'c> {
    pub(super) chain: &'c Chain,
    pub(super) counters: &'c Counters,
    pub(super) loads: &'c PartitionLoads,
    pub(super) context: &'c CallContext,
    /// Plugins must be done by then; what they have not seen is refused.
    pub(super) deadline: Instant,
}

/// The messages of a burst, sorted by topic.
#[derive(Default)]
pub(super) struct MessagesByTopic {
    pub(super) topics: Vec<TopicMessages>,
    found: HashMap<TopicName, usize>,
}

impl MessagesByTopic {
    /// Index of a topic that an earlier message of the burst has: mostly the last one.
    pub(super) fn find(&self, topic: &TopicName) -> Option<usize> {
        let is_last = self.topics.last().is_some_and(|messages| messages.topic.name == *topic);
        if is_last { Some(self.topics.len() - 1) } else { self.found.get(topic).copied() }
    }

    /// Adds a topic and answers its index.
    pub(super) fn begin(&mut self, topic: TopicInfo) -> usize {
        self.found.insert(topic.name.clone(), self.topics.len());
        self.topics.push(TopicMessages { topic, messages: Vec::new() });
        self.topics.len() - 1
    }
}

/// The messages of a burst that go to one topic.
pub(super) struct TopicMessages {
    pub(super) topic: TopicInfo,
    pub(super) messages: Vec<BurstMessage>,
}

/// A message of a burst that no plugin dropped or refused so far.
pub(super) struct BurstMessage {
    /// Its index in the burst.
    pub(super) index: usize,
    pub(super) message: Message,
    /// Why it goes to its partition, once that is fixed.
    pub(super) because: Because,
}

impl BurstMessage {
    /// A message before partitioning: only the client can have named a partition.
    pub(super) fn new(index: usize, message: Message) -> Self {
        let because = match message.partition {
            Some(_) => Because::Named,
            None => Because::Turn,
        };
        Self { index, message, because }
    }

    /// Fixes the partition unless it is fixed already.
    pub(super) fn place(&mut self, partition: u32, because: Because) {
        if self.message.partition.is_none() {
            self.message.partition = Some(partition);
            self.because = because;
        }
    }
}
