//! What waits for the writer thread: bounded by bytes, and closed for good by a failure.

use std::{
    collections::VecDeque,
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::sync::oneshot;

use super::{catalog::Topic, frame::FrameHeader, partition::Partition};
use crate::{
    broker::{BrokerError, Committed, TopicInfo},
    message::TopicName,
};

/// Work for the writer. Each is answered once, after it is durable.
#[derive(Debug)]
pub(super) enum Job {
    /// Frames of one call; answered with the first offset of each, or why it was not stored.
    Produce { frames: Vec<u8>, parts: Vec<QueuedFrame>, answer: oneshot::Sender<Answer<Bases>> },
    /// A new topic.
    Create { name: TopicName, partitions: u32, answer: oneshot::Sender<Answer<TopicInfo>> },
    /// A topic that goes.
    Delete { name: TopicName, answer: oneshot::Sender<Answer<()>> },
    /// A group's place in a partition.
    Commit(Box<CommitJob>),
    /// A group's places in a topic that go.
    Forget { group: String, topic: Arc<Topic>, answer: oneshot::Sender<Answer<()>> },
    /// Records of a partition that go.
    Trim(TrimJob),
}

/// What became of each append of a job: its first offset, or why it was not stored.
pub(super) type Bases = Vec<Answer<u64>>;

/// Records below an offset that are to be deleted; answered with where the partition starts then.
#[derive(Debug)]
pub(super) struct TrimJob {
    pub(super) partition: Arc<Partition>,
    pub(super) before: u64,
    pub(super) answer: oneshot::Sender<Answer<u64>>,
}

/// A group's place that is to be stored.
#[derive(Debug)]
pub(super) struct CommitJob {
    pub(super) group: String,
    pub(super) partition: Arc<Partition>,
    pub(super) committed: Committed,
    pub(super) answer: oneshot::Sender<Answer<()>>,
}

pub(super) type Answer<T> = Result<T, BrokerError>;

/// One frame of [`Job::Produce`]; frames lie one after the other.
#[derive(Debug)]
pub(super) struct QueuedFrame {
    pub(super) topic: Arc<Topic>,
    pub(super) partition: Arc<Partition>,
    pub(super) header: FrameHeader,
    /// Not stored unless the first record gets this offset.
    pub(super) expected_offset: Option<u64>,
}

/// Jobs in the order in which they came.
#[derive(Debug)]
pub(super) struct Queue {
    bytes_max: usize,
    /// Bytes of jobs that are waiting or being written.
    bytes: AtomicUsize,
    waiting: Mutex<QueueState>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct QueueState {
    jobs: VecDeque<(Job, usize)>,
    end: Option<QueueEnd>,
}

/// Why nothing is taken any more.
#[derive(Clone, Debug)]
pub(super) enum QueueEnd {
    Closed,
    /// Storing failed, for this reason.
    Failed(String),
}

impl QueueEnd {
    /// The answer to whatever comes now; nothing of it was stored.
    pub(super) fn error(&self) -> BrokerError {
        match self {
            Self::Closed => BrokerError::Closed,
            Self::Failed(reason) => BrokerError::Refused { reason: reason.clone() },
        }
    }
}

impl Queue {
    pub(super) fn new(bytes_max: usize) -> Self {
        let (waiting, changed) = (Mutex::default(), Condvar::new());
        Self { bytes_max, bytes: AtomicUsize::new(0), waiting, changed }
    }

    fn lock(&self) -> MutexGuard<'_, QueueState> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes room for `bytes`, or says that there is none.
    pub(super) fn reserve(&self, bytes: usize) -> bool {
        let room = |held: usize| held.checked_add(bytes).filter(|held| *held <= self.bytes_max);
        self.bytes.fetch_update(Ordering::Relaxed, Ordering::Relaxed, room).is_ok()
    }

    /// Gives room back.
    pub(super) fn release(&self, bytes: usize) {
        self.bytes.fetch_sub(bytes, Ordering::Relaxed);
    }

    /// Adds a job whose `bytes` were reserved.
    pub(super) fn push(&self, job: Job, bytes: usize) -> Result<(), BrokerError> {
        let mut waiting = self.lock();
        if let Some(end) = &waiting.end {
            self.release(bytes);
            return Err(end.error());
        }
        waiting.jobs.push_back((job, bytes));
        if waiting.jobs.len() == 1 {
            self.changed.notify_one();
        }
        Ok(())
    }

    /// Moves jobs to `taken`, at most about `bytes_max` of them, and returns their bytes. Waits
    /// for the first one at most `patience`. `None`: the queue has ended and is empty.
    pub(super) fn take(
        &self,
        taken: &mut Vec<Job>,
        bytes_max: usize,
        patience: Duration,
    ) -> Option<usize> {
        let idle = |waiting: &mut QueueState| waiting.jobs.is_empty() && waiting.end.is_none();
        let waited = self.changed.wait_timeout_while(self.lock(), patience, idle);
        let (mut waiting, _) = waited.unwrap_or_else(PoisonError::into_inner);
        if waiting.jobs.is_empty() && waiting.end.is_some() {
            return None;
        }
        let mut bytes = 0;
        while bytes < bytes_max {
            let Some((job, size)) = waiting.jobs.pop_front() else { break };
            bytes += size;
            taken.push(job);
        }
        Some(bytes)
    }

    /// Why nothing is taken any more, if so.
    pub(super) fn end(&self) -> Option<QueueEnd> {
        self.lock().end.clone()
    }

    /// Takes nothing more; what waits is still written.
    pub(super) fn close(&self) {
        self.lock().end.get_or_insert(QueueEnd::Closed);
        self.changed.notify_one();
    }

    /// Takes nothing more, and answers what waits: none of it was written.
    pub(super) fn fail(&self, reason: &str) {
        let dropped = {
            let mut waiting = self.lock();
            waiting.end = Some(QueueEnd::Failed(reason.to_owned()));
            std::mem::take(&mut waiting.jobs)
        };
        for (job, bytes) in dropped {
            self.release(bytes);
            job.refuse(&BrokerError::Refused { reason: reason.to_owned() });
        }
        self.changed.notify_one();
    }
}

impl Job {
    /// Answers with an error. A caller that went away does not mind.
    pub(super) fn refuse(self, error: &BrokerError) {
        match self {
            Self::Produce { answer, .. } => drop(answer.send(Err(error.clone()))),
            Self::Create { answer, .. } => drop(answer.send(Err(error.clone()))),
            Self::Commit(job) => drop(job.answer.send(Err(error.clone()))),
            Self::Delete { answer, .. } | Self::Forget { answer, .. } => {
                drop(answer.send(Err(error.clone())));
            }
            Self::Trim(job) => drop(job.answer.send(Err(error.clone()))),
        }
    }
}
