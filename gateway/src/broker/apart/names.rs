//! What topics and groups are called in the broker that is shared.

use std::{
    hash::{BuildHasher as _, Hasher as _, RandomState},
    sync::Arc,
};

use crate::{broker::BrokerError, message::TopicName};

/// Puts a prefix before names, and takes it off again.
#[derive(Clone, Debug)]
pub(super) struct Names {
    prefix: Arc<str>,
}

impl Names {
    /// A prefix that nobody else has.
    pub(super) fn random() -> Self {
        let random = RandomState::new().build_hasher().finish();
        Self { prefix: format!("sluicegate-test-{random:016x}-").into() }
    }

    pub(super) fn inside(&self, name: &TopicName) -> Result<TopicName, BrokerError> {
        TopicName::new(self.group(name.as_str())).map_err(|_| BrokerError::Refused {
            reason: format!(
                "the name of topic `{name}` is too long to be kept apart, for which it gets {} bytes \
                 more",
                self.prefix.len()
            ),
        })
    }

    /// `None` for what others made.
    pub(super) fn outside(&self, name: &str) -> Option<TopicName> {
        TopicName::new(name.strip_prefix(&*self.prefix)?).ok()
    }

    pub(super) fn group(&self, name: &str) -> String {
        [&*self.prefix, name].concat()
    }

    /// `None` for what others made.
    pub(super) fn group_outside(&self, name: &str) -> Option<String> {
        name.strip_prefix(&*self.prefix).map(str::to_owned)
    }

    /// Words of the broker, with our names.
    pub(super) fn text(&self, text: &str) -> String {
        text.replace(&*self.prefix, "")
    }

    /// An error of the broker, with our names.
    pub(super) fn error(&self, error: BrokerError) -> BrokerError {
        use BrokerError as E;
        let topic = |inside: TopicName| self.outside(inside.as_str()).unwrap_or(inside);
        match error {
            E::NoSuchTopic { topic: t } => E::NoSuchTopic { topic: topic(t) },
            E::NoSuchPartition { topic: t, partition } => {
                E::NoSuchPartition { topic: topic(t), partition }
            }
            E::TopicExists { topic: t } => E::TopicExists { topic: topic(t) },
            E::Busy { topic: t } => E::Busy { topic: topic(t) },
            E::Unreachable { reason } => E::Unreachable { reason: self.text(&reason) },
            E::NotNext { topic: t, expected, next } => {
                E::NotNext { topic: topic(t), expected, next }
            }
            E::NotOwner { topic: t, partition } => E::NotOwner { topic: topic(t), partition },
            E::Refused { reason } => E::Refused { reason: self.text(&reason) },
            E::Unknown { reason } => E::Unknown { reason: self.text(&reason) },
            E::Corrupt { topic: t, partition, reason } => {
                E::Corrupt { topic: topic(t), partition, reason: self.text(&reason) }
            }
            E::Closed => E::Closed,
        }
    }
}
