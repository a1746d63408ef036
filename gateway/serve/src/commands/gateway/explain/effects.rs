//! What a command would change outside its connection, in words.

use std::collections::BTreeMap;

use crate::{
    broker::{Committed, Effect},
    commands::explanation::topic_deletion,
    consumer::Membership,
    trace::{End, Trace},
};

/// Says in the traces which topics a message would make: in a dry run they are made before the
/// message comes to them.
pub(super) fn note_topics(traces: &mut [Trace], effects: &[Effect]) {
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
pub(super) fn lines(effects: &[Effect]) -> Vec<String> {
    let mut lines = Vec::new();
    let mut places: BTreeMap<(&str, &str), Vec<String>> = BTreeMap::new();
    for effect in effects {
        match effect {
            Effect::CreateTopic(info) => lines.push(format!(
                "topic `{}` would be made, with {}",
                info.name,
                counted(u64::from(info.partitions), "partition")
            )),
            Effect::DeleteTopic(topic) => lines.push(topic_deletion(topic.as_str())),
            Effect::DeleteRecords { partition, count, before } => lines.push(format!(
                "{} of {partition} would be deleted: it would begin at {before}",
                counted(*count, "record")
            )),
            Effect::Join { group, topic } => {
                lines.push(format!("the gateway would join group `{group}` of `{topic}`"));
            }
            Effect::Commit { group, partition, committed: Committed { offset, metadata } } => {
                let gaps = if metadata.is_empty() { "" } else { " with gaps behind it" };
                let place = format!("{partition} at {offset}{gaps}");
                places.entry((group, partition.topic.as_str())).or_default().push(place);
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

/// Where the client's next MGET would go on, if that changes.
pub(super) fn membership_line(
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
fn counted(count: u64, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::{TopicName, TopicPartition};

    #[test]
    fn the_offsets_of_a_group_are_one_line() {
        let topic = TopicName::new("orders").unwrap();
        let commit = |partition, offset| Effect::Commit {
            group: "g".to_owned(),
            partition: TopicPartition::new(topic.clone(), partition),
            committed: Committed { offset, metadata: String::new() },
        };
        let effects = [commit(0, 7), Effect::DeleteTopic(topic.clone()), commit(1, 9)];
        assert_eq!(
            lines(&effects),
            [
                topic_deletion("orders"),
                "group `g` would be committed: orders/0 at 7, orders/1 at 9".to_owned(),
            ]
        );
    }

    #[test]
    fn one_thing_has_no_plural() {
        assert_eq!(
            (counted(1, "record"), counted(2, "record")),
            ("1 record".into(), "2 records".into())
        );
    }
}
