//! How what was acknowledged out of order is written into a commit's metadata: as runs, or, where
//! those do not fit, as a bitmap.

use std::{collections::BTreeMap, fmt::Write as _, ops::Range};

use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};

/// Bytes of a commit's metadata. Source: Kafka's default of `offset.metadata.max.bytes`.
pub(super) const METADATA_BYTES_MAX: usize = 4_096;
/// First characters of metadata that this gateway wrote; others are not ours to read.
const RUNS: &str = "acked:";
/// The same, for a bitmap in base64: the lowest bit of the first byte is the committed offset.
const BITS: &str = "bits:";
/// Longest text of one run: a comma, a plus, and two numbers of 20 digits.
const RUN_BYTES_MAX: usize = 42;
/// A bitmap covers so many offsets; whatever lies within them fits.
pub(super) const SPAN_MAX: u64 = ((METADATA_BYTES_MAX - BITS.len()) / 4 * 3 * 8) as u64;

/// The runs behind `next`, or those of them that fit, the first ones first.
pub(super) fn write(next: u64, behind: &BTreeMap<u64, u64>) -> String {
    let (runs, is_whole) = write_runs(next, behind);
    match behind.last_key_value() {
        // Runs are for people too, and older gateways know nothing else.
        Some((_, end)) if !is_whole && end - next <= SPAN_MAX => write_bits(next, *end, behind),
        _ => runs,
    }
}

/// Does one more run fit, wherever it lies?
pub(super) fn has_room(next: u64, behind: &BTreeMap<u64, u64>) -> bool {
    let (runs, is_whole) = write_runs(next, behind);
    is_whole && runs.len() + RUN_BYTES_MAX <= METADATA_BYTES_MAX
}

fn write_runs(next: u64, behind: &BTreeMap<u64, u64>) -> (String, bool) {
    let mut text = String::new();
    let mut at = next;
    for (start, end) in behind {
        let whole = text.len();
        let separator = if text.is_empty() { RUNS } else { "," };
        // Writing into a string cannot fail.
        let _ = write!(text, "{separator}{}+{}", start - at, end - start);
        if text.len() > METADATA_BYTES_MAX {
            text.truncate(whole);
            return (text, false);
        }
        at = *end;
    }
    (text, true)
}

fn write_bits(next: u64, end: u64, behind: &BTreeMap<u64, u64>) -> String {
    let mut bytes = vec![0u8; usize::try_from((end - next).div_ceil(8)).unwrap_or(0)];
    for offset in behind.iter().flat_map(|(start, end)| *start..*end) {
        let bit = offset - next;
        if let Some(byte) = usize::try_from(bit / 8).ok().and_then(|at| bytes.get_mut(at)) {
            *byte |= 1 << (bit % 8);
        }
    }
    format!("{BITS}{}", STANDARD_NO_PAD.encode(bytes))
}

/// The runs that metadata tells of. A damaged text acknowledges nothing more: to deliver again is
/// the safe side.
pub(super) fn read(next: u64, metadata: &str) -> Vec<Range<u64>> {
    if let Some(bits) = metadata.strip_prefix(BITS) {
        return read_bits(next, bits);
    }
    let mut found = Vec::new();
    let mut at = next;
    for run in metadata.strip_prefix(RUNS).unwrap_or_default().split(',') {
        let numbers = run.split_once('+').and_then(|(gap, length)| {
            Some((gap.parse::<u64>().ok()?, length.parse::<u64>().ok()?))
        });
        let Some((gap, length)) = numbers else { break };
        let Some(start) = at.checked_add(gap) else { break };
        let Some(end) = start.checked_add(length) else { break };
        found.push(start..end);
        at = end;
    }
    found
}

fn read_bits(next: u64, bits: &str) -> Vec<Range<u64>> {
    let bytes = STANDARD_NO_PAD.decode(bits).unwrap_or_default();
    let bits = bytes.iter().flat_map(|byte| (0..8).map(move |bit| byte >> bit & 1 == 1));
    let offsets = bits.zip(next..u64::MAX).filter(|(is_set, _)| *is_set);
    offsets.map(|(_, offset)| offset..offset + 1).collect()
}
