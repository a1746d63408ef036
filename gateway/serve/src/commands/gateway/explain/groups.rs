//! What a command would change in the consumer groups that it names: who has which entry.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Bound,
};

use crate::{
    commands::group_name::GroupName,
    consumer::{EntryPosition, IdleFilter, Pending, StreamGroup},
    entry::{EntryId, IdText},
};

/// Most ids in one line.
const IDS_MAX: usize = 10;

/// Pending entries and consumers of a group, as far as this gateway knows them.
#[derive(Default)]
pub(super) struct GroupSnapshot {
    pending: BTreeMap<EntryPosition, Pending>,
    consumers: BTreeSet<Vec<u8>>,
}

impl GroupSnapshot {
    /// An empty one where the group is not open.
    pub(super) fn of(group: Option<&StreamGroup>) -> Self {
        let Some(group) = group else { return Self::default() };
        let all = (Bound::Unbounded, Bound::Unbounded);
        let pending = group.pending(all, None, IdleFilter::ALL, usize::MAX);
        let consumers = group.consumers().into_iter().map(|(name, _)| name);
        Self { pending: pending.into_iter().collect(), consumers: consumers.collect() }
    }
}

/// What differs between two snapshots of a group, one change a line.
pub(super) fn differences(
    name: &GroupName,
    before: &GroupSnapshot,
    after: &GroupSnapshot,
) -> Vec<String> {
    let of = format!("group `{}` of `{}`", name.group, name.topic);
    let mut lines = consumer_differences(&of, before, after);
    let mut given: BTreeMap<(&str, &[u8]), Vec<EntryPosition>> = BTreeMap::new();
    for (position, entry) in &after.pending {
        let what = match before.pending.get(position) {
            None => "would become pending for",
            Some(was) if was.consumer != entry.consumer => "would move to",
            Some(was) if was != entry => "would be delivered once more to",
            Some(_) => continue,
        };
        given.entry((what, &entry.consumer)).or_default().push(*position);
    }
    for ((what, consumer), positions) in given {
        let consumer = text(consumer);
        lines.push(format!(
            "{} of {of} {what} `{consumer}`: {}",
            entries(&positions),
            ids(&positions)
        ));
    }
    let is_left = |position: &&EntryPosition| !after.pending.contains_key(*position);
    let done: Vec<_> = before.pending.keys().filter(is_left).copied().collect();
    if !done.is_empty() {
        let what = "would not be pending any more";
        lines.push(format!("{} of {of} {what}: {}", entries(&done), ids(&done)));
    }
    lines
}

fn consumer_differences(of: &str, before: &GroupSnapshot, after: &GroupSnapshot) -> Vec<String> {
    let mut lines = Vec::new();
    for new in after.consumers.difference(&before.consumers) {
        lines.push(format!("consumer `{}` of {of} would be made", text(new)));
    }
    for gone in before.consumers.difference(&after.consumers) {
        lines.push(format!("consumer `{}` of {of} would be removed", text(gone)));
    }
    lines
}

fn entries(positions: &[EntryPosition]) -> String {
    match positions.len() {
        1 => "1 entry".to_owned(),
        many => format!("{many} entries"),
    }
}

fn ids(positions: &[EntryPosition]) -> String {
    let id = |at: &EntryPosition| {
        let id = IdText::from(EntryId::of(at.partition, at.offset));
        String::from_utf8_lossy(id.as_bytes()).into_owned()
    };
    let mut shown: Vec<_> = positions.iter().take(IDS_MAX).map(id).collect();
    if positions.len() > IDS_MAX {
        shown.push(format!("and {} more", positions.len() - IDS_MAX));
    }
    shown.join(", ")
}

fn text(name: &[u8]) -> String {
    String::from_utf8_lossy(name).escape_debug().to_string()
}
