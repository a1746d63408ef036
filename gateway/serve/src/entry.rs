//! How a stream entry lies in a record, and how any record looks as an entry.
//!
//! An entry with the single field `value` is the record's value as it is, so that other programs
//! find in it what they expect. Every other entry is stored as a RESP array of bulk strings:
//! `*4\r\n$4\r\nname\r\n…`, exact for all bytes, in order, duplicates included. A bare value that
//! happens to read like such an array is stored as an array too, so that what XADD wrote always
//! comes back as it was. Records of other programs show as `value`, `key` and `header:<name>`.

use std::ops::Range;

use bytes::{BufMut as _, Bytes, BytesMut};

use crate::message::{Record, is_mark};

mod id;
mod json;
mod key;
mod layout;

pub use id::{EntryId, IdError, IdText};
pub use key::{StreamKey, stream_key};
pub use layout::{Layout, StreamSettings, Streams};

/// Field of an entry that is a record's bare value.
const VALUE_FIELD: &[u8] = b"value";
/// Bytes around a bulk string: `$`, at most 20 digits and two line ends.
const BULK_FRAME_BYTES_MAX: usize = 25;
/// Room for entries that is taken at once; a connection keeps what is left of it.
const ARENA_BYTES: usize = 4096;
const KEY_FIELD: &[u8] = b"key";
const HEADER_PREFIX: &[u8] = b"header:";

/// Fields and values of one entry.
#[derive(Debug)]
pub enum Entry {
    /// An entry that XADD wrote: the value of the record and the fields and values in it.
    Fields(Bytes, Vec<Range<usize>>),
    /// Any other record.
    Record(Vec<(Bytes, Bytes)>),
}

/// Writes the entry of `fields` (field, value, field, value …) into `arena` and takes it out.
pub fn encode_entry<'a>(
    arena: &mut BytesMut,
    count: usize,
    fields: impl Iterator<Item = &'a [u8]> + Clone,
) -> Bytes {
    if count == 2 {
        let mut pair = fields.clone();
        if let (Some(VALUE_FIELD), Some(value)) = (pair.next(), pair.next())
            && parse(value).is_none()
        {
            make_room(arena, value.len());
            arena.extend_from_slice(value);
            return arena.split().freeze();
        }
    }
    encode_fields(arena, count, fields)
}

/// One allocation for many entries; what is left of the old one is given up.
fn make_room(arena: &mut BytesMut, bytes: usize) {
    if arena.capacity() < bytes {
        *arena = BytesMut::with_capacity(ARENA_BYTES.max(bytes));
    }
}

/// The same, as an array in any case.
fn encode_fields<'a>(
    arena: &mut BytesMut,
    count: usize,
    fields: impl Iterator<Item = &'a [u8]> + Clone,
) -> Bytes {
    let bytes: usize = fields.clone().map(|field| field.len() + BULK_FRAME_BYTES_MAX).sum();
    make_room(arena, bytes + BULK_FRAME_BYTES_MAX);
    let mut digits = itoa::Buffer::new();
    arena.put_u8(b'*');
    arena.extend_from_slice(digits.format(count).as_bytes());
    arena.extend_from_slice(b"\r\n");
    for bytes in fields {
        arena.put_u8(b'$');
        arena.extend_from_slice(digits.format(bytes.len()).as_bytes());
        arena.extend_from_slice(b"\r\n");
        arena.extend_from_slice(bytes);
        arena.extend_from_slice(b"\r\n");
    }
    arena.split().freeze()
}

/// Writes an entry with the single field `value`: what PUBLISH sends.
pub fn value_entry(arena: &mut BytesMut, value: &[u8]) -> Bytes {
    encode_entry(arena, 2, [VALUE_FIELD, value].into_iter())
}

