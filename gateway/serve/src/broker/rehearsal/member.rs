//! A part in a group that nobody else hears of.

use std::sync::{Arc, Mutex};

use tokio::sync::watch;

use super::{changes::Changes, lock};
use crate::{
    broker::{BrokerError, BrokerFuture, Committed, GroupMember},
    message::TopicName,
};

/// A member whose partitions never move.
#[derive(Debug)]
pub(super) struct Member {
    pub(super) group: String,
    pub(super) topic: TopicName,
    pub(super) partitions: watch::Sender<Option<Arc<[u32]>>>,
    pub(super) changes: Arc<Mutex<Changes>>,
}

impl GroupMember for Member {
    fn partitions(&self) -> watch::Receiver<Option<Arc<[u32]>>> {
        self.partitions.subscribe()
    }

    fn commit(
        &self,
        partition: u32,
        committed: Committed,
    ) -> BrokerFuture<'_, Result<(), BrokerError>> {
        lock(&self.changes).commit(&self.group, &self.topic, (partition, committed));
        Box::pin(async { Ok(()) })
    }

    fn leave(&self) -> BrokerFuture<'_, ()> {
        Box::pin(async {})
    }
}
