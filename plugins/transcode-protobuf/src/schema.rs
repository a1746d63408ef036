//! Which message type a topic holds.

use std::collections::BTreeMap;

use base64::{Engine, prelude::BASE64_STANDARD};
use prost_reflect::{DescriptorPool, MessageDescriptor};

/// The message types of topics, looked up by name or pattern.
#[derive(Debug)]
pub(crate) struct Schema {
    /// Sorted by name; one without `*` before those with it, longer ones before shorter.
    topics: Vec<(String, MessageDescriptor)>,
}

impl Schema {
    /// Refuses what is not a descriptor set, and a message type that is not in it, by name.
    pub(crate) fn new(
        descriptor_set: &str,
        topics: &BTreeMap<String, String>,
    ) -> Result<Self, String> {
        let text: String = descriptor_set.split_whitespace().collect();
        let bytes = BASE64_STANDARD
            .decode(text)
            .map_err(|error| format!("`descriptor_set` is not base64: {error}"))?;
        let pool = DescriptorPool::decode(bytes.as_slice()).map_err(|error| {
            format!("`descriptor_set` is not a FileDescriptorSet (with --include_imports): {error}")
        })?;
        let typed = topics.iter().map(|(topic, name)| {
            let message_type = pool.get_message_by_name(name);
            let message_type = message_type.ok_or_else(|| {
                format!("topic `{topic}`: `descriptor_set` has no message `{name}`")
            })?;
            Ok((topic.clone(), message_type))
        });
        let mut topics = typed.collect::<Result<Vec<_>, String>>()?;
        topics.sort_by_key(|(topic, _)| (topic.contains('*'), usize::MAX - topic.len()));
        Ok(Self { topics })
    }

    /// The most exact entry that matches.
    pub(crate) fn of_topic(&self, topic: &str) -> Option<&MessageDescriptor> {
        let entry = self.topics.iter().find(|(pattern, _)| matches(pattern, topic));
        entry.map(|(_, message_type)| message_type)
    }
}

/// `*` stands for any characters.
fn matches(pattern: &str, text: &str) -> bool {
    let Some((head, tail)) = pattern.split_once('*') else { return pattern == text };
    let Some(rest) = text.strip_prefix(head) else { return false };
    let mut ends = rest.char_indices().map(|(at, _)| at).chain([rest.len()]);
    ends.any(|at| matches(tail, &rest[at..]))
}
