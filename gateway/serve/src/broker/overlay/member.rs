//! A group member that exists in the dry run only.

use std::sync::Arc;

use tokio::sync::watch;

use super::state::{SharedState, lock};
use crate::{
    broker::{BrokerError, BrokerFuture, Committed, GroupMember},
    message::{TopicName, TopicPartition},
};

/// A member whose partitions never change.
#[derive(Debug)]
pub(super) struct OverlayMember {
    pub(super) group: String,
    pub(super) topic: TopicName,
    pub(super) partitions: watch::Sender<Option<Arc<[u32]>>>,
    pub(super) state: SharedState,
}

impl GroupMember for OverlayMember {
    fn partitions(&self) -> watch::Receiver<Option<Arc<[u32]>>> {
        self.partitions.subscribe()
    }

    fn commit(
        &self,
        partition: u32,
        committed: Committed,
    ) -> BrokerFuture<'_, Result<(), BrokerError>> {
        let partition = TopicPartition::new(self.topic.clone(), partition);
        lock(&self.state).commit(&self.group, partition, committed);
        Box::pin(async { Ok(()) })
    }

    fn leave(&self) -> BrokerFuture<'_, ()> {
        Box::pin(async {})
    }
}
