//! The batch frame: the unit that is written, checked and read whole.
//!
//! ```text
//! 0  u32 CRC32C of bytes 4..40      20 u32 CRC32C of the body
//! 4  u32 length of the body         24 i64 newest timestamp
//! 8  u64 offset of the first record 32 u32 topic id
//! 16 u32 number of records          36 u32 partition     40.. the body: records
//! record: i64 timestamp, u32 key length, u32 value length (NULL: absent), u32 headers,
//!         key, value, then for each header u32 name length, u32 value length, name, value
//! ```
//! Little-endian throughout. The caller encodes and sums the body; the writer thread only knows
//! the offset later, so it sums the header alone, and that covers the sum of the body.

use bytes::{Buf, Bytes, TryGetError};
use crc32c::crc32c;

use crate::message::{Headers, Record, StoredRecord};

/// Bytes before the body.
pub(super) const HEADER_BYTES: usize = 40;

/// The length of an absent key, value or header value.
const NULL: u32 = u32::MAX;

const RECORD_FIXED_BYTES: usize = 20;
const HEADER_FIXED_BYTES: usize = 8;

/// A partition of a topic, as the log numbers them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct PartitionKey {
    /// Number of the topic; a later topic of the same name gets another one.
    pub(super) topic_id: u32,
    /// Number of the partition in its topic, from 0.
    pub(super) number: u32,
}

/// The header of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FrameHeader {
    pub(super) body_len: u32,
    pub(super) base_offset: u64,
    pub(super) count: u32,
    pub(super) body_crc: u32,
    pub(super) max_timestamp_ms: i64,
    pub(super) partition: PartitionKey,
}

impl FrameHeader {
    /// Reads and checks a header; `None` if the bytes are too few or their sum is wrong.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let mut rest = bytes.get(..HEADER_BYTES)?;
        if rest.get_u32_le() != crc32c(&bytes[4..HEADER_BYTES]) {
            return None;
        }
        Some(Self {
            body_len: rest.get_u32_le(),
            base_offset: rest.get_u64_le(),
            count: rest.get_u32_le(),
            body_crc: rest.get_u32_le(),
            max_timestamp_ms: rest.get_i64_le(),
            partition: PartitionKey { topic_id: rest.get_u32_le(), number: rest.get_u32_le() },
        })
    }

    /// Header and body together.
    pub(super) fn frame_len(&self) -> usize {
        HEADER_BYTES + self.body_len as usize
    }

    /// Offset after the last record.
    pub(super) fn end_offset(&self) -> u64 {
        self.base_offset + u64::from(self.count)
    }

    fn write(&self, frame: &mut [u8]) {
        frame[4..8].copy_from_slice(&self.body_len.to_le_bytes());
        frame[8..16].copy_from_slice(&self.base_offset.to_le_bytes());
        frame[16..20].copy_from_slice(&self.count.to_le_bytes());
        frame[20..24].copy_from_slice(&self.body_crc.to_le_bytes());
        frame[24..32].copy_from_slice(&self.max_timestamp_ms.to_le_bytes());
        frame[32..36].copy_from_slice(&self.partition.topic_id.to_le_bytes());
        frame[36..40].copy_from_slice(&self.partition.number.to_le_bytes());
        let crc = crc32c(&frame[4..HEADER_BYTES]);
        frame[..4].copy_from_slice(&crc.to_le_bytes());
    }
}

/// Length of the frame that `records` would make.
pub(super) fn encoded_len(records: &[Record]) -> usize {
    let headers = |headers: &Headers| -> usize {
        let value_len = |value: &Option<Bytes>| value.as_ref().map_or(0, Bytes::len);
        headers.iter().map(|(n, v)| HEADER_FIXED_BYTES + n.len() + value_len(v)).sum()
    };
    let record = |r: &Record| RECORD_FIXED_BYTES + r.payload_len() + headers(&r.headers);
    HEADER_BYTES + records.iter().map(record).sum::<usize>()
}

/// Appends the frame of `records` to `out`, ready but for its offset (see [`seal`]).
///
/// The caller has checked that [`encoded_len`] is within the limit of an append.
pub(super) fn encode(
    records: &[Record],
    partition: PartitionKey,
    now_ms: i64,
    out: &mut Vec<u8>,
) -> FrameHeader {
    let start = out.len();
    out.resize(start + HEADER_BYTES, 0);
    let mut max_timestamp_ms = i64::MIN;
    for record in records {
        let timestamp_ms = if record.timestamp_ms > 0 { record.timestamp_ms } else { now_ms };
        max_timestamp_ms = max_timestamp_ms.max(timestamp_ms);
        encode_record(record, timestamp_ms, out);
    }
    let body = &out[start + HEADER_BYTES..];
    let header = FrameHeader {
        body_len: u32::try_from(body.len()).expect("an append is far below 4 GiB"),
        base_offset: 0,
        count: u32::try_from(records.len()).expect("a record takes 20 bytes of an append"),
        body_crc: crc32c(body),
        max_timestamp_ms,
        partition,
    };
    header.write(&mut out[start..start + HEADER_BYTES]);
    header
}

