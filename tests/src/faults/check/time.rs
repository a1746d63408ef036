//! Was every command answered in time, and did anything stand still after the last fault?

use std::{
    collections::{BTreeMap, HashSet},
    time::Duration,
};

use super::{Evidence, Promise, Violation};
use crate::faults::history::{Attempt, GroupHistory, Message};

/// Longest pause of a writer, or of a partition in a group, after the last fault.
pub const STALL_MAX: Duration = Duration::from_secs(30);

pub(super) fn late(evidence: &Evidence) -> Vec<Violation> {
    let is_late = |message: &&Message| {
        let waited = message.attempts.iter().map(Attempt::took);
        waited.max().is_some_and(|longest| longest > evidence.publish_max + evidence.hiccup)
    };
    let publish = evidence.messages.iter().filter(is_late).map(ToString::to_string);
    let others =
        evidence.late.iter().filter(|waited| waited.took > waited.allowed + evidence.hiccup);
    let others = others.map(|waited| {
        let seconds = waited.took.as_secs_f64();
        let sent = waited.sent.as_secs_f64();
        format!("{} sent at {sent:.3} s took {seconds:.3} s: {}", waited.command, waited.answer)
    });
    publish
        .chain(others)
        .map(|story| Violation { promise: Promise::AnsweredInTime, story })
        .collect()
}

pub(super) fn stalls(evidence: &Evidence) -> Vec<Violation> {
    let mut found = Vec::new();
    for (writer, times) in acknowledged(&evidence.messages) {
        let pause = longest(evidence.healed, &times, Some(evidence.stopped));
        if pause > STALL_MAX {
            found.push(stall(&format!("writer {writer} got no acknowledgement"), pause));
        }
    }
    for group in &evidence.groups {
        for (partition, times) in progress(group) {
            let pause = longest(evidence.healed, &times, None);
            if pause > STALL_MAX {
                let who =
                    format!("group `{}` got nothing new of partition {partition}", group.name);
                found.push(stall(&who, pause));
            }
        }
    }
    found
}

/// The longest time between two acknowledgements of a writer in the whole run.
pub fn longest_stall(messages: &[Message]) -> Duration {
    let pauses = acknowledged(messages).into_values().map(|times| {
        let first = times.first().copied().unwrap_or_default();
        longest(first, &times, None)
    });
    pauses.max().unwrap_or_default()
}

fn stall(who: &str, pause: Duration) -> Violation {
    let story = format!("{who} for {:.1} s after the last fault", pause.as_secs_f64());
    Violation { promise: Promise::NoStall, story }
}

/// The longest pause in `times`, which are sorted, from `from` on and, if it is known, to the end.
fn longest(from: Duration, times: &[Duration], end: Option<Duration>) -> Duration {
    let mut last = from;
    let mut longest = Duration::ZERO;
    for time in times.iter().copied().filter(|time| *time > from).chain(end) {
        longest = longest.max(time.saturating_sub(last));
        last = time;
    }
    longest
}

/// When each writer was given its acknowledgements, sorted; no times for one that never was.
fn acknowledged(messages: &[Message]) -> BTreeMap<u16, Vec<Duration>> {
    let mut writers: BTreeMap<u16, Vec<Duration>> = BTreeMap::new();
    for message in messages {
        let times = writers.entry(message.id.writer).or_default();
        let stored = message.attempts.iter().filter(|attempt| attempt.answer.is_stored());
        times.extend(stored.map(|attempt| attempt.answered));
    }
    writers.values_mut().for_each(|times| times.sort_unstable());
    writers
}

/// When each partition showed the group a record for the first time, sorted.
fn progress(group: &GroupHistory) -> BTreeMap<u32, Vec<Duration>> {
    let mut seen = HashSet::new();
    let mut partitions: BTreeMap<u32, Vec<Duration>> = BTreeMap::new();
    for delivery in group.deliveries.iter().filter(|delivery| seen.insert(delivery.place)) {
        partitions.entry(delivery.place.partition).or_default().push(delivery.at);
    }
    partitions.values_mut().for_each(|times| times.sort_unstable());
    partitions
}
