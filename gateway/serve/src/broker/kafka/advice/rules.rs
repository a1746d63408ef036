//! The rules of advice: from Kafka's settings to what weakens a promise.

use std::{collections::HashMap, fmt};

use crate::message::TopicName;

pub(super) const REPLICAS: &str = "default.replication.factor";
pub(super) const IN_SYNC: &str = "min.insync.replicas";
pub(super) const UNCLEAN: &str = "unclean.leader.election.enable";
pub(super) const AUTO_CREATE: &str = "auto.create.topics.enable";
pub(super) const BYTES_MAX: &str = "message.max.bytes";
pub(super) const TOPIC_BYTES_MAX: &str = "max.message.bytes";

/// A value is stored with key, headers and framing around it.
const AROUND_VALUE_BYTES: usize = 1024;
/// Topics named in one piece of advice.
const NAMED_MAX: usize = 3;

/// The gateway's promises that depend on Kafka.
#[derive(Clone, Copy, Debug)]
pub struct Promises {
    /// Largest value a client may send.
    pub value_bytes_max: usize,
    /// Copies that each record should have.
    pub replicas: u32,
}

/// A setting of Kafka's that weakens a promise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Advice {
    /// The problem and its effect.
    pub problem: String,
    /// What to do.
    pub hint: String,
}

impl fmt::Display for Advice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {}", self.problem, self.hint)
    }
}

/// The configuration of a cluster.
#[derive(Debug)]
pub(super) struct ClusterConfig {
    /// Number of brokers.
    pub(super) brokers: usize,
    /// Settings of topics that do not have their own.
    pub(super) defaults: HashMap<String, String>,
    pub(super) topics: Vec<TopicConfig>,
}

/// The configuration of a topic.
#[derive(Debug)]
pub(super) struct TopicConfig {
    pub(super) name: TopicName,
    pub(super) replicas: usize,
    /// Its own settings.
    pub(super) configs: HashMap<String, String>,
}

/// Everything that weakens a promise, the worst first.
pub(super) fn check(found: &ClusterConfig, promises: Promises) -> Vec<Advice> {
    let wanted = promises.replicas as usize;
    let bytes = promises.value_bytes_max.saturating_add(AROUND_VALUE_BYTES);
    let default = |name: &str| found.defaults.get(name).map(String::as_str);
    let is_below = |value: Option<&str>, least: usize| {
        value.and_then(|value| value.parse::<usize>().ok()).is_some_and(|value| value < least)
    };
    let mut advice = Vec::new();
    let mut say = |problem: String, hint: String| advice.push(Advice { problem, hint });

    if found.brokers < wanted {
        let has = found.brokers;
        say(
            format!("the cluster has {has} broker, and what it loses is lost"),
            "run three".to_owned(),
        );
    }
    if is_below(default(REPLICAS), wanted) {
        let has = default(REPLICAS).unwrap_or_default();
        say(
            format!("new topics keep one copy of each record (`{REPLICAS}` is {has})"),
            format!("set `replicas` of the cluster here, or Kafka's `{REPLICAS}`, to 3"),
        );
    }
    if is_below(default(IN_SYNC), 2) && wanted > 1 {
        say(
            format!("`{IN_SYNC}` is 1, so a record may be acknowledged with one copy only"),
            "set it to 2, with three copies of each record".to_owned(),
        );
    }
    if default(UNCLEAN) == Some("true") {
        say(
            format!("`{UNCLEAN}` is on, so acknowledged records may be lost"),
            "set it to false".to_owned(),
        );
    }
    if default(AUTO_CREATE) == Some("true") {
        say(
            format!("`{AUTO_CREATE}` is on, so a misspelt name makes a topic"),
            "set it to false".to_owned(),
        );
    }
    if is_below(default(BYTES_MAX), bytes) {
        let has = default(BYTES_MAX).unwrap_or_default();
        say(
            format!("`{BYTES_MAX}` is {has}, below our limit of {}", promises.value_bytes_max),
            format!("set it to {bytes}, or lower the limit here"),
        );
    }
    advice.extend(check_topics(&found.topics, promises));
    advice
}