/// Shows a record as an entry.
pub fn entry_of(record: &Record) -> Entry {
    if let Some(value) = &record.value
        && let Some(ranges) = parse(value)
    {
        return Entry::Fields(value.clone(), ranges);
    }
    let mut pairs = Vec::with_capacity(1);
    if let Some(value) = &record.value {
        pairs.push((Bytes::from_static(VALUE_FIELD), value.clone()));
    }
    if let Some(key) = &record.key {
        pairs.push((Bytes::from_static(KEY_FIELD), key.clone()));
    }
    for (name, value) in record.headers.iter().filter(|(name, _)| !is_mark(name)) {
        let name = [HEADER_PREFIX, name].concat().into();
        pairs.push((name, value.clone().unwrap_or_default()));
    }
    Entry::Record(pairs)
}

/// The value of an entry with the single field `value` that is not stored as it is.
pub fn bare_value(value: &Bytes) -> Option<Bytes> {
    let ranges = parse(value)?;
    let [name, bare] = ranges.as_slice() else { return None };
    (&value[name.clone()] == VALUE_FIELD).then(|| value.slice(bare.clone()))
}

/// Where the fields lie, if `value` is exactly one array of an even, positive number of bulks.
fn parse(value: &[u8]) -> Option<Vec<Range<usize>>> {
    if value.first() != Some(&b'*') {
        return None;
    }
    let mut at = 1;
    let count = length(value, &mut at)?;
    // Every bulk takes at least five bytes, which bounds the room reserved for them.
    if count == 0 || count % 2 != 0 || count > value.len() / 5 {
        return None;
    }
    let mut ranges = Vec::with_capacity(count);
    for _ in 0..count {
        if value.get(at) != Some(&b'$') {
            return None;
        }
        at += 1;
        let len = length(value, &mut at)?;
        let end = at.checked_add(len)?;
        if value.get(end..end.checked_add(2)?)? != b"\r\n" {
            return None;
        }
        ranges.push(at..end);
        at = end + 2;
    }
    (at == value.len()).then_some(ranges)
}

/// A canonical decimal number and its line end.
fn length(value: &[u8], at: &mut usize) -> Option<usize> {
    let start = *at;
    let mut number: usize = 0;
    while let Some(digit @ b'0'..=b'9') = value.get(*at) {
        number = number.checked_mul(10)?.checked_add(usize::from(digit - b'0'))?;
        *at += 1;
    }
    let canonical = *at > start && (value[start] != b'0' || *at == start + 1);
    if !canonical || value.get(*at..*at + 2)? != b"\r\n" {
        return None;
    }
    *at += 2;
    Some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round_trip(fields: &[&[u8]]) -> Vec<Vec<u8>> {
        let value = encode_entry(&mut BytesMut::new(), fields.len(), fields.iter().copied());
        match entry_of(&Record { value: Some(value), ..Record::default() }) {
            Entry::Fields(value, ranges) => {
                ranges.into_iter().map(|range| value[range].to_vec()).collect()
            }
            Entry::Record(pairs) => {
                pairs.into_iter().flat_map(|(a, b)| [a.to_vec(), b.to_vec()]).collect()
            }
        }
    }

    #[test]
    fn what_xadd_wrote_comes_back_exactly() {
        let tricky: &[u8] = b"*2\r\n$1\r\na\r\n$1\r\nb\r\n";
        for fields in [
            &[b"value".as_slice(), b"{}"] as &[&[u8]],
            &[b"value", b""],
            &[b"value", tricky],
            &[b"a", b"1", b"a", b"1"],
            &[b"", b"\x00\xff\r\n"],
            &[b"value", b"1", b"key", b"2"],
        ] {
            assert_eq!(round_trip(fields), fields, "{fields:?}");
        }
    }

    #[test]
    fn a_bare_value_is_stored_as_it_is() {
        let value = encode_entry(&mut BytesMut::new(), 2, [b"value".as_slice(), b"{}"].into_iter());
        assert_eq!(&value[..], b"{}");
    }

    #[test]
    fn what_only_looks_like_an_entry_is_a_value() {
        let cut = b"*2\r\n$1\r\na\r\n$1\r\nb";
        for text in
            [&b"*"[..], b"*0\r\n", b"*2\r\n", cut, b"*1\r\n$1\r\na\r\n", b"*99999999999\r\n"]
        {
            assert!(parse(text).is_none(), "{text:?}");
        }
    }
}
