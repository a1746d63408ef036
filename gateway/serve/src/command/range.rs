//! Bounds of ranges, as the commands of groups read them.

use super::EntryId;
use crate::{commands::stream::range::IdBound, message::Rejection};

/// Reads one end of a range, and whether it is excluded; `partition` is that of an id without one.
pub(crate) fn bound(bytes: &[u8], partition: u64) -> Result<(EntryId, bool), Rejection> {
    IdBound::parse(bytes, partition).map(|bound| (bound.id, bound.is_excluded))
}
