//! The callers' side of the writer: hands it jobs.

use std::{io, sync::Arc};

use tokio::sync::oneshot;

use super::{
    catalog::Topic,
    inline_writer::InlineWriter,
    log::Log,
    partition::Partition,
    queue::{Answer, CommitJob, Job, TrimJob},
    settings::{COMMIT_METADATA_BYTES_MAX, GROUP_NAME_BYTES_MAX, PARTITIONS_MAX},
    writer::{Writer, WriterEnd},
};
use crate::{
    broker::{BrokerError, Committed, NewTopic, TopicInfo},
    message::TopicName,
};

/// What a job without payload counts for in the queue.
const JOB_FIXED_BYTES: usize = 64;

/// The running writer of an open log, as callers see it.
#[derive(Debug)]
pub(super) struct WriterHandle {
    pub(super) log: Arc<Log>,
    /// The writer itself, in memory; in a folder it runs on a thread.
    inline: Option<InlineWriter>,
    ended: WriterEnd,
}

impl WriterHandle {
    /// Starts the writer: on a thread, or in memory on the threads of its callers.
    ///
    /// # Errors
    /// The thread cannot be started.
    pub(super) fn start(writer: Writer) -> io::Result<Self> {
        let log = writer.log();
        let (inline, ended) = if writer.journal.is_none() {
            let (inline, ended) = InlineWriter::new(writer);
            (Some(inline), ended)
        } else {
            (None, writer.spawn()?)
        };
        Ok(Self { log, inline, ended })
    }

    /// How the writer ended, once it has.
    pub(super) fn ended(&self) -> WriterEnd {
        self.ended.clone()
    }

    /// Takes nothing more; what was taken is still written.
    pub(super) fn close(&self) {
        self.log.queue.close();
        self.run_inline();
    }

    /// Adds a job whose `bytes` were reserved in the queue.
    pub(super) fn push(&self, job: Job, bytes: usize) -> Answer<()> {
        self.log.queue.push(job, bytes)?;
        self.run_inline();
        Ok(())
    }

    fn run_inline(&self) {
        if let Some(inline) = &self.inline {
            inline.run_pending();
        }
    }

    /// Hands a job of about `bytes` to the writer.
    fn send(&self, topic: &TopicName, bytes: usize, job: Job) -> Answer<()> {
        let queue = &self.log.queue;
        if let Some(end) = queue.end() {
            return Err(end.error());
        }
        if !queue.reserve(bytes) {
            return Err(BrokerError::Busy { topic: topic.clone() });
        }
        self.push(job, bytes)
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
        let topic = partition.name.topic.clone();
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
        let topic = partition.name.topic.clone();
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
