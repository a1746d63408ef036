//! The hashes themselves, from bytes to a number.

/// Kafka's murmur2 (32 bits), with the seed of its Java client.
///
/// Source: `org.apache.kafka.common.utils.Utils.murmur2`.
pub(crate) fn murmur2(key: &[u8]) -> u32 {
    const SEED: u32 = 0x9747_b28c;
    const M: u32 = 0x5bd1_e995;
    const R: u32 = 24;

    // Java's length is an i32 too; a key of 4 GiB does not reach a partitioner.
    #[expect(clippy::cast_possible_truncation, reason = "keys are far below 4 GiB")]
    let mut hash = SEED ^ key.len() as u32;
    let (words, rest) = key.as_chunks::<4>();
    for word in words {
        let mut k = u32::from_le_bytes(*word).wrapping_mul(M);
        k ^= k >> R;
        hash = hash.wrapping_mul(M) ^ k.wrapping_mul(M);
    }
    if !rest.is_empty() {
        let tail = rest.iter().rev().fold(0, |tail, &byte| tail << 8 | u32::from(byte));
        hash = (hash ^ tail).wrapping_mul(M);
    }
    hash ^= hash >> 13;
    hash = hash.wrapping_mul(M);
    hash ^ hash >> 15
}

/// FNV-1a, 32 bits.
pub(crate) fn fnv1a_32(key: &[u8]) -> u32 {
    key.iter().fold(0x811c_9dc5, |hash, &byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

/// CRC-32 as in zlib.
pub(crate) fn crc32_ieee(key: &[u8]) -> u32 {
    !key.iter().fold(!0, |crc, &byte| {
        let [lowest, ..] = crc.to_le_bytes();
        CRC32[usize::from(lowest ^ byte)] ^ crc >> 8
    })
}

/// CRC-16/XMODEM, Redis Cluster's.
pub(crate) fn crc16_xmodem(key: &[u8]) -> u16 {
    key.iter().fold(0, |crc, &byte| {
        let crc = crc ^ u16::from(byte) << 8;
        (0..8).fold(crc, |crc, _| if crc >> 15 == 1 { crc << 1 ^ 0x1021 } else { crc << 1 })
    })
}

/// What Redis Cluster hashes of a key: what is between the first `{` and the first `}` behind it,
/// if that is anything.
pub(crate) fn hash_tag(key: &[u8]) -> &[u8] {
    let Some(open) = key.iter().position(|&byte| byte == b'{') else { return key };
    let tag = &key[open + 1..];
    match tag.iter().position(|&byte| byte == b'}') {
        None | Some(0) => key,
        Some(end) => &tag[..end],
    }
}

const CRC32: [u32; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        #[expect(clippy::cast_possible_truncation, reason = "below 256")]
        let mut crc = byte as u32;
        let mut bit = 0;
        while bit < 8 {
            crc = if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 };
            bit += 1;
        }
        table[byte] = crc;
        byte += 1;
    }
    table
};
