//! From a key to a partition.

use serde::Deserialize;

use crate::hash::{crc16_xmodem, crc32_ieee, fnv1a_32, hash_tag, murmur2};

/// How partitions are chosen, by the names of the settings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Formula {
    /// The Java client's.
    #[default]
    Murmur2,
    /// sarama's, kafka-go's `Hash` and databus'.
    Fnv1a,
    /// kafka-go's `ReferenceHash`.
    Fnv1aReference,
    /// librdkafka's `consistent`.
    Crc32,
    /// Redis Cluster's slots, dealt out evenly.
    Crc16,
    /// The partition with the fewest bytes so far, whatever the key.
    LeastBytes,
    /// One after the other, whatever the key.
    RoundRobin,
    /// Left to the gateway, whatever the key.
    Sticky,
}

/// Keeps a signed hash from going below zero, as the Java client does.
const POSITIVE: u32 = 0x7fff_ffff;
/// Slots of a Redis Cluster.
const SLOTS: u32 = 16384;

impl Formula {
    /// The partition of one key; `None` where the formula leaves it to the gateway.
    pub fn place(self, key: Option<&[u8]>, partitions: u32) -> Option<u32> {
        let key = key?;
        match self {
            Self::Murmur2 => Some((murmur2(key) & POSITIVE) % partitions),
            Self::Fnv1a => Some(signed_remainder(fnv1a_32(key), partitions)),
            Self::Fnv1aReference => Some((fnv1a_32(key) & POSITIVE) % partitions),
            Self::Crc32 if key.is_empty() => None,
            Self::Crc32 => Some(crc32_ieee(key) % partitions),
            Self::Crc16 => {
                let slot = u32::from(crc16_xmodem(hash_tag(key))) % SLOTS;
                u32::try_from(u64::from(slot) * u64::from(partitions) / u64::from(SLOTS)).ok()
            }
            Self::LeastBytes | Self::RoundRobin | Self::Sticky => None,
        }
    }
}

/// `int32(hash) % n`, and its distance from zero.
fn signed_remainder(hash: u32, partitions: u32) -> u32 {
    let remainder = i64::from(hash.cast_signed()) % i64::from(partitions);
    u32::try_from(remainder.unsigned_abs()).expect("a remainder is smaller than its divisor")
}

#[cfg(test)]
mod tests {
    use super::Formula;
    use crate::hash::murmur2;

    /// Key; fnv1a, fnv1a-reference, crc32, murmur2 for 3, 6 and 10 partitions; murmur2 itself.
    /// Computed with the client libraries. librdkafka spreads the empty key: its crc32 is not used.
    const VECTORS: [(&str, [[u32; 4]; 3], i32); 11] = [
        ("", [[0, 2, 0, 0], [3, 5, 0, 3], [5, 3, 0, 1]], 275_646_681),
        ("x", [[1, 1, 0, 1], [1, 1, 3, 4], [1, 7, 3, 6]], 2_121_525_046),
        ("id", [[0, 0, 2, 1], [0, 0, 2, 1], [6, 6, 6, 7]], -1_152_384_481),
        ("key", [[1, 1, 1, 1], [4, 4, 1, 1], [8, 8, 7, 1]], -1_079_937_367),
        ("1", [[1, 1, 2, 0], [4, 4, 5, 3], [4, 4, 3, 9]], -1_993_445_489),
        ("app_key1", [[1, 1, 1, 0], [1, 1, 4, 3], [7, 7, 0, 1]], 1_818_167_781),
        ("user_42", [[0, 0, 1, 1], [3, 3, 1, 4], [9, 9, 3, 8]], 475_133_338),
        ("hello world", [[1, 1, 0, 1], [1, 1, 3, 1], [9, 9, 7, 9]], 1_221_641_059),
        ("用户", [[1, 1, 1, 0], [1, 1, 1, 0], [3, 3, 1, 6]], 358_139_016),
        ("abcd", [[0, 2, 1, 2], [3, 5, 1, 2], [3, 5, 9, 0]], -1_323_649_548),
        ("test156", [[2, 2, 1, 0], [5, 5, 1, 3], [5, 5, 9, 5]], 878_482_665),
    ];

    #[test]
    fn keys_go_where_the_client_libraries_put_them() {
        let formulas = [Formula::Fnv1a, Formula::Fnv1aReference, Formula::Crc32, Formula::Murmur2];
        for (key, rows, hash) in VECTORS {
            assert_eq!(murmur2(key.as_bytes()).cast_signed(), hash, "murmur2 of {key:?}");
            for (partitions, row) in [3, 6, 10].into_iter().zip(rows) {
                for (formula, expected) in formulas.into_iter().zip(row) {
                    let placed = formula.place(Some(key.as_bytes()), partitions);
                    let is_spread = key.is_empty() && formula == Formula::Crc32;
                    let expected = (!is_spread).then_some(expected);
                    assert_eq!(placed, expected, "{formula:?} of {key:?} in {partitions}");
                }
            }
        }
    }

    #[test]
    fn keys_share_a_partition_with_their_hash_tag() {
        // Slots from the Redis Cluster specification: 123456789 is 12739, `{user1000}` as its tag.
        assert_eq!(Formula::Crc16.place(Some(b"123456789"), 16384), Some(12739));
        assert_eq!(Formula::Crc16.place(Some(b"123456789"), 4), Some(3));
        let of = |key: &[u8]| Formula::Crc16.place(Some(key), 16384);
        assert_eq!(of(b"{user1000}.following"), of(b"user1000"));
        assert_eq!(of(b"foo{bar}{zap}"), of(b"bar"));
        assert_ne!(of(b"foo{}{bar}"), of(b"bar"));
        assert_eq!(of(b"foo{{bar}}zap"), of(b"{bar"));
    }

    #[test]
    fn no_key_is_always_left_to_the_gateway() {
        assert_eq!(Formula::Murmur2.place(None, 3), None);
        assert_eq!(Formula::Crc16.place(None, 3), None);
    }
}
