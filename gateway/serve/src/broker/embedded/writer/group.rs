//! A group: the jobs that one sync of the journal makes durable together.

use std::{ops::Range, sync::Arc};

use tokio::sync::oneshot;

use crate::broker::{
    BrokerError, Committed, TopicInfo,
    embedded::{
        catalog::Topic,
        entry::{APPEND_FIXED_BYTES, JournalEntry},
        frame::{self, FrameHeader, PartitionKey},
        journal::GROUP_HEADER_BYTES,
        partition::{LogPosition, Partition},
        queue::{Answer, Bases, CommitJob, QueuedFrame, TrimJob},
    },
};

/// Jobs that are being made durable: their bytes, and what to do once they are.
#[derive(Debug, Default)]
pub(super) struct JournalGroup {
    /// Room for the header of the group, then entries.
    pub(super) bytes: Vec<u8>,
    pub(super) changes: Vec<Change>,
    pub(super) answers: Vec<PendingAnswer>,
}

/// A change that readers see once the group is durable.
#[derive(Debug)]
pub(super) enum Change {
    Append {
        topic: Arc<Topic>,
        partition: Arc<Partition>,
        at: LogPosition,
        header: FrameHeader,
        /// The frame, in the bytes of the group.
        frame: Range<usize>,
    },
    Topic(Arc<Topic>),
    Commit {
        group: String,
        partition: PartitionKey,
        committed: Committed,
    },
    Trim {
        partition: Arc<Partition>,
        start: u64,
    },
    Remove(Arc<Topic>),
    Forget {
        group: String,
        topic_id: u32,
    },
}

/// An answer that is held back until the group is durable.
#[derive(Debug)]
pub(super) enum PendingAnswer {
    Produce(oneshot::Sender<Answer<Bases>>, Bases),
    Create(oneshot::Sender<Answer<TopicInfo>>, TopicInfo),
    Done(oneshot::Sender<Answer<()>>),
    Trim(oneshot::Sender<Answer<u64>>, u64),
}

impl JournalGroup {
    pub(super) fn clear(&mut self) {
        self.bytes.clear();
        self.bytes.resize(GROUP_HEADER_BYTES, 0);
        self.changes.clear();
        self.answers.clear();
    }

    /// Gives every frame that can be stored its offset and position.
    pub(super) fn produce(
        &mut self,
        frames: &[u8],
        parts: Vec<QueuedFrame>,
        answer: oneshot::Sender<Answer<Bases>>,
        segment_bytes: u64,
    ) {
        let mut bases = Bases::with_capacity(parts.len());
        let mut rest = frames;
        for part in parts {
            let (frame, after) = rest.split_at(part.header.frame_len());
            rest = after;
            if let Err(error) = part.check() {
                bases.push(Err(error));
                continue;
            }
            let QueuedFrame { topic, partition, header, .. } = part;
            let at = partition.plan(&header, segment_bytes);
            let start = self.bytes.len() + APPEND_FIXED_BYTES;
            JournalEntry::Append { at, header, frame }.encode(&mut self.bytes);
            let header = frame::seal(&mut self.bytes[start..], header, at.offset);
            let frame = start..self.bytes.len();
            self.changes.push(Change::Append { topic, partition, at, header, frame });
            bases.push(Ok(at.offset));
        }
        self.answers.push(PendingAnswer::Produce(answer, bases));
    }

    pub(super) fn create(&mut self, topic: Arc<Topic>, answer: oneshot::Sender<Answer<TopicInfo>>) {
        let info = topic.info();
        let (id, partitions) = (topic.id, info.partitions);
        JournalEntry::Topic { id, partitions, name: topic.name.as_str() }.encode(&mut self.bytes);
        self.changes.push(Change::Topic(topic));
        self.answers.push(PendingAnswer::Create(answer, info));
    }

    pub(super) fn commit(&mut self, job: CommitJob) {
        let CommitJob { group, partition, committed, answer } = job;
        if partition.is_removed() {
            let topic = partition.name.topic.clone();
            drop(answer.send(Err(BrokerError::NoSuchTopic { topic })));
            return;
        }
        let partition = partition.key;
        let (offset, metadata) = (committed.offset, committed.metadata.as_str());
        JournalEntry::Commit { partition, group: &group, offset, metadata }.encode(&mut self.bytes);
        self.changes.push(Change::Commit { group, partition, committed });
        self.answers.push(PendingAnswer::Done(answer));
    }

    pub(super) fn remove(&mut self, topic: Arc<Topic>, answer: oneshot::Sender<Answer<()>>) {
        topic.partitions.iter().for_each(|partition| partition.mark_removed());
        JournalEntry::Remove { topic_id: topic.id }.encode(&mut self.bytes);
        self.changes.push(Change::Remove(topic));
        self.answers.push(PendingAnswer::Done(answer));
    }

    pub(super) fn forget(
        &mut self,
        group: String,
        topic: &Topic,
        answer: oneshot::Sender<Answer<()>>,
    ) {
        let topic_id = topic.id;
        JournalEntry::Forget { topic_id, group: &group }.encode(&mut self.bytes);
        self.changes.push(Change::Forget { group, topic_id });
        self.answers.push(PendingAnswer::Done(answer));
    }

    /// Deletes records for a caller; as late as [`Self::trim`].
    pub(super) fn trim_for(&mut self, job: TrimJob) {
        let TrimJob { partition, before, answer } = job;
        let start = partition.offsets().start;
        if partition.is_removed() {
            let topic = partition.name.topic.clone();
            drop(answer.send(Err(BrokerError::NoSuchTopic { topic })));
        } else if before <= start {
            drop(answer.send(Ok(start)));
        } else {
            self.trim(partition, before);
            self.answers.push(PendingAnswer::Trim(answer, before));
        }
    }

    /// Must come after all appends of the group: an empty partition begins a new segment.
    pub(super) fn trim(&mut self, partition: Arc<Partition>, start: u64) {
        JournalEntry::Trim { partition: partition.key, start }.encode(&mut self.bytes);
        self.changes.push(Change::Trim { partition, start });
    }

    /// The topic that the group makes under that name and does not remove again.
    pub(super) fn made(&self, name: &str) -> Option<Arc<Topic>> {
        self.changes.iter().rev().find_map(|change| match change {
            Change::Topic(topic) if topic.name.as_str() == name => Some(Arc::clone(topic)),
            _ => None,
        })
    }
}

impl PendingAnswer {
    /// Sends the answer. A caller that has gone away is no error.
    pub(super) fn send(self, outcome: Result<(), BrokerError>) {
        match self {
            Self::Produce(answer, bases) => drop(answer.send(outcome.map(|()| bases))),
            Self::Create(answer, info) => drop(answer.send(outcome.map(|()| info))),
            Self::Done(answer) => drop(answer.send(outcome)),
            Self::Trim(answer, start) => drop(answer.send(outcome.map(|()| start))),
        }
    }
}

impl QueuedFrame {
    /// Fails if it can no longer be stored.
    fn check(&self) -> Result<(), BrokerError> {
        if self.partition.is_removed() {
            return Err(BrokerError::NoSuchTopic { topic: self.topic.name.clone() });
        }
        let Some(expected) = self.expected_offset else { return Ok(()) };
        match self.partition.next_offset() {
            next if next == expected => Ok(()),
            next => {
                let partition = self.partition.name.clone();
                Err(BrokerError::NotNext { partition, expected, next })
            }
        }
    }
}
