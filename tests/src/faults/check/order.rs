//! Do the messages of a key lie in the order they were sent?
//!
//! A message whose first sending failed and that was sent again after a later one has no certain
//! order with it. So of two messages only this is asked: if the sending that was acknowledged for
//! the first went out before anything of the second did, its first record lies before the second's.

use std::collections::BTreeMap;

use super::{Promise, Violation, book::Book, book::Entry};

pub(super) fn check(book: &Book<'_>) -> Vec<Violation> {
    let mut keys: BTreeMap<(u16, u16), Vec<&Entry<'_>>> = BTreeMap::new();
    for entry in book.entries.iter().filter(|entry| !entry.places.is_empty()) {
        let id = entry.message.id;
        keys.entry((id.writer, id.key)).or_default().push(entry);
    }
    keys.values().filter_map(|entries| strayed(entries).or_else(|| swapped(entries))).collect()
}

/// A key whose records lie in two partitions.
fn strayed(entries: &[&Entry<'_>]) -> Option<Violation> {
    let home = entries[0].places[0].partition;
    let is_astray = |entry: &&&Entry<'_>| entry.places.iter().any(|place| place.partition != home);
    let astray = entries.iter().find(is_astray)?;
    let story = format!("{}\n  and of the same key\n  {}", entries[0].story(), astray.story());
    Some(Violation { promise: Promise::KeyOrder, story })
}

/// The first message of a key that lies before one that was surely sent earlier.
fn swapped(entries: &[&Entry<'_>]) -> Option<Violation> {
    let mut by_first = entries.to_vec();
    by_first.sort_by_key(|entry| first_sent(entry));
    let mut by_last: Vec<_> =
        entries.iter().filter_map(|entry| Some((last_sent(entry)?, *entry))).collect();
    by_last.sort_by_key(|(order, _)| *order);

    let mut earlier = by_last.into_iter().peekable();
    let mut furthest: Option<&Entry<'_>> = None;
    for entry in by_first {
        while let Some((_, sure)) = earlier.next_if(|(last, _)| *last < first_sent(entry)) {
            furthest = furthest.into_iter().chain([sure]).max_by_key(|entry| entry.places[0]);
        }
        if let Some(before) = furthest.filter(|before| before.places[0] > entry.places[0]) {
            let story = format!("{}\n  lies behind the later\n  {}", before.story(), entry.story());
            return Some(Violation { promise: Promise::KeyOrder, story });
        }
    }
    None
}

/// The first sending that may have stored it.
fn first_sent(entry: &Entry<'_>) -> u64 {
    let mut attempts = entry.message.attempts.iter();
    attempts.find(|attempt| attempt.answer.may_be_stored()).map_or(u64::MAX, |first| first.order)
}

/// The sending after which it was stored for sure.
fn last_sent(entry: &Entry<'_>) -> Option<u64> {
    let mut attempts = entry.message.attempts.iter();
    attempts.find(|attempt| attempt.answer.is_stored()).map(|last| last.order)
}
