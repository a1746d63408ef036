//! The messages of a burst in batches for the broker, one for each partition.

use std::collections::HashMap;

use super::{burst::Outcome, rejection::publish_rejection};
use crate::{
    broker::{Append, Appended, BrokerError},
    message::{Message, Receipt, Record, TopicName, TopicPartition},
};

/// Batches for the broker, and which message of the burst each record is.
#[derive(Default)]
pub(super) struct Batches {
    appends: Vec<Append>,
    /// For each append, the places in the burst of its records.
    places: Vec<Vec<usize>>,
    /// The partition of each append that was taken.
    partitions: Vec<TopicPartition>,
    found: HashMap<TopicPartition, usize>,
}

impl Batches {
    pub(super) fn push(
        &mut self,
        place: usize,
        topic: &TopicName,
        partition: u32,
        message: Message,
    ) {
        if message.expected_offset.is_some() {
            // Alone: what others expect must not decide about it, nor it about others.
            let partition = TopicPartition::new(topic.clone(), partition);
            self.found.remove(&partition);
            let at = self.begin(Append {
                expected_offset: message.expected_offset,
                ..Append::new(partition, Vec::new())
            });
            return self.add(at, place, message.record);
        }
        let goes_on = |last: &Append| {
            let TopicPartition { topic: last_topic, partition: last_partition } = &last.partition;
            *last_partition == partition && last_topic == topic && last.expected_offset.is_none()
        };
        if self.appends.last().is_some_and(goes_on) {
            return self.add(self.appends.len() - 1, place, message.record);
        }
        let key = TopicPartition::new(topic.clone(), partition);
        let at = self.found.get(&key).copied().unwrap_or_else(|| {
            let at = self.begin(Append::new(key.clone(), Vec::new()));
            self.found.insert(key, at);
            at
        });
        self.add(at, place, message.record);
    }

    fn begin(&mut self, append: Append) -> usize {
        self.appends.push(append);
        self.places.push(Vec::new());
        self.appends.len() - 1
    }

    fn add(&mut self, at: usize, place: usize, record: Record) {
        self.appends[at].records.push(record);
        self.places[at].push(place);
    }

    /// The appends, for the broker.
    pub(super) fn take(&mut self) -> Vec<Append> {
        let appends = std::mem::take(&mut self.appends);
        self.partitions = appends.iter().map(|append| append.partition.clone()).collect();
        appends
    }

    /// Notes what became of the appends that were taken; without an answer it is not known.
    pub(super) fn settle(
        self,
        answers: Vec<Result<Appended, BrokerError>>,
        timestamp_ms: i64,
        outcomes: &mut [Option<Outcome>],
    ) {
        let mut answers = answers.into_iter();
        for (partition, places) in self.partitions.into_iter().zip(self.places) {
            let answer = answers.next().unwrap_or_else(|| {
                Err(BrokerError::Unknown { reason: "the publish deadline passed".into() })
            });
            for (nth, place) in places.into_iter().enumerate() {
                outcomes[place] = Some(match &answer {
                    Ok(appended) => Outcome::Stored(Receipt {
                        topic: partition.topic.clone(),
                        partition: partition.partition,
                        offset: appended.offset(nth),
                        timestamp_ms,
                    }),
                    Err(error) => Outcome::Rejected(publish_rejection(error.clone())),
                });
            }
        }
    }
}
