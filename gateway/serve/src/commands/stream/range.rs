//! Ranges of ids, and the records between them.

use crate::{
    broker::TopicInfo,
    context::Context,
    entry::EntryId,
    message::{PartitionOffset, Rejection},
    order::{OffsetRun, OrderRange, RangeBound, StreamRange},
    pipeline::read_rejection,
};

use super::topic::{Stream, ends, order};

/// The entries between two ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct IdRange {
    pub(crate) start: IdBound,
    pub(crate) end: IdBound,
}

/// One end of a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct IdBound {
    pub(crate) id: EntryId,
    /// The id itself is not part of the range: `(id`.
    pub(crate) is_excluded: bool,
}

impl IdBound {
    /// The id itself is part of the range.
    pub(crate) const fn including(id: EntryId) -> Self {
        Self { id, is_excluded: false }
    }

    /// Reads `-`, `+`, `id` or `(id`; an id without a second number gets `partition`.
    ///
    /// # Errors
    /// Redis' words for what is no id.
    pub(crate) fn parse(bytes: &[u8], partition: u64) -> Result<Self, Rejection> {
        let (digits, is_excluded) = match bytes {
            b"-" => return Ok(Self::including(EntryId::FIRST)),
            b"+" => return Ok(Self::including(EntryId::LAST)),
            [b'(', digits @ ..] => (digits, true),
            digits => (digits, false),
        };
        let id = EntryId::parse(digits, partition);
        id.map(|id| Self { id, is_excluded }).map_err(|error| Rejection::err(error.to_string()))
    }
}

impl IdRange {
    /// All entries.
    pub(crate) const ALL: Self =
        Self { start: IdBound::including(EntryId::FIRST), end: IdBound::including(EntryId::LAST) };

    /// Reads the two ends of a range.
    ///
    /// # Errors
    /// Redis' words.
    pub(crate) fn parse(start: &[u8], end: &[u8]) -> Result<Self, Rejection> {
        let range = Self { start: IdBound::parse(start, 0)?, end: IdBound::parse(end, u64::MAX)? };
        if range.start == (IdBound { id: EntryId::LAST, is_excluded: true }) {
            return Err(Rejection::err("invalid start ID for the interval"));
        }
        if range.end == (IdBound { id: EntryId::FIRST, is_excluded: true }) {
            return Err(Rejection::err("invalid end ID for the interval"));
        }
        Ok(range)
    }

    /// The records of a stream in this range; `None` if there are none.
    pub(crate) async fn records(
        self,
        context: &Context,
        stream: &Stream,
    ) -> Result<Option<StreamRange>, Rejection> {
        match stream.partition {
            Some(partition) => self.in_partition(context, &stream.topic, partition).await,
            None => self.in_order(context, &stream.topic).await,
        }
    }

    async fn in_partition(
        self,
        context: &Context,
        topic: &TopicInfo,
        partition: u32,
    ) -> Result<Option<StreamRange>, Rejection> {
        let (before, after) = (EntryId::first_offset, EntryId::offset_after);
        let low = (if self.start.is_excluded { after } else { before })(self.start.id, partition);
        let high = (if self.end.is_excluded { before } else { after })(self.end.id, partition);
        let ends = ends(context, &topic.name).await?;
        let Some(stored) = ends.get(partition as usize) else { return Ok(None) };
        let (from, end) = (low.max(stored.start), high.min(stored.end));
        let run = OffsetRun { partition, from, end: Some(end) };
        Ok((from < end).then_some(StreamRange::Partition(run)))
    }

    async fn in_order(
        self,
        context: &Context,
        topic: &TopicInfo,
    ) -> Result<Option<StreamRange>, Rejection> {
        let Self { start, end } = self;
        let last = topic.partitions.saturating_sub(1);
        let record = |id: EntryId| {
            // A number alone stands for all partitions.
            let partition = u32::try_from(id.partition).unwrap_or(u32::MAX).min(last);
            id.place.checked_sub(1).map(|offset| PartitionOffset::new(partition, offset))
        };
        let low = match record(start.id) {
            None => RangeBound::Start,
            Some(record) if start.is_excluded => RangeBound::After(record),
            Some(record) => RangeBound::Before(record),
        };
        let high = match record(end.id) {
            None => return Ok(None),
            Some(_) if end.id == EntryId::LAST => RangeBound::End,
            Some(record) if end.is_excluded => RangeBound::Before(record),
            Some(record) => RangeBound::After(record),
        };
        let range = OrderRange::between(order(context, &topic.name)?, low, high).await;
        Ok(range.map_err(read_rejection)?.map(StreamRange::Order))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_are_read_in_all_forms() {
        let id = |place, partition| EntryId { place, partition };
        for (text, wanted, is_excluded) in [
            ("-", EntryId::FIRST, false),
            ("+", EntryId::LAST, false),
            ("5", id(5, 9), false),
            ("5-1", id(5, 1), false),
            ("(5", id(5, 9), true),
            ("(5-1", id(5, 1), true),
        ] {
            let bound = IdBound::parse(text.as_bytes(), 9).unwrap();
            assert_eq!(bound, IdBound { id: wanted, is_excluded }, "{text}");
        }
        for text in ["", "(", "(-", "(+", "x", "1-2-3"] {
            assert!(IdBound::parse(text.as_bytes(), 0).is_err(), "{text}");
        }
    }

    #[test]
    fn a_range_that_can_hold_nothing_is_refused() {
        let last = format!("({0}-{0}", u64::MAX);
        for (start, end, error) in [
            (last.as_str(), "+", "invalid start ID for the interval"),
            ("-", "(0-0", "invalid end ID for the interval"),
        ] {
            let refused = IdRange::parse(start.as_bytes(), end.as_bytes()).unwrap_err();
            assert!(refused.to_string().contains(error), "{refused}");
        }
        assert_eq!(IdRange::parse(b"-", b"+").unwrap(), IdRange::ALL);
    }
}
