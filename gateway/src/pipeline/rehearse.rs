//! Rehearsals: what the chain would do, told without storing or changing anything.
//!
//! The caller brings a chain of twins ([`Chain::twin`]); what a rehearsal counts is thrown away.

use std::sync::Arc;

use arc_swap::ArcSwap;
use tokio::time::Instant;

use super::{
    Chain, Consumed, Outcome, Pipeline,
    batches::{Batches, ByTopic, TopicBurst},
    notes::Notes,
    placement::Placements,
    produce::{Course, lost},
    refusal::broker_refusal,
};
use crate::{
    broker::{Append, Appended, BrokerError, Cluster, Clusters, TopicInfo},
    login::Decision,
    message::{Credentials, Message, StoredRecord, TopicName},
    plugin::CallContext,
    telemetry::Counters,
    trace::{Recorder, Trace},
};

impl Pipeline {
    /// Twins of the plugins in front of other brokers, with a trace of every message for
    /// `recorder`. What it counts and remembers is its own; it begins as this one is now.
    #[must_use]
    pub fn twin(&self, clusters: Clusters, recorder: Arc<Recorder>) -> Self {
        Self {
            chain: ArcSwap::from_pointee(self.chain().twin()),
            clusters,
            placements: self.placements.iter().map(Placements::copy).collect(),
            settings: self.settings.clone(),
            counters: Arc::default(),
            recorder: Some(recorder),
        }
    }

    /// What [`Pipeline::produce`] would answer if nobody else published meanwhile, and why.
    ///
    /// Nothing is stored, no topic is made, and the next real message goes where it would have gone.
    pub async fn rehearse(
        &self,
        twins: &Chain,
        cluster: &Cluster,
        context: &CallContext,
        mut messages: Vec<Message>,
    ) -> Vec<(Outcome, Trace)> {
        let (counters, placements) = (Counters::default(), self.placements[cluster.id].copy());
        let deadline = Instant::now() + self.settings.publish_deadline;
        let (chain, counters, placements) = (twins, &counters, &placements);
        let course = Course { chain, counters, placements, context, deadline };
        let mut notes = Notes::about(&messages, true);
        let mut outcomes = course.shape(&mut messages, &mut notes);
        let bursts = self.foreseen(cluster, messages, &mut outcomes).await;
        let missing = bursts.iter().filter(|burst| burst.is_missing);
        let missing: Vec<_> = missing.map(|burst| burst.topic.name.clone()).collect();
        let mut batches = Batches::default();
        for burst in bursts {
            course.place(burst, &mut batches, &mut outcomes, &mut notes);
        }
        let mut foretold = Vec::new();
        for append in batches.take() {
            foretold.push(foretell(cluster, &append, missing.contains(&append.topic)).await);
        }
        batches.settle(foretold, context.timestamp_ms, &mut outcomes);
        notes.settle(&outcomes);
        let outcomes = outcomes.into_iter().map(|outcome| outcome.unwrap_or_else(lost));
        outcomes.zip(notes.into_traces()).collect()
    }

    /// What [`Pipeline::consume`] would answer, and the way of each record that was looked at.
    pub fn rehearse_consume(
        &self,
        twins: &Chain,
        context: &CallContext,
        place: (&TopicName, u32),
        records: Vec<StoredRecord>,
    ) -> (Consumed, Vec<Trace>) {
        let counters = Counters::default();
        super::consume::consume((twins, &counters), context, place, records, true)
    }

    /// What [`Pipeline::authenticate`] would decide, and why. Stores are asked as the twins may.
    pub async fn rehearse_login(&self, twins: &Chain, login: Credentials) -> (Decision, Trace) {
        super::authenticate::decide((twins, &Counters::default()), login, true).await
    }

    /// Sorts the messages by topic; topics that are missing are not made, only told of.
    async fn foreseen(
        &self,
        cluster: &Cluster,
        messages: Vec<Message>,
        outcomes: &mut [Option<Outcome>],
    ) -> Vec<TopicBurst> {
        let mut sorted = ByTopic::default();
        for (place, message) in messages.into_iter().enumerate() {
            if outcomes[place].is_some() {
                continue;
            }
            let at = match sorted.find(&message.topic) {
                Some(at) => at,
                None => match self.existing_or_possible(cluster, &message.topic).await {
                    Ok((topic, is_missing)) => sorted.begin(topic, is_missing),
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

    /// The topic, or what it would be made as; true if it is missing.
    async fn existing_or_possible(
        &self,
        cluster: &Cluster,
        name: &TopicName,
    ) -> Result<(TopicInfo, bool), BrokerError> {
        if let Some(topic) = self.known(cluster, name).await? {
            return Ok((topic, false));
        }
        self.may_make(cluster, name).await?;
        Ok((TopicInfo { name: name.clone(), partitions: self.settings.partitions }, true))
    }
}

/// Where the broker would put an append.
async fn foretell(
    cluster: &Cluster,
    append: &Append,
    is_missing: bool,
) -> Result<Appended, BrokerError> {
    let Append { topic, partition, expected_offset, .. } = append;
    let end = if is_missing { 0 } else { cluster.broker.offsets(topic, *partition).await?.end };
    match *expected_offset {
        Some(_) if !cluster.broker.expects_offsets() => {
            let reason = "this broker gives offsets itself".to_owned();
            Err(BrokerError::Refused { reason })
        }
        Some(expected) if expected != end => {
            Err(BrokerError::NotNext { topic: topic.clone(), expected, next: end })
        }
        _ => Ok(Appended::run(end)),
    }
}
