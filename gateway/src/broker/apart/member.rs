//! A member of a group whose name has a prefix.

use std::sync::Arc;

use tokio::sync::watch;

use super::names::Names;
use crate::broker::{BrokerError, BrokerFuture, Committed, GroupMember};

/// The shared broker's member; only its errors are put into our words.
#[derive(Debug)]
pub(super) struct Member {
    inner: Arc<dyn GroupMember>,
    names: Names,
}

impl Member {
    pub(super) fn new(inner: Arc<dyn GroupMember>, names: Names) -> Self {
        Self { inner, names }
    }
}

impl GroupMember for Member {
    fn partitions(&self) -> watch::Receiver<Option<Arc<[u32]>>> {
        self.inner.partitions()
    }

    fn commit(
        &self,
        partition: u32,
        committed: Committed,
    ) -> BrokerFuture<'_, Result<(), BrokerError>> {
        let committing = self.inner.commit(partition, committed);
        Box::pin(async move { committing.await.map_err(|error| self.names.error(error)) })
    }

    fn leave(&self) -> BrokerFuture<'_, ()> {
        self.inner.leave()
    }
}
