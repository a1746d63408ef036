//! Names of topics and groups in Kafka: the cluster's prefix and the name that clients use.

use std::sync::Arc;

use crate::message::{INTERNAL_PREFIX, TopicName};

/// Kafka's internal topics begin with this.
const INTERNAL: &str = "__";

/// Maps the names that clients use to those in Kafka, and back.
#[derive(Clone, Debug)]
pub(super) struct NameMapping {
    prefix: Arc<str>,
}

impl NameMapping {
    pub(super) fn new(prefix: &str) -> Self {
        Self { prefix: Arc::from(prefix) }
    }

    /// The topic's name in Kafka.
    pub(super) fn topic(&self, name: &TopicName) -> String {
        self.with_prefix(name.as_str())
    }

    /// The group's name in Kafka.
    pub(super) fn group(&self, name: &str) -> String {
        self.with_prefix(name)
    }

    /// The name that clients use for one of Kafka's topics; `None` if they must not see it.
    pub(super) fn shown(&self, name_in_kafka: &str) -> Option<TopicName> {
        let name = name_in_kafka.strip_prefix(&*self.prefix)?;
        // The gateway needs its internal topics; sessions hide them from clients.
        if name_in_kafka.starts_with(INTERNAL) && !name.starts_with(INTERNAL_PREFIX) {
            return None;
        }
        TopicName::new(name).ok()
    }

    /// The name that clients use for one of Kafka's groups; `None` if they must not see it.
    pub(super) fn shown_group(&self, name_in_kafka: &str) -> Option<String> {
        name_in_kafka.strip_prefix(&*self.prefix).map(str::to_owned)
    }

    fn with_prefix(&self, name: &str) -> String {
        [&*self.prefix, name].concat()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_comes_back_as_the_client_knows_it() {
        for prefix in ["", "a-"] {
            let names = NameMapping::new(prefix);
            let name = TopicName::new("orders").unwrap();
            assert_eq!(names.topic(&name), format!("{prefix}orders"));
            assert_eq!(names.group("g"), format!("{prefix}g"));
            assert_eq!(names.shown(&names.topic(&name)), Some(name));
        }
    }

    #[test]
    fn what_is_not_the_clients_is_hidden() {
        for (prefix, name) in [
            ("", "__consumer_offsets"),
            ("", "__transaction_state"),
            ("a-", "orders"),
            ("a-", "b-orders"),
            ("a-", "a-"),
            ("a-", "a-.."),
        ] {
            assert_eq!(NameMapping::new(prefix).shown(name), None, "{prefix} {name}");
        }
    }
}
