//! A broker that reads what another one holds and keeps every change to itself.
//!
//! Commands that are explained are played against it: they find what was stored, committed and
//! made, and what they store, commit and make themselves lies on top of that. Nothing of it reaches
//! the real broker; what it would have been told is noted as [`Deed`]s.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use super::{Broker, BrokerError, Committed, TopicInfo};
use crate::message::TopicName;

mod changes; // what lies on top
mod member; //  a part in a group that nobody hears of
mod read; //    both together
mod answer; //  as a broker

use changes::Changes;

/// What a command would have the real broker do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deed {
    /// Make a topic.
    MakeTopic(TopicInfo),
    /// Delete a topic.
    DeleteTopic(TopicName),
    /// Delete records of a partition.
    DeleteRecords {
        /// The topic.
        topic: TopicName,
        /// Its partition.
        partition: u32,
        /// How many records.
        count: u64,
        /// The offset that it begins at then.
        before: u64,
    },
    /// Make this gateway a member of a group.
    Join {
        /// The group.
        group: String,
        /// The topic it reads.
        topic: TopicName,
    },
    /// Store a group's place.
    Commit {
        /// The group.
        group: String,
        /// The topic it reads.
        topic: TopicName,
        /// The partition.
        partition: u32,
        /// The place.
        committed: Committed,
    },
    /// Forget a group's places.
    ForgetGroup {
        /// The group.
        group: String,
        /// The topic it read.
        topic: TopicName,
    },
}

impl Deed {
    fn topic(&self) -> &TopicName {
        match self {
            Self::MakeTopic(info) => &info.name,
            Self::DeleteTopic(topic)
            | Self::DeleteRecords { topic, .. }
            | Self::Join { topic, .. }
            | Self::Commit { topic, .. }
            | Self::ForgetGroup { topic, .. } => topic,
        }
    }
}

/// One command's view of a broker. Cheap to make; for one command only.
#[derive(Debug)]
pub struct Rehearsal {
    real: Arc<dyn Broker>,
    /// Held for looks and changes only, never across an await. Members note their commits in it.
    changes: Arc<Mutex<Changes>>,
    /// Changes when a record is added on top.
    news: watch::Sender<u64>,
}

impl Rehearsal {
    /// Nothing has changed yet.
    pub fn new(real: Arc<dyn Broker>) -> Self {
        Self { real, changes: Arc::default(), news: watch::Sender::new(0) }
    }

    /// What was done so far, in order, but for what only the gateway itself sees.
    pub fn deeds(&self) -> Vec<Deed> {
        let changes = self.changes();
        changes.deeds.iter().filter(|deed| !deed.topic().is_internal()).cloned().collect()
    }

    /// Says which partitions this gateway has in a group that it is a member of; in others it is
    /// the only member.
    pub fn deal(&self, group: &str, topic: &TopicName, partitions: Vec<u32>) {
        self.changes().dealt.insert((group.to_owned(), topic.clone()), partitions.into());
    }

    fn changes(&self) -> MutexGuard<'_, Changes> {
        lock(&self.changes)
    }
}

fn lock(changes: &Mutex<Changes>) -> MutexGuard<'_, Changes> {
    changes.lock().unwrap_or_else(PoisonError::into_inner)
}

fn no_topic<T>(topic: &TopicName) -> Result<T, BrokerError> {
    Err(BrokerError::NoSuchTopic { topic: topic.clone() })
}

#[cfg(test)]
mod tests;