fn check_topics(topics: &[TopicConfig], promises: Promises) -> Vec<Advice> {
    let wanted = promises.replicas as usize;
    let bytes = promises.value_bytes_max.saturating_add(AROUND_VALUE_BYTES);
    let own = |topic: &TopicConfig, name: &str, least: usize| {
        let value = topic.configs.get(name).and_then(|value| value.parse::<usize>().ok());
        value.is_some_and(|value| value < least)
    };
    let mut advice = Vec::new();
    let mut say = |is_meant: &dyn Fn(&TopicConfig) -> bool, problem: &str, hint: String| {
        if let Some(names) = name(topics.iter().filter(|topic| is_meant(topic))) {
            advice.push(Advice { problem: format!("{problem}: {names}"), hint });
        }
    };
    say(
        &|topic| topic.replicas < wanted,
        "topics keep too few copies of each record",
        "reassign them to 3 replicas".to_owned(),
    );
    say(
        &|topic| wanted > 1 && own(topic, IN_SYNC, 2),
        "topics may acknowledge records that have one copy only",
        format!("set their `{IN_SYNC}` to 2, with three copies of each record"),
    );
    say(
        &|topic| topic.configs.get(UNCLEAN).is_some_and(|value| value == "true"),
        "topics may lose acknowledged records",
        format!("set their `{UNCLEAN}` to false"),
    );
    say(
        &|topic| own(topic, TOPIC_BYTES_MAX, bytes),
        "topics do not take values as large as our limit",
        format!("set their `{TOPIC_BYTES_MAX}` to {bytes}, or lower the limit here"),
    );
    advice
}

/// The first few names, and how many more there are; `None` for none.
fn name<'a>(topics: impl Iterator<Item = &'a TopicConfig>) -> Option<String> {
    let mut names: Vec<_> = topics.map(|topic| topic.name.as_str()).collect();
    names.sort_unstable();
    let more = names.len().saturating_sub(NAMED_MAX);
    names.truncate(NAMED_MAX);
    let shown = names.join(", ");
    match (shown.is_empty(), more) {
        (true, _) => None,
        (false, 0) => Some(shown),
        (false, more) => Some(format!("{shown} and {more} more")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROMISES: Promises = Promises { value_bytes_max: 1 << 20, replicas: 3 };

    fn configs(pairs: &[(&str, &str)]) -> HashMap<String, String> {
        pairs.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect()
    }

    fn topic(name: &str, replicas: usize, own: &[(&str, &str)]) -> TopicConfig {
        TopicConfig { name: TopicName::new(name).unwrap(), replicas, configs: configs(own) }
    }

    #[test]
    fn a_cluster_that_keeps_the_promises_gets_no_advice() {
        let defaults = configs(&[
            (REPLICAS, "3"),
            (IN_SYNC, "2"),
            (UNCLEAN, "false"),
            (AUTO_CREATE, "false"),
            (BYTES_MAX, "2097152"),
        ]);
        let topics = vec![topic("a", 3, &[(IN_SYNC, "2")])];
        assert_eq!(check(&ClusterConfig { brokers: 3, defaults, topics }, PROMISES), []);
    }

    #[test]
    fn every_weakness_has_a_hint() {
        let defaults = configs(&[
            (REPLICAS, "1"),
            (IN_SYNC, "1"),
            (UNCLEAN, "true"),
            (AUTO_CREATE, "true"),
            (BYTES_MAX, "1048588"),
        ]);
        let own = [(IN_SYNC, "1"), (UNCLEAN, "true"), (TOPIC_BYTES_MAX, "1000")];
        let topics = ["a", "b", "c", "d"].map(|name| topic(name, 1, &own)).into();

        let advice = check(&ClusterConfig { brokers: 1, defaults, topics }, PROMISES);

        assert_eq!(advice.len(), 10, "{advice:#?}");
        assert_eq!(
            advice[1].to_string(),
            "new topics keep one copy of each record (`default.replication.factor` is 1), set \
             `replicas` of the cluster here, or Kafka's `default.replication.factor`, to 3"
        );
        assert_eq!(
            advice[6].to_string(),
            "topics keep too few copies of each record: a, b, c and 1 more, reassign them to 3 \
             replicas"
        );
    }
}
