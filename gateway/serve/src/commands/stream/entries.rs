//! Stream entries in replies: how they are written, and how many bytes they take.

use crate::{
    context::Context,
    entry::{Entry, EntryId, IdText, entry_of},
    message::{Rejection, StoredRecord},
    resp::{Protocol, Replies},
};

/// A record of a stream, with its partition.
#[derive(Debug)]
pub(crate) struct StreamEntry {
    pub(crate) partition: u32,
    pub(crate) stored: StoredRecord,
}

impl StreamEntry {
    /// Writes the entry as a reply: its id, then its fields and values.
    pub(crate) fn send(&self, replies: &mut Replies) {
        send_entry(replies, self.partition, &self.stored);
    }
}

/// Begins a reply about so many streams. Each is begun with [`begin_stream`].
pub(crate) fn begin_streams(replies: &mut Replies, count: usize) {
    match replies.protocol() {
        Protocol::Resp2 => replies.array(count),
        Protocol::Resp3 => replies.map(count),
    }
}

/// Begins one stream of such a reply: its key, and how many entries follow.
pub(crate) fn begin_stream(replies: &mut Replies, key: &[u8], entries: usize) {
    if replies.protocol() == Protocol::Resp2 {
        replies.array(2);
    }
    replies.bulk(key);
    replies.array(entries);
}

/// Writes a record as a stream entry: its id, then its fields and values.
pub(crate) fn send_entry(replies: &mut Replies, partition: u32, stored: &StoredRecord) {
    replies.array(2);
    let id = IdText::from(EntryId::of(partition, stored.offset));
    replies.bulk(id.as_bytes());
    match entry_of(&stored.record) {
        Entry::Fields(value, ranges) => {
            replies.array(ranges.len());
            ranges.into_iter().for_each(|range| replies.bulk(&value[range]));
        }
        Entry::Record(pairs) => {
            replies.array(2 * pairs.len());
            for (name, value) in pairs {
                replies.bulk(&name);
                replies.bulk(&value);
            }
        }
    }
}

/// Bytes that a record takes in a reply, roughly.
pub(crate) fn reply_bytes(stored: &StoredRecord) -> usize {
    let headers: usize = stored.record.headers.iter().map(|(name, _)| name.len() + 32).sum();
    stored.record.payload_len() + headers + 64
}

/// Bytes that a record adds to a reply of `so_far` bytes.
///
/// # Errors
/// The reply would be too long.
pub(crate) fn check_reply_bytes(
    context: &Context,
    stored: &StoredRecord,
    so_far: usize,
) -> Result<usize, Rejection> {
    let bytes = reply_bytes(stored);
    if so_far + bytes <= context.services.settings.output_bytes_max {
        return Ok(bytes);
    }
    Err(Rejection::err("the reply would be over the output limit: ask for less with COUNT"))
}
