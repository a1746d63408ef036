//! Forks of groups, for dry runs: delivering, acknowledging and claiming in a fork changes nothing of
//! the real group. The broker of a fork commits nothing.

use std::sync::Arc;

use super::{
    groups::Groups, membership::Membership, open_streams::Open, registry::GroupKey,
    stream::StreamGroup,
};
use crate::broker::{BrokerError, Cluster};

/// Forks of groups, and the groups that are joined beside them; all of them end with this.
#[derive(Debug, Default)]
pub struct ForkedGroups(Arc<Groups>);

impl ForkedGroups {
    /// The groups, for the sessions of the dry run.
    pub fn groups(&self) -> &Arc<Groups> {
        &self.0
    }

    /// Adds a fork of a stream group. The broker of `cluster` has to assign it the same partitions.
    ///
    /// # Errors
    /// The topic is gone.
    pub fn fork_stream(&self, cluster: &Cluster, real: &StreamGroup) -> Result<(), BrokerError> {
        let key = GroupKey::new(cluster, real.name(), real.topic());
        let member = self.0.join_member(cluster, key.clone())?;
        let group = real.fork(member, Arc::clone(&cluster.broker));
        self.0.streams().by_key().insert(key, Open::new(group));
        Ok(())
    }

    /// A fork of a session's membership. The broker of `cluster` has to assign it the same
    /// partitions.
    ///
    /// # Errors
    /// The topic is gone.
    pub fn fork_membership(
        &self,
        cluster: &Cluster,
        real: &Membership,
    ) -> Result<Membership, BrokerError> {
        let key = GroupKey::new(cluster, real.group(), real.topic());
        let member = self.0.join_member(cluster, key)?;
        Ok(real.fork(member, Arc::clone(&cluster.broker)))
    }
}

impl Drop for ForkedGroups {
    /// Ends the forks even while a session still uses them.
    fn drop(&mut self) {
        self.0.streams().leave_all();
    }
}
