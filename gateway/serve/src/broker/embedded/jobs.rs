//! Handing work to the writer.

use std::sync::Arc;

use tokio::sync::oneshot;

use super::{
    catalog::Topic,
    partition::Partition,
    queue::{Answer, CommitJob, End, Job, TrimJob},
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
    /// Takes nothing more; what was taken is still written.
    pub(super) fn close(&self) {
        self.queue.close();
        self.at_hand.work();
    }

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
        self.queue.push(job, bytes)?;
        self.at_hand.work();
        Ok(())
    }

    pub(super) fn send_commit(
        &self,
        group: &str,
        partition: Arc<Partition>,
        committed: Committed,
    ) -> Answer<oneshot::Receiver<Answer<()>>> {
        check_group(group)?;
        if committed.metadata.len() > COMMIT_METADATA_BYTES_MAX {
            let most = COMMIT_METADATA_BYTES_MAX;
            let reason = format!("the metadata of a commit may have {most} bytes");
            return Err(BrokerError::Refused { reason });
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
        check_topic(&topic)?;
        let NewTopic { name, partitions, .. } = topic;
        let topic = name.clone();
        let bytes = JOB_FIXED_BYTES + name.as_str().len();
        let (answer, receiver) = oneshot::channel();
        self.send(&topic, bytes, Job::Create { name, partitions, answer })?;
        Ok(receiver)
    }

    pub(super) fn send_delete(&self, name: &TopicName) -> Answer<oneshot::Receiver<Answer<()>>> {
        let bytes = JOB_FIXED_BYTES + name.as_str().len();
        let (answer, receiver) = oneshot::channel();
        self.send(name, bytes, Job::Delete { name: name.clone(), answer })?;
        Ok(receiver)
    }

    pub(super) fn send_trim(
        &self,
        partition: Arc<Partition>,
        before: u64,
    ) -> Answer<oneshot::Receiver<Answer<u64>>> {
        let end = partition.offsets().end;
        if before > end {
            let reason = format!("records below {before} cannot be deleted, the end is {end}");
            return Err(BrokerError::Refused { reason });
        }
        let topic = partition.topic.clone();
        let (answer, receiver) = oneshot::channel();
        let job = Job::Trim(TrimJob { partition, before, answer });
        self.send(&topic, JOB_FIXED_BYTES, job)?;
        Ok(receiver)
    }

    pub(super) fn send_forget(
        &self,
        group: &str,
        topic: Arc<Topic>,
    ) -> Answer<oneshot::Receiver<Answer<()>>> {
        check_group(group)?;
        let (name, group) = (topic.name.clone(), group.to_owned());
        let bytes = JOB_FIXED_BYTES + group.len();
        let (answer, receiver) = oneshot::channel();
        self.send(&name, bytes, Job::Forget { group, topic, answer })?;
        Ok(receiver)
    }
}

/// Refuses settings that this log does not have.
pub(super) fn check_topic(topic: &NewTopic) -> Answer<()> {
    let NewTopic { partitions, configs, .. } = topic;
    if let Some((config, _)) = configs.first() {
        let reason = format!("the embedded log has no setting `{config}` for a topic");
        return Err(BrokerError::Refused { reason });
    }
    if *partitions == 0 || *partitions > PARTITIONS_MAX {
        let reason = format!("a topic has 1 to {PARTITIONS_MAX} partitions, not {partitions}");
        return Err(BrokerError::Refused { reason });
    }
    Ok(())
}

fn check_group(group: &str) -> Answer<()> {
    if group.len() <= GROUP_NAME_BYTES_MAX {
        return Ok(());
    }
    let reason = format!("the name of a group may have {GROUP_NAME_BYTES_MAX} bytes");
    Err(BrokerError::Refused { reason })
}
