//! Handing work to the writer thread.

use std::sync::Arc;

use tokio::sync::oneshot;

use super::{
    partition::Partition,
    queue::{Answer, CommitJob, End, Job},
    settings::{COMMIT_METADATA_BYTES_MAX, GROUP_NAME_BYTES_MAX, PARTITIONS_MAX},
    shared::Shared,
};
use crate::{
    broker::{BrokerError, Committed, NewTopic, TopicInfo},
    message::TopicName,
};

/// What a job without payload counts for in the queue.
const JOB_FIXED_BYTES: usize = 64;

impl Shared {
    /// After a failure reading goes on, after closing it does not.
    pub(super) fn check_open(&self) -> Answer<()> {
        match self.queue.end() {
            Some(End::Closed) => Err(BrokerError::Closed),
            Some(End::Failed(_)) | None => Ok(()),
        }
    }

    pub(super) fn partition(&self, topic: &TopicName, partition: u32) -> Answer<Arc<Partition>> {
        self.check_open()?;
        self.catalog.topic(topic)?.partition(partition).map(Arc::clone)
    }

    /// Hands a job of about `bytes` to the writer.
    fn send(&self, topic: &TopicName, bytes: usize, job: Job) -> Answer<()> {
        if let Some(end) = self.queue.end() {
            return Err(end.error());
        }
        if !self.queue.reserve(bytes) {
            return Err(BrokerError::Busy { topic: topic.clone() });
        }
        self.queue.push(job, bytes)
    }

    pub(super) fn send_commit(
        &self,
        group: &str,
        partition: Arc<Partition>,
        committed: Committed,
    ) -> Answer<oneshot::Receiver<Answer<()>>> {
        let too_long = |what: &str, max: usize| BrokerError::Refused {
            reason: format!("the {what} of a commit may have {max} bytes"),
        };
        if group.len() > GROUP_NAME_BYTES_MAX {
            return Err(too_long("group", GROUP_NAME_BYTES_MAX));
        }
        if committed.metadata.len() > COMMIT_METADATA_BYTES_MAX {
            return Err(too_long("metadata", COMMIT_METADATA_BYTES_MAX));
        }
        let bytes = JOB_FIXED_BYTES + group.len() + committed.metadata.len();
        let topic = partition.topic.clone();
        let (answer, receiver) = oneshot::channel();
        let job = CommitJob { group: group.to_owned(), partition, committed, answer };
        self.send(&topic, bytes, Job::Commit(Box::new(job)))?;
        Ok(receiver)
    }

    pub(super) fn send_create(
        &self,
        topic: NewTopic,
    ) -> Answer<oneshot::Receiver<Answer<TopicInfo>>> {
        let NewTopic { name, partitions, configs } = topic;
        if let Some((config, _)) = configs.first() {
            let reason = format!("the embedded log has no setting `{config}` for a topic");
            return Err(BrokerError::Refused { reason });
        }
        if partitions == 0 || partitions > PARTITIONS_MAX {
            let reason = format!("a topic has 1 to {PARTITIONS_MAX} partitions, not {partitions}");
            return Err(BrokerError::Refused { reason });
        }
        let topic = name.clone();
        let bytes = JOB_FIXED_BYTES + name.as_str().len();
        let (answer, receiver) = oneshot::channel();
        self.send(&topic, bytes, Job::Create { name, partitions, answer })?;
        Ok(receiver)
    }
}
