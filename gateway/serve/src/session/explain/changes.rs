//! What a command would change outside its connection, in words.

use std::collections::BTreeMap;

use crate::{
    broker::{Committed, Effect},
    consumer::Membership,
    trace::{End, Trace},
};

/// Says in the traces which topics a message would make: on the stage they are made before the
/// message comes to them.
pub(crate) fn note_topics(traces: &mut [Trace], effects: &[Effect]) {
    for trace in traces {
        let Some(End::Stored(stored)) = &mut trace.end else { continue };
        let made = effects.iter().find_map(|effect| match effect {
            Effect::CreateTopic(info) if info.name == stored.topic => Some(info.partitions),
            _ => None,
        });
        stored.makes_topic = stored.makes_topic.or(made);
    }
}

/// All effects, one a line; a group's places in one.
pub(crate) fn told(effects: &[Effect]) -> Vec<String> {
    let mut lines = Vec::new();
    let mut places: BTreeMap<(&str, &str), Vec<String>> = BTreeMap::new();
    for effect in effects {
        match effect {
            Effect::CreateTopic(info) => lines.push(format!(
                "topic `{}` would be made, with {}",
                info.name,
                counted(u64::from(info.partitions), "partition")
            )),
            Effect::DeleteTopic(topic) => lines.push(deletion(topic.as_str())),
            Effect::DeleteRecords { topic, partition, count, before } => lines.push(format!(
                "{} of {topic}/{partition} would be deleted: it would begin at {before}",
                counted(*count, "record")
            )),
            Effect::Join { group, topic } => {
                lines.push(format!("the gateway would join group `{group}` of `{topic}`"));
            }
            Effect::Commit {
                group,
                topic,
                partition,
                committed: Committed { offset, metadata },
            } => {
                let gaps = if metadata.is_empty() { "" } else { " with gaps behind it" };
                let place = format!("{topic}/{partition} at {offset}{gaps}");
                places.entry((group, topic.as_str())).or_default().push(place);
            }
            Effect::ForgetGroup { group, topic } => {
                lines.push(format!("group `{group}` of `{topic}` would be forgotten"));
            }
        }
    }
    lines.extend(places.into_iter().map(|((group, _), places)| {
        format!("group `{group}` would be committed: {}", places.join(", "))
    }));
    lines
}

/// A topic that would be deleted.
pub(crate) fn deletion(topic: &str) -> String {
    format!("topic `{topic}` would be deleted, with its records and the places of its groups")
}

/// Where a session's next MGET would go on.
pub(crate) fn of_membership(
    before: Option<&Membership>,
    after: Option<&Membership>,
) -> Option<String> {
    let after = after?;
    let before = before.map(Membership::positions).unwrap_or_default();
    let moved = after.positions().into_iter().filter(|(at, next)| before.get(at) != Some(next));
    let moved: Vec<_> =
        moved.map(|(at, next)| format!("{}/{at} at {next}", after.topic())).collect();
    (!moved.is_empty()).then(|| format!("the next MGET would go on at {}", moved.join(", ")))
}

/// `1 record`, `2 records`.
pub(crate) fn counted(count: u64, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}
