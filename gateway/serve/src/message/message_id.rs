//! What a producer calls its messages, so that one that is sent twice is stored once.

use bytes::Bytes;

use super::{Headers, Record};

/// Header with the producer's name.
const PRODUCER_HEADER: &[u8] = b"sluicegate-idmp-producer";
/// Header with the message's id.
const ID_HEADER: &[u8] = b"sluicegate-idmp-id";
/// Longest producer name and id, in bytes: each is kept as long as the window.
pub const MESSAGE_ID_BYTES_MAX: usize = 256;

/// A message's identity, as its producer gave it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageId {
    /// Name of the producer.
    pub producer: Bytes,
    /// Id of the message, one of this producer's.
    pub id: Bytes,
}

impl MessageId {
    /// True if both are short enough to be kept.
    pub fn fits(&self) -> bool {
        let lengths = [self.producer.len(), self.id.len()];
        lengths.iter().all(|length| (1..=MESSAGE_ID_BYTES_MAX).contains(length))
    }

    /// The partition of this producer's messages. A topic that grows moves producers: their windows
    /// begin anew.
    pub fn partition(&self, partitions: u32) -> u32 {
        // FNV-1a: the same on every gateway.
        let hash = self.producer.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
        });
        u32::try_from(hash % u64::from(partitions.max(1))).unwrap_or(0)
    }

    /// Marks the record of this message.
    pub fn mark(&self, headers: &mut Headers) {
        headers.push((Bytes::from_static(PRODUCER_HEADER), Some(self.producer.clone())));
        headers.push((Bytes::from_static(ID_HEADER), Some(self.id.clone())));
    }

    /// The identity that a record is marked with.
    pub fn of(record: &Record) -> Option<Self> {
        let value = |wanted: &[u8]| {
            let header = record.headers.iter().find(|(name, _)| name == wanted);
            header.and_then(|(_, value)| value.clone())
        };
        Some(Self { producer: value(PRODUCER_HEADER)?, id: value(ID_HEADER)? })
    }
}

/// True for a header that marks a message's identity, which is not part of its entry.
pub fn is_mark(header: &[u8]) -> bool {
    header == PRODUCER_HEADER || header == ID_HEADER
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(producer: &'static [u8]) -> MessageId {
        MessageId { producer: Bytes::from_static(producer), id: Bytes::from_static(b"1") }
    }

    #[test]
    fn a_producer_has_one_partition() {
        assert_eq!(message(b"p").partition(16), message(b"p").partition(16));
        assert_ne!(message(b"p").partition(1_000), message(b"q").partition(1_000));
        assert_eq!(message(b"p").partition(1), 0);
    }

    #[test]
    fn a_marked_record_tells_its_identity() {
        let mut record = Record::default();
        assert_eq!(MessageId::of(&record), None);
        message(b"p").mark(&mut record.headers);
        assert_eq!(MessageId::of(&record), Some(message(b"p")));
        assert!(record.headers.iter().all(|(name, _)| is_mark(name)));
    }
}
