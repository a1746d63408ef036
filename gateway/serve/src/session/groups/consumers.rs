//! XGROUP CREATECONSUMER and DELCONSUMER: names that entries are delivered to.

use super::{Context, no_group_of_key};
use crate::{
    broker::TopicInfo,
    command::GroupName,
    consumer::{CONSUMERS_MAX, StreamGroup},
    message::Rejection,
};

impl Context {
    pub(crate) async fn create_consumer(
        &mut self,
        topic: &TopicInfo,
        name: &GroupName,
        consumer: &[u8],
    ) -> Result<(), Rejection> {
        if !self.group_exists(topic, name).await? {
            return Err(no_group_of_key(name));
        }
        let is_new = meet(&*self.use_group(name)?, consumer, self.now_ms())?;
        self.replies.integer(i64::from(is_new));
        Ok(())
    }

    pub(crate) async fn delete_consumer(
        &mut self,
        topic: &TopicInfo,
        name: &GroupName,
        consumer: &[u8],
    ) -> Result<(), Rejection> {
        if !self.group_exists(topic, name).await? {
            return Err(no_group_of_key(name));
        }
        let open = self.open_group(name)?;
        self.send_count(open.map_or(0, |group| group.remove(consumer)));
        Ok(())
    }
}

/// Notes that a consumer asked for something at this time; true if it is a new one.
///
/// # Errors
/// There are too many.
pub(crate) fn meet(group: &StreamGroup, consumer: &[u8], now_ms: i64) -> Result<bool, Rejection> {
    group.meet(consumer, now_ms).map_err(|_| too_many(group))
}

pub(crate) fn too_many(group: &StreamGroup) -> Rejection {
    Rejection::err(format!(
        "group `{}` has {CONSUMERS_MAX} consumers here: delete some with XGROUP DELCONSUMER",
        group.name()
    ))
}
