//! One page of a SCAN: topics are sorted by a hash of their names, and the cursor is the hash of
//! the last one sent. A topic that exists throughout is sent exactly once, whatever other topics
//! come or go meanwhile, and on every gateway.

use crate::message::TopicName;

/// Bits of a cursor: JavaScript's numbers hold them exactly.
const BITS: u32 = 48;

/// The next `count` topics after `cursor`, and the cursor after them; 0 at the end.
pub(super) fn page(topics: Vec<TopicName>, cursor: u64, count: usize) -> (Vec<TopicName>, u64) {
    let hashed = topics.into_iter().map(|name| (hash(name.as_str()), name));
    let mut left: Vec<_> = hashed.filter(|(hash, _)| *hash > cursor).collect();
    if left.len() <= count {
        left.sort_unstable();
        return (left.into_iter().map(|(_, name)| name).collect(), 0);
    }
    // Not all are sorted for each page: a scan of all topics would take quadratic time.
    let (_, last, _) = left.select_nth_unstable(count - 1);
    let last = last.0;
    let has_more = left.iter().any(|(hash, _)| *hash > last);
    // Names of one hash go together, even over the count.
    left.retain(|(hash, _)| *hash <= last);
    left.sort_unstable();
    (left.into_iter().map(|(_, name)| name).collect(), if has_more { last } else { 0 })
}

/// FNV-1a folded into the cursor's bits, the same in every gateway; never 0.
fn hash(name: &str) -> u64 {
    const BASIS: u64 = 0xcbf2_9ce4_8422_2325;
    const PRIME: u64 = 0x0100_0000_01b3;
    let hash = name.bytes().fold(BASIS, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(PRIME));
    ((hash >> BITS) ^ (hash & ((1 << BITS) - 1))).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(number: usize) -> TopicName {
        TopicName::new(format!("topic-{number}")).unwrap()
    }

    #[test]
    fn topics_that_stay_are_given_once_while_others_come_and_go() {
        let stays: Vec<_> = (0..500).map(name).collect();
        let (mut seen, mut cursor, mut round) = (Vec::new(), 0, 0);
        loop {
            // Each round 40 others are there.
            let others = (0..40).map(|at| name(1_000 + round * 17 + at));
            let all = stays.iter().cloned().chain(others).collect();
            let (page, next) = page(all, cursor, 7);
            assert!(page.len() >= 7 || next == 0);
            seen.extend(page.into_iter().filter(|name| stays.contains(name)));
            (cursor, round) = (next, round + 1);
            if cursor == 0 {
                break;
            }
        }
        seen.sort_unstable();
        let mut wanted = stays;
        wanted.sort_unstable();
        assert_eq!(seen, wanted);
    }

    #[test]
    fn an_empty_scan_ends_at_once() {
        assert_eq!(page(Vec::new(), 0, 10), (Vec::new(), 0));
        assert_eq!(page(vec![name(1)], u64::MAX, 10), (Vec::new(), 0));
    }
}
