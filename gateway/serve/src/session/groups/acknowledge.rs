//! XACK: an answer comes when the broker has what was acknowledged.

use std::sync::Arc;

use futures_util::future::try_join_all;

use super::{Context, position};
use crate::{
    command,
    consumer::{EntryPosition, StreamGroup},
    message::Rejection,
    resp::Args,
};

impl Context {
    pub(crate) async fn xack(&mut self, args: &Args<'_>) -> Result<(), Rejection> {
        let (name, ids) = command::acknowledgement(args)?;
        self.check_consume(&name.topic)?;
        let count = match self.open_group(&name)? {
            Some(group) => self.acknowledge(&group, ids.into_iter().filter_map(position)).await?,
            // Nothing of it is pending here.
            None => 0,
        };
        self.send_count(count);
        Ok(())
    }

    /// Acknowledges what is pending of these entries; how many that were, once it is stored.
    pub(crate) async fn acknowledge(
        &self,
        group: &Arc<StreamGroup>,
        positions: impl Iterator<Item = EntryPosition>,
    ) -> Result<usize, Rejection> {
        let done = group.acknowledge(positions);
        let stores = done.partitions.iter().map(|partition| group.store(*partition));
        self.committed(try_join_all(stores)).await?;
        if done.refused == 0 {
            return Ok(done.count);
        }
        Err(Rejection::err(format!(
            "not acknowledged: {} of these entries lie too far behind others that are pending ({} were acknowledged); acknowledge the oldest pending entries first",
            done.refused, done.count
        )))
    }
}
