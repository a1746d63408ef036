//! The member of every group: this process reads all partitions, since no other can.

use std::sync::Arc;

use tokio::sync::watch;

use super::{handle::WriterHandle, produce};
use crate::{
    broker::{BrokerError, BrokerFuture, Committed, GroupMember},
    message::{TopicName, TopicPartition},
};

/// This process in one group that reads one topic.
#[derive(Debug)]
pub(super) struct EmbeddedMember {
    writer: Arc<WriterHandle>,
    group: String,
    topic: TopicName,
    partitions: watch::Sender<Option<Arc<[u32]>>>,
}

impl EmbeddedMember {
    pub(super) fn new(
        writer: Arc<WriterHandle>,
        group: &str,
        topic: &TopicName,
        count: u32,
    ) -> Self {
        let all: Arc<[u32]> = (0..count).collect();
        let partitions = watch::Sender::new(Some(all));
        Self { writer, group: group.to_owned(), topic: topic.clone(), partitions }
    }
}

impl GroupMember for EmbeddedMember {
    fn partitions(&self) -> watch::Receiver<Option<Arc<[u32]>>> {
        self.partitions.subscribe()
    }

    fn commit(
        &self,
        partition: u32,
        committed: Committed,
    ) -> BrokerFuture<'_, Result<(), BrokerError>> {
        let found = self.writer.log.partition(&TopicPartition::new(self.topic.clone(), partition));
        let sent = found.and_then(|found| self.writer.send_commit(&self.group, found, committed));
        Box::pin(async { produce::answered(sent?.await) })
    }

    fn leave(&self) -> BrokerFuture<'_, ()> {
        Box::pin(async {})
    }
}