fn encode_record(record: &Record, timestamp_ms: i64, out: &mut Vec<u8>) {
    let length = |bytes: Option<&Bytes>| match bytes {
        Some(bytes) => u32::try_from(bytes.len()).expect("an append is far below 4 GiB"),
        None => NULL,
    };
    let headers = u32::try_from(record.headers.len()).expect("a header takes 8 bytes");
    out.extend_from_slice(&timestamp_ms.to_le_bytes());
    out.extend_from_slice(&length(record.key.as_ref()).to_le_bytes());
    out.extend_from_slice(&length(record.value.as_ref()).to_le_bytes());
    out.extend_from_slice(&headers.to_le_bytes());
    out.extend_from_slice(record.key.as_deref().unwrap_or_default());
    out.extend_from_slice(record.value.as_deref().unwrap_or_default());
    for (name, value) in &record.headers {
        out.extend_from_slice(&length(Some(name)).to_le_bytes());
        out.extend_from_slice(&length(value.as_ref()).to_le_bytes());
        out.extend_from_slice(name);
        out.extend_from_slice(value.as_deref().unwrap_or_default());
    }
}

/// Sets the offset of a frame's first record and sums its header again.
pub(super) fn seal(frame: &mut [u8], header: FrameHeader, base_offset: u64) -> FrameHeader {
    let header = FrameHeader { base_offset, ..header };
    header.write(frame);
    header
}

/// The records of a body whose sum has been checked, without copying.
pub(super) fn decode(header: &FrameHeader, body: Bytes) -> Records {
    Records { body, next: header.base_offset, end: header.end_offset() }
}

/// Iterates over a body; an `Err` is the last item.
#[derive(Debug)]
pub(super) struct Records {
    body: Bytes,
    next: u64,
    end: u64,
}

impl Iterator for Records {
    type Item = Result<StoredRecord, TryGetError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.next == self.end {
            return None;
        }
        let offset = self.next;
        self.next += 1;
        Some(decode_record(&mut self.body).map(|record| StoredRecord { offset, record }))
    }
}

fn decode_record(body: &mut Bytes) -> Result<Record, TryGetError> {
    let timestamp_ms = body.try_get_i64_le()?;
    let (key, value) = (body.try_get_u32_le()?, body.try_get_u32_le()?);
    let headers = body.try_get_u32_le()?;
    let key = take(body, key)?;
    let value = take(body, value)?;
    let mut record = Record { key, value, headers: Headers::new(), timestamp_ms };
    for _ in 0..headers {
        let (name, value) = (body.try_get_u32_le()?, body.try_get_u32_le()?);
        let name = take(body, name)?.unwrap_or_default();
        record.headers.push((name, take(body, value)?));
    }
    Ok(record)
}

fn take(body: &mut Bytes, length: u32) -> Result<Option<Bytes>, TryGetError> {
    let requested = length as usize;
    match length {
        NULL => Ok(None),
        _ if requested > body.len() => Err(TryGetError { requested, available: body.len() }),
        _ => Ok(Some(body.split_to(requested))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PARTITION: PartitionKey = PartitionKey { topic_id: 3, number: 4 };

    fn records() -> Vec<Record> {
        let bytes = |s: &'static str| Some(Bytes::from_static(s.as_bytes()));
        vec![
            Record { key: bytes("k"), value: bytes("v"), headers: vec![], timestamp_ms: 7 },
            Record {
                key: None,
                value: bytes(""),
                headers: vec![
                    (Bytes::from_static(b"a"), None),
                    (Bytes::from_static(b"a"), bytes("x")),
                    (Bytes::new(), bytes("")),
                ],
                timestamp_ms: 9,
            },
            Record { key: bytes(""), value: None, headers: vec![], timestamp_ms: 8 },
        ]
    }

    #[test]
    fn what_was_encoded_comes_back() {
        let mut frame = Vec::new();
        let header = encode(&records(), PARTITION, 99, &mut frame);
        let header = seal(&mut frame, header, 1000);

        assert_eq!(frame.len(), encoded_len(&records()));
        assert_eq!(FrameHeader::read(&frame), Some(header));
        assert_eq!((header.max_timestamp_ms, header.end_offset()), (9, 1003));
        assert_eq!(crc32c(&frame[HEADER_BYTES..]), header.body_crc);
        let back: Result<Vec<_>, _> =
            decode(&header, Bytes::from(frame).slice(HEADER_BYTES..)).collect();
        let back = back.unwrap();
        assert_eq!(back.iter().map(|r| r.offset).collect::<Vec<_>>(), [1000, 1001, 1002]);
        assert_eq!(back.into_iter().map(|r| r.record).collect::<Vec<_>>(), records());
    }

    #[test]
    fn every_flipped_byte_is_noticed() {
        let mut frame = Vec::new();
        let header = encode(&records(), PARTITION, 99, &mut frame);
        seal(&mut frame, header, 1000);

        for at in 0..frame.len() {
            let mut bad = frame.clone();
            bad[at] ^= 0x40;
            let whole =
                FrameHeader::read(&bad).is_some_and(|h| h.body_crc == crc32c(&bad[HEADER_BYTES..]));
            assert!(!whole, "byte {at}");
        }
    }
}
