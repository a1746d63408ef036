//! Ids of stream entries: `<offset + 1>-<partition>`.
//!
//! `1-0` is the first record of partition 0, and `0-0` lies before everything. An id is not a time.

use std::fmt;

use thiserror::Error;

/// The id of one entry, or a place between entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct EntryId {
    /// Offset of the record, plus 1.
    pub place: u64,
    /// Partition of the record.
    pub partition: u64,
}

/// A text that is not an id, in Redis' words.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("Invalid stream ID specified as stream command argument")]
pub struct IdError;

impl EntryId {
    /// Before everything.
    pub const FIRST: Self = Self { place: 0, partition: 0 };
    /// Behind everything.
    pub const LAST: Self = Self { place: u64::MAX, partition: u64::MAX };

    /// The id of a stored record.
    pub fn of(partition: u32, offset: u64) -> Self {
        Self { place: offset.saturating_add(1), partition: u64::from(partition) }
    }

    /// Reads `place-partition`, or `place` alone with `partition` in its place.
    ///
    /// # Errors
    /// [`IdError`] if it is neither.
    pub fn parse(bytes: &[u8], partition: u64) -> Result<Self, IdError> {
        let text = std::str::from_utf8(bytes).map_err(|_| IdError)?;
        let number = |digits: &str| match digits.as_bytes() {
            [b'0'..=b'9', ..] => digits.parse().map_err(|_| IdError),
            _ => Err(IdError),
        };
        match text.split_once('-') {
            Some((place, partition)) => {
                Ok(Self { place: number(place)?, partition: number(partition)? })
            }
            None => Ok(Self { place: number(text)?, partition }),
        }
    }

    /// Offset of the first record of `partition` whose id is not before this one.
    pub fn first_offset(self, partition: u32) -> u64 {
        if u64::from(partition) >= self.partition {
            self.place.saturating_sub(1)
        } else {
            self.place
        }
    }

    /// Offset of the first record of `partition` whose id is behind this one.
    pub fn offset_after(self, partition: u32) -> u64 {
        if u64::from(partition) > self.partition {
            self.place.saturating_sub(1)
        } else {
            self.place
        }
    }
}

/// Longest id in text: two numbers of 20 digits and the dash.
const TEXT_BYTES_MAX: usize = 41;

/// An id in text, without an allocation.
#[derive(Clone, Copy, Debug)]
pub struct IdText {
    bytes: [u8; TEXT_BYTES_MAX],
    len: usize,
}

impl IdText {
    fn push(&mut self, bytes: &[u8]) {
        self.bytes[self.len..self.len + bytes.len()].copy_from_slice(bytes);
        self.len += bytes.len();
    }

    /// The text.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.len]
    }
}

impl From<EntryId> for IdText {
    fn from(id: EntryId) -> Self {
        let mut text = Self { bytes: [0; TEXT_BYTES_MAX], len: 0 };
        let mut digits = itoa::Buffer::new();
        text.push(digits.format(id.place).as_bytes());
        text.push(b"-");
        text.push(digits.format(id.partition).as_bytes());
        text
    }
}

impl fmt::Display for EntryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.place, self.partition)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_places_in_a_partition() {
        assert_eq!(EntryId::of(0, 0).to_string(), "1-0");
        assert_eq!(IdText::from(EntryId::LAST).as_bytes(), EntryId::LAST.to_string().as_bytes());
        assert_eq!(EntryId::parse(b"7-2", 0), Ok(EntryId::of(2, 6)));
        assert_eq!(EntryId::parse(b"7", 9), Ok(EntryId { place: 7, partition: 9 }));
        for bad in ["", "-", "1-", "-1", "a-1", "1-2-3", "+1-0", "18446744073709551616"] {
            assert_eq!(EntryId::parse(bad.as_bytes(), 0), Err(IdError), "{bad}");
        }
    }

    #[test]
    fn a_bound_between_entries_begins_at_the_next_one() {
        let id = EntryId::parse(b"5-1", 0).unwrap();

        assert_eq!((id.first_offset(0), id.first_offset(1), id.first_offset(2)), (5, 4, 4));
        assert_eq!((id.offset_after(0), id.offset_after(1), id.offset_after(2)), (5, 5, 4));
        assert_eq!(EntryId::FIRST.offset_after(0), 0);
    }
}
