//! The entries of a journal group: every change of the log, in order.

use bytes::Buf;

use super::{
    frame::{FrameHeader, HEADER_BYTES, PartitionKey},
    partition::LogPosition,
};

const APPEND: u8 = 1;
const TOPIC: u8 = 2;
const COMMIT: u8 = 3;
const TRIM: u8 = 4;
const REMOVE: u8 = 5;
const FORGET: u8 = 6;

/// Bytes of an append entry before its frame.
pub(super) const APPEND_FIXED_BYTES: usize = 17;

/// One change.
#[derive(Debug, PartialEq)]
pub(super) enum JournalEntry<'a> {
    /// A frame, and the byte of the segment it belongs at.
    Append { at: LogPosition, header: FrameHeader, frame: &'a [u8] },
    /// A new topic.
    Topic { id: u32, partitions: u32, name: &'a str },
    /// A consumer group's committed offset.
    Commit { partition: PartitionKey, group: &'a str, offset: u64, metadata: &'a str },
    /// Nothing below `start` is left.
    Trim { partition: PartitionKey, start: u64 },
    /// A topic is deleted.
    Remove { topic_id: u32 },
    /// A consumer group's offsets in a topic are deleted.
    Forget { topic_id: u32, group: &'a str },
}

impl<'a> JournalEntry<'a> {
    /// Appends the entry to a group.
    pub(super) fn encode(&self, out: &mut Vec<u8>) {
        match self {
            Self::Append { at, frame, .. } => {
                out.push(APPEND);
                out.extend_from_slice(&at.segment.to_le_bytes());
                out.extend_from_slice(&at.position.to_le_bytes());
                out.extend_from_slice(frame);
            }
            Self::Topic { id, partitions, name } => {
                out.push(TOPIC);
                out.extend_from_slice(&id.to_le_bytes());
                out.extend_from_slice(&partitions.to_le_bytes());
                put_str(out, name);
            }
            Self::Commit { partition, group, offset, metadata } => {
                out.push(COMMIT);
                put_partition(out, *partition);
                out.extend_from_slice(&offset.to_le_bytes());
                put_str(out, group);
                put_str(out, metadata);
            }
            Self::Trim { partition, start } => {
                out.push(TRIM);
                put_partition(out, *partition);
                out.extend_from_slice(&start.to_le_bytes());
            }
            Self::Remove { topic_id } => {
                out.push(REMOVE);
                out.extend_from_slice(&topic_id.to_le_bytes());
            }
            Self::Forget { topic_id, group } => {
                out.push(FORGET);
                out.extend_from_slice(&topic_id.to_le_bytes());
                put_str(out, group);
            }
        }
    }

    /// Takes the first entry of a group whose sum has been checked; `None` if there is none.
    pub(super) fn decode(bytes: &mut &'a [u8]) -> Option<Self> {
        Some(match bytes.try_get_u8().ok()? {
            APPEND => {
                let segment = bytes.try_get_u64_le().ok()?;
                let position = bytes.try_get_u64_le().ok()?;
                let header = FrameHeader::read(bytes.get(..HEADER_BYTES)?)?;
                let (frame, rest) = bytes.split_at_checked(header.frame_len())?;
                *bytes = rest;
                let at = LogPosition { offset: header.base_offset, segment, position };
                Self::Append { at, header, frame }
            }
            TOPIC => Self::Topic {
                id: bytes.try_get_u32_le().ok()?,
                partitions: bytes.try_get_u32_le().ok()?,
                name: get_str(bytes)?,
            },
            COMMIT => {
                let partition = get_partition(bytes)?;
                let offset = bytes.try_get_u64_le().ok()?;
                let (group, metadata) = (get_str(bytes)?, get_str(bytes)?);
                Self::Commit { partition, group, offset, metadata }
            }
            TRIM => {
                Self::Trim { partition: get_partition(bytes)?, start: bytes.try_get_u64_le().ok()? }
            }
            REMOVE => Self::Remove { topic_id: bytes.try_get_u32_le().ok()? },
            FORGET => {
                Self::Forget { topic_id: bytes.try_get_u32_le().ok()?, group: get_str(bytes)? }
            }
            _ => return None,
        })
    }
}

fn put_partition(out: &mut Vec<u8>, partition: PartitionKey) {
    out.extend_from_slice(&partition.topic_id.to_le_bytes());
    out.extend_from_slice(&partition.number.to_le_bytes());
}

fn get_partition(bytes: &mut &[u8]) -> Option<PartitionKey> {
    let topic_id = bytes.try_get_u32_le().ok()?;
    Some(PartitionKey { topic_id, number: bytes.try_get_u32_le().ok()? })
}

/// Appends a string with its length before it.
pub(super) fn put_str(out: &mut Vec<u8>, text: &str) {
    let length = u32::try_from(text.len()).expect("names and metadata are limited");
    out.extend_from_slice(&length.to_le_bytes());
    out.extend_from_slice(text.as_bytes());
}

/// Reads what [`put_str`] wrote; `None` if it is not that.
pub(super) fn get_str<'a>(bytes: &mut &'a [u8]) -> Option<&'a str> {
    let length = bytes.try_get_u32_le().ok()? as usize;
    let (text, rest) = bytes.split_at_checked(length)?;
    *bytes = rest;
    std::str::from_utf8(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{broker::embedded::frame, message::Record};

    #[test]
    fn entries_come_back_one_after_the_other() {
        let partition = PartitionKey { topic_id: 1, number: 2 };
        let mut bytes = Vec::new();
        let header = frame::encode(&[Record::default()], partition, 3, &mut bytes);
        let header = frame::seal(&mut bytes, header, 70);
        let entries = [
            JournalEntry::Topic { id: 1, partitions: 3, name: "orders" },
            JournalEntry::Append {
                at: LogPosition { offset: 70, segment: 64, position: 500 },
                header,
                frame: &bytes,
            },
            JournalEntry::Commit { partition, group: "g", offset: 71, metadata: "" },
            JournalEntry::Trim { partition, start: 64 },
            JournalEntry::Forget { topic_id: 1, group: "g" },
            JournalEntry::Remove { topic_id: 1 },
        ];
        let mut group = Vec::new();
        for entry in &entries {
            entry.encode(&mut group);
        }

        let mut rest = group.as_slice();
        for entry in entries {
            assert_eq!(JournalEntry::decode(&mut rest), Some(entry));
        }
        assert!(rest.is_empty());
    }
}
