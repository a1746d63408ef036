//! Ids of entries as positions in a topic.

use std::ops::Bound;

use crate::{
    commands::stream::range::IdBound,
    consumer::EntryPosition,
    entry::{EntryId, IdText},
    message::Rejection,
    resp::Replies,
};

/// Reads an id; `-`, `+` and `$` are none.
///
/// # Errors
/// Redis' words.
pub(super) fn entry_id(id: &[u8]) -> Result<EntryId, Rejection> {
    EntryId::parse(id, 0).map_err(|error| Rejection::err(error.to_string()))
}

/// The position of an id; `None` for an id before all entries.
pub(super) fn position(id: EntryId) -> Option<EntryPosition> {
    let offset = id.place.checked_sub(1)?;
    Some(EntryPosition { offset, partition: u32::try_from(id.partition).unwrap_or(u32::MAX) })
}

/// The position that a range of ids starts at.
pub(super) fn range_start(start: IdBound) -> Bound<EntryPosition> {
    match position(start.id) {
        None => Bound::Unbounded,
        Some(position) if start.is_excluded => Bound::Excluded(position),
        Some(position) => Bound::Included(position),
    }
}

/// The position that a range of ids ends at.
pub(super) fn range_end(end: IdBound) -> Bound<EntryPosition> {
    match position(end.id) {
        // No entry is before the first one.
        None => Bound::Excluded(EntryPosition { offset: 0, partition: 0 }),
        Some(position) if end.is_excluded => Bound::Excluded(position),
        Some(position) => Bound::Included(position),
    }
}

/// Sends the id of an entry.
pub(in crate::commands) fn send_id(replies: &mut Replies, position: EntryPosition) {
    let id = EntryId::of(position.partition, position.offset);
    replies.bulk(IdText::from(id).as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_the_position_before_it() {
        assert_eq!(position(EntryId::FIRST), None);
        let second = EntryPosition { offset: 6, partition: 3 };
        assert_eq!(position(entry_id(b"7-3").unwrap()), Some(second));
        for other in [&b"$"[..], b"-", b"+", b"x", b""] {
            assert!(entry_id(other).is_err(), "{other:?}");
        }
    }

    #[test]
    fn a_range_leaves_out_what_it_excludes() {
        let bound = |text: &[u8]| IdBound::parse(text, 0).unwrap();
        let first = EntryPosition { offset: 0, partition: 0 };
        assert_eq!(range_start(bound(b"-")), Bound::Unbounded);
        assert_eq!(range_start(bound(b"1-0")), Bound::Included(first));
        assert_eq!(range_start(bound(b"(1-0")), Bound::Excluded(first));
        assert_eq!(range_end(bound(b"-")), Bound::Excluded(first));
        assert_eq!(range_end(bound(b"1-0")), Bound::Included(first));
        assert_eq!(range_end(bound(b"(1-0")), Bound::Excluded(first));
    }
}
