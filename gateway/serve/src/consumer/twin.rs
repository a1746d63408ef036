//! Groups once more, for a command that is only rehearsed: what it delivers, acknowledges and
//! claims in a copy changes nothing of the group. Their broker commits nothing.

use std::sync::Arc;

use super::{GroupKey, Groups, Membership, StreamGroup};
use crate::broker::{BrokerError, Cluster};

/// Copies of groups, and whatever is joined among them; all of it ends with this.
#[derive(Debug, Default)]
pub struct TwinGroups(Arc<Groups>);

impl TwinGroups {
    /// The groups, for whoever uses them.
    pub fn groups(&self) -> &Arc<Groups> {
        &self.0
    }

    /// Puts a copy of a stream group among them. `cluster` has to deal it the same partitions.
    ///
    /// # Errors
    /// The topic is gone.
    pub fn add_stream(&self, cluster: &Cluster, real: &StreamGroup) -> Result<(), BrokerError> {
        self.0.open_copy(cluster, real)
    }

    /// A session's part in a group once more. `cluster` has to deal it the same partitions.
    ///
    /// # Errors
    /// The topic is gone.
    pub fn add_membership(
        &self,
        cluster: &Cluster,
        real: &Membership,
    ) -> Result<Membership, BrokerError> {
        let seat = self.0.sit_down(cluster, &GroupKey::new(cluster, real.group(), real.topic()))?;
        Ok(real.copy(seat, Arc::clone(&cluster.broker)))
    }
}

impl Drop for TwinGroups {
    /// A stream group holds the groups that it is one of: they would not go by themselves.
    fn drop(&mut self) {
        self.0.leave_streams();
    }
}
