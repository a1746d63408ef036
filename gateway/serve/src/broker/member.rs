//! A gateway's part in a consumer group.

use std::{fmt, sync::Arc};

use tokio::sync::watch;

use super::{BrokerError, BrokerFuture, Committed};

/// One gateway's part in a group that reads one topic: its partitions, and its commits.
///
/// It stays in the group, whatever its clients do, until it leaves or is dropped.
pub trait GroupMember: Send + Sync + fmt::Debug {
    /// The partitions this gateway may read, sorted; `None` until the group has dealt them. They
    /// change when other gateways come or go, and when the topic grows.
    fn partitions(&self) -> watch::Receiver<Option<Arc<[u32]>>>;

    /// Stores the group's place in a partition of this member; durable when the answer is `Ok`.
    ///
    /// # Errors
    /// `NotOwner` if another member has it; nothing was committed, or after `Unknown` perhaps.
    fn commit(
        &self,
        partition: u32,
        committed: Committed,
    ) -> BrokerFuture<'_, Result<(), BrokerError>>;

    /// Leaves the group, so that others get the partitions at once. A second call does nothing.
    fn leave(&self) -> BrokerFuture<'_, ()>;
}
