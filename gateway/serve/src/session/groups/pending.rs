//! XPENDING: what was delivered and is not acknowledged.

use std::ops::Bound;

use super::{Context, no_group, position};
use crate::{
    command::{self, EntryId, GroupName, PendingList},
    consumer::{EntryPosition, IdleFilter, StreamGroup},
    message::Rejection,
    resp::Args,
};

/// Most entries of one XPENDING; whoever wants more goes on behind the last one.
const LISTED_MAX: usize = 100_000;

impl Context {
    pub(crate) async fn xpending(&mut self, args: &Args<'_>) -> Result<(), Rejection> {
        let query = command::pending(args)?;
        self.check_group(&query.name).await?;
        let open = self.open_group(&query.name)?;
        match query.list {
            None => self.send_overview(open.as_deref()),
            Some(list) => self.send_pending(open.as_deref(), &list),
        }
        Ok(())
    }

    /// Says so in Redis' words if there is no such group.
    pub(crate) async fn check_group(&self, name: &GroupName) -> Result<(), Rejection> {
        let topic = self.topic_of(name).await?.ok_or_else(|| no_group(name, ""))?;
        if self.group_exists(&topic, name).await? { Ok(()) } else { Err(no_group(name, "")) }
    }

    fn send_overview(&mut self, group: Option<&StreamGroup>) {
        let overview = group.map(StreamGroup::summary).unwrap_or_default();
        self.replies.array(4);
        self.send_count(overview.count);
        let Some((first, last)) = overview.ends else {
            self.replies.null();
            self.replies.null();
            self.replies.null_array();
            return;
        };
        self.send_id(first);
        self.send_id(last);
        self.replies.array(overview.consumers.len());
        for (name, count) in overview.consumers {
            self.replies.array(2);
            self.replies.bulk(&name);
            self.replies.bulk(itoa::Buffer::new().format(count).as_bytes());
        }
    }

    fn send_pending(&mut self, group: Option<&StreamGroup>, list: &PendingList) {
        let now = self.now_ms();
        let most = list.count.min(LISTED_MAX);
        let range = (from(list.start), until(list.end));
        let of = list.consumer.as_deref();
        let idle = IdleFilter { min_ms: list.idle_min_ms, now };
        let found = group.map(|group| group.pending(range, of, idle, most));
        let found = found.unwrap_or_default();
        self.replies.array(found.len());
        for (position, entry) in found {
            self.replies.array(4);
            self.send_id(position);
            self.replies.bulk(&entry.consumer);
            self.replies.integer(now.saturating_sub(entry.delivered_ms).max(0));
            self.send_number(entry.deliveries);
        }
    }
}

/// Where a range of ids begins.
pub(crate) fn from((id, is_excluded): (EntryId, bool)) -> Bound<EntryPosition> {
    match position(id) {
        None => Bound::Unbounded,
        Some(position) if is_excluded => Bound::Excluded(position),
        Some(position) => Bound::Included(position),
    }
}

fn until((id, is_excluded): (EntryId, bool)) -> Bound<EntryPosition> {
    match position(id) {
        // Nothing lies before the first entry.
        None => Bound::Excluded(EntryPosition { offset: 0, partition: 0 }),
        Some(position) if is_excluded => Bound::Excluded(position),
        Some(position) => Bound::Included(position),
    }
}
