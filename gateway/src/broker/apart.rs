//! Names kept apart: a broker that many use at once, as if each had one of its own.
//!
//! Topics and groups get a prefix on their way in and lose it on their way out; what others made is
//! not seen. Closing deletes what has the prefix and leaves the broker itself open.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use super::{Broker, BrokerError, TopicInfo};
use crate::message::TopicName;

mod broker;
mod member;
mod names;

#[cfg(test)]
mod tests;

use names::Names;

/// A part of another broker, with names of its own.
#[derive(Debug)]
pub struct Apart {
    inner: Arc<dyn Broker>,
    names: Names,
    is_closed: AtomicBool,
}

impl Apart {
    /// A part of `inner` that nobody else has: the prefix of its names is random.
    pub fn new(inner: Arc<dyn Broker>) -> Self {
        Self { inner, names: Names::random(), is_closed: AtomicBool::new(false) }
    }

    /// The inner broker's name of a topic, while this part is open.
    fn inside(&self, name: &TopicName) -> Result<TopicName, BrokerError> {
        if self.is_closed.load(Ordering::Acquire) {
            return Err(BrokerError::Closed);
        }
        self.names.inside(name)
    }

    fn outside<T>(&self, answer: Result<T, BrokerError>) -> Result<T, BrokerError> {
        answer.map_err(|error| self.names.error(error))
    }

    fn info(&self, info: &TopicInfo) -> Option<TopicInfo> {
        let name = self.names.outside(info.name.as_str())?;
        Some(TopicInfo { name, partitions: info.partitions })
    }

    /// Forgets the groups of a topic and deletes it.
    async fn remove(&self, inside: &TopicName) -> Result<(), BrokerError> {
        for group in self.inner.groups(inside).await? {
            if self.names.group_outside(&group).is_some() {
                self.inner.forget_group(&group, inside).await?;
            }
        }
        self.inner.delete_topic(inside).await
    }

    /// All topics of this part, as the inner broker has them.
    async fn own(&self) -> Result<Vec<TopicInfo>, BrokerError> {
        let mut topics = self.inner.topics().await?;
        topics.retain(|topic| self.names.outside(topic.name.as_str()).is_some());
        Ok(topics)
    }
}
