//! A group: what one sync makes durable together.

use std::{ops::Range, sync::Arc};

use tokio::sync::oneshot;

use super::{
    catalog::Topic,
    entry::{APPEND_FIXED_BYTES, Entry},
    frame::{self, FrameHeader},
    journal::GROUP_HEADER_BYTES,
    partition::{Partition, Place},
    queue::{Answer, CommitJob, Part},
};
use crate::broker::{BrokerError, Committed, TopicInfo};

/// Jobs that are being made durable: their bytes, and what to do once they are.
#[derive(Debug, Default)]
pub(super) struct Group {
    /// Room for the header of the group, then entries.
    pub(super) bytes: Vec<u8>,
    pub(super) changes: Vec<Change>,
    pub(super) answers: Vec<Pending>,
}

/// What readers will see once the group is durable.
#[derive(Debug)]
pub(super) enum Change {
    Append {
        topic: Arc<Topic>,
        partition: Arc<Partition>,
        place: Place,
        header: FrameHeader,
        /// The frame, in the bytes of the group.
        frame: Range<usize>,
    },
    Topic(Arc<Topic>),
    Commit {
        group: String,
        place: (u32, u32),
        committed: Committed,
    },
    Trim {
        partition: Arc<Partition>,
        start: u64,
    },
}

/// An answer that is held back until the group is durable.
#[derive(Debug)]
pub(super) enum Pending {
    Produce(oneshot::Sender<Answer<Vec<u64>>>, Vec<u64>),
    Create(oneshot::Sender<Answer<TopicInfo>>, TopicInfo),
    Commit(oneshot::Sender<Answer<()>>),
}

impl Group {
    pub(super) fn clear(&mut self) {
        self.bytes.clear();
        self.bytes.resize(GROUP_HEADER_BYTES, 0);
        self.changes.clear();
        self.answers.clear();
    }

    /// Gives every frame its place.
    pub(super) fn produce(
        &mut self,
        frames: &[u8],
        parts: Vec<Part>,
        answer: oneshot::Sender<Answer<Vec<u64>>>,
        segment_bytes: u64,
    ) {
        let mut offsets = Vec::with_capacity(parts.len());
        let mut rest = frames;
        for Part { topic, partition, header } in parts {
            let (frame, after) = rest.split_at(header.frame_len());
            rest = after;
            let place = partition.plan(&header, segment_bytes);
            let start = self.bytes.len() + APPEND_FIXED_BYTES;
            Entry::Append { place, header, frame }.encode(&mut self.bytes);
            let header = frame::seal(&mut self.bytes[start..], header, place.offset);
            let frame = start..self.bytes.len();
            self.changes.push(Change::Append { topic, partition, place, header, frame });
            offsets.push(place.offset);
        }
        self.answers.push(Pending::Produce(answer, offsets));
    }

    pub(super) fn create(&mut self, topic: Arc<Topic>, answer: oneshot::Sender<Answer<TopicInfo>>) {
        let info = topic.info();
        let (id, partitions) = (topic.id, info.partitions);
        Entry::Topic { id, partitions, name: topic.name.as_str() }.encode(&mut self.bytes);
        self.changes.push(Change::Topic(topic));
        self.answers.push(Pending::Create(answer, info));
    }

    pub(super) fn commit(&mut self, job: CommitJob) {
        let CommitJob { group, partition, committed, answer } = job;
        let (topic_id, partition) = (partition.topic_id, partition.number);
        let (offset, metadata) = (committed.offset, committed.metadata.as_str());
        Entry::Commit { topic_id, partition, group: &group, offset, metadata }
            .encode(&mut self.bytes);
        self.changes.push(Change::Commit { group, place: (topic_id, partition), committed });
        self.answers.push(Pending::Commit(answer));
    }

    /// Must come after all appends of the group: a partition that becomes empty begins anew.
    pub(super) fn trim(&mut self, partition: Arc<Partition>, start: u64) {
        let (topic_id, number) = (partition.topic_id, partition.number);
        Entry::Trim { topic_id, partition: number, start }.encode(&mut self.bytes);
        self.changes.push(Change::Trim { partition, start });
    }

    /// True if the group makes a topic of that name.
    pub(super) fn creates(&self, name: &str) -> bool {
        self.changes.iter().any(|change| match change {
            Change::Topic(topic) => topic.name.as_str() == name,
            Change::Append { .. } | Change::Commit { .. } | Change::Trim { .. } => false,
        })
    }
}

impl Pending {
    /// Answers. A caller that went away does not mind.
    pub(super) fn send(self, outcome: Result<(), BrokerError>) {
        match self {
            Self::Produce(answer, offsets) => drop(answer.send(outcome.map(|()| offsets))),
            Self::Create(answer, info) => drop(answer.send(outcome.map(|()| info))),
            Self::Commit(answer) => drop(answer.send(outcome)),
        }
    }
}
