//! What a plugin changed of a message.

use bytes::Bytes;

use super::{
    payload::{inline, plain},
    step::{Change, Outcome, Step},
    value,
};
use crate::message::{Headers, TopicName};

/// One part of a message that is not as it was: before, and after.
#[derive(Debug)]
pub(super) enum Difference<'a> {
    Topic(&'a TopicName, &'a TopicName),
    Partition(Option<u32>, Option<u32>),
    Key(Option<&'a Bytes>, Option<&'a Bytes>),
    /// All headers of this name, in their order.
    Header(&'a Bytes, Vec<Option<&'a Bytes>>, Vec<Option<&'a Bytes>>),
    /// The same headers, in another order of their names.
    Order,
    Value(Option<&'a Bytes>, Option<&'a Bytes>),
}

/// What is not as it was.
fn differences(change: &Change) -> Vec<Difference<'_>> {
    let Change { before, after } = change;
    let (old, new) = (&before.record, &after.record);
    let mut found = Vec::new();
    if before.topic != after.topic {
        found.push(Difference::Topic(&before.topic, &after.topic));
    }
    if before.partition != after.partition {
        found.push(Difference::Partition(before.partition, after.partition));
    }
    if old.key != new.key {
        found.push(Difference::Key(old.key.as_ref(), new.key.as_ref()));
    }
    if old.headers != new.headers {
        found.extend(headers(&old.headers, &new.headers));
    }
    if old.value != new.value {
        found.push(Difference::Value(old.value.as_ref(), new.value.as_ref()));
    }
    found
}

/// What a step changed and its outcome does not tell: a router's topic is in its outcome.
pub(super) fn differences_told(step: &Step) -> Vec<Difference<'_>> {
    let found = step.change.as_ref().map(differences).unwrap_or_default();
    let is_told = |it: &Difference<'_>| {
        !matches!((it, &step.outcome), (Difference::Topic(..), Outcome::Route(_)))
    };
    found.into_iter().filter(is_told).collect()
}

/// For headers that are not the same.
fn headers<'a>(before: &'a Headers, after: &'a Headers) -> Vec<Difference<'a>> {
    let mut names: Vec<&Bytes> = Vec::new();
    for (name, _) in before.iter().chain(after) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let of = |headers: &'a Headers, wanted: &Bytes| -> Vec<Option<&'a Bytes>> {
        let those = headers.iter().filter(|(name, _)| name == wanted);
        those.map(|(_, value)| value.as_ref()).collect()
    };
    let pairs = names.into_iter().map(|name| (name, of(before, name), of(after, name)));
    let differing = pairs.filter(|(_, old, new)| old != new);
    let mut found: Vec<_> =
        differing.map(|(name, old, new)| Difference::Header(name, old, new)).collect();
    if found.is_empty() {
        found.push(Difference::Order);
    }
    found
}

impl Difference<'_> {
    /// One line, or several for a value.
    pub(super) fn lines(&self) -> Vec<String> {
        match self {
            Self::Topic(old, new) => vec![format!("topic {old} → {new}")],
            Self::Partition(old, new) => {
                vec![format!("partition {} → {}", partition(*old), partition(*new))]
            }
            Self::Key(old, new) => vec![format!("key {} → {}", inline(*old), inline(*new))],
            Self::Header(name, old, new) => {
                let name = plain(name);
                vec![match (old.as_slice(), new.as_slice()) {
                    ([], new) => format!("header {name}: added {}", all(new)),
                    (old, []) => format!("header {name}: removed {}", all(old)),
                    (old, new) => format!("header {name}: {} → {}", all(old), all(new)),
                }]
            }
            Self::Order => vec!["headers are in another order".into()],
            Self::Value(old, new) => {
                let lines = value::lines(old.map(AsRef::as_ref), new.map(AsRef::as_ref));
                lines.into_iter().map(|line| format!("value{line}")).collect()
            }
        }
    }
}

fn partition(partition: Option<u32>) -> String {
    partition.map_or_else(|| "none".into(), |partition| partition.to_string())
}

fn all(values: &[Option<&Bytes>]) -> String {
    let values: Vec<_> = values.iter().map(|value| inline(*value)).collect();
    values.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::{Message, Record};

    fn message(topic: &str, headers: &[(&'static str, Option<&'static str>)]) -> Message {
        let header = |(name, value): &(&'static str, Option<&'static str>)| {
            (Bytes::from(*name), value.map(Bytes::from))
        };
        let headers = headers.iter().map(header).collect();
        let record = Record { headers, value: Some("v".into()), ..Record::default() };
        let topic = TopicName::new(topic).unwrap();
        Message { topic, partition: None, record, expected_offset: None }
    }

    #[test]
    fn each_part_that_changed_is_named() {
        let before = message("a", &[("x", Some("1")), ("y", None), ("x", Some("2")), ("z", None)]);
        let mut after = message("b", &[("x", Some("2")), ("x", Some("1")), ("z", None)]);
        after.partition = Some(2);
        after.record.key = Some("k".into());
        after.record.value = None;
        after.record.headers.push(("new\n".into(), Some("{}".into())));
        let change = Change { before, after };
        let lines: Vec<_> = differences(&change).iter().flat_map(Difference::lines).collect();
        assert_eq!(
            lines,
            [
                "topic a → b",
                "partition none → 2",
                "key (null) → \"k\"",
                "header x: \"1\", \"2\" → \"2\", \"1\"",
                "header y: removed (null)",
                "header new\\n: added {}",
                "value - \"v\"",
                "value + (null)",
            ]
        );
    }

    #[test]
    fn another_order_is_a_change() {
        let before = message("a", &[("x", None), ("y", None)]);
        let after = message("a", &[("y", None), ("x", None)]);
        let change = Change { before, after };
        let lines: Vec<_> = differences(&change).iter().flat_map(Difference::lines).collect();
        assert_eq!(lines, ["headers are in another order"]);
    }

    #[test]
    fn what_is_as_it_was_is_not_told() {
        let before = message("a", &[("x", Some("1"))]);
        let change = Change { after: before.clone(), before };
        assert!(differences(&change).is_empty());
    }
}
