//! The state of a stream group against a simple model.

use proptest::prelude::*;

use super::{
    partition::PartitionState,
    state::{AckOutcome, Delivery, EntryPosition, StreamState},
};
use crate::consumer::{acknowledged::Acknowledged, local_group::OwnedPartition};

const ONCE: Delivery = Delivery { delivered_ms: 0, deliveries: 1 };

fn owned(partition: u32, epoch: u64) -> OwnedPartition {
    OwnedPartition { partition, epoch }
}

fn state(partitions: u32) -> StreamState {
    let mut state = StreamState::default();
    for partition in 0..partitions {
        state.partitions.insert(partition, PartitionState::new(1, Acknowledged::below(0)));
    }
    state
}

fn at(partition: u32, offset: u64) -> EntryPosition {
    EntryPosition { offset, partition }
}

/// Every count agrees with every other.
fn check(state: &StreamState) {
    let of_consumers: usize = state.consumers.values().map(|one| one.pending.len()).sum();
    let of_partitions: usize = state.partitions.values().map(|known| known.pending).sum();
    assert_eq!((of_consumers, of_partitions), (state.pending.len(), state.pending.len()));
    for (position, entry) in &state.pending {
        assert!(state.consumers[&entry.consumer].pending.contains(position));
        let known = &state.partitions[&position.partition];
        assert!(!known.acknowledged.contains(position.offset), "{position:?} is pending");
    }
}

#[test]
fn a_partition_that_moves_away_takes_its_pending_entries_along() {
    let mut state = state(2);
    state.meet(b"c", 0).unwrap();
    state.give(at(0, 0), b"c", ONCE);
    state.give(at(1, 0), b"c", ONCE);

    assert!(!state.settle(&[owned(1, 1)]));
    assert_eq!(state.pending.keys().copied().collect::<Vec<_>>(), [at(1, 0)]);
    check(&state);

    assert!(state.settle(&[owned(1, 2)]), "another reader had it in between");
    assert!(state.pending.is_empty());
    check(&state);
}

#[test]
fn entries_of_a_removed_consumer_are_read_first() {
    let mut state = state(1);
    state.meet(b"c", 0).unwrap();
    for offset in [2, 3, 5] {
        state.give(at(0, offset), b"c", ONCE);
    }
    state.partitions.get_mut(&0).unwrap().next = 9;

    assert_eq!(state.remove(b"c"), Some(3));
    let window = state.partitions[&0].window();
    assert_eq!((window.from, window.end), (2, Some(4)));
    state.partitions.get_mut(&0).unwrap().advance(window, 4);
    let window = state.partitions[&0].window();
    assert_eq!((window.from, window.end), (5, Some(6)));
    state.partitions.get_mut(&0).unwrap().advance(window, 6);
    assert_eq!(state.partitions[&0].window().end, None);
    assert_eq!(state.partitions[&0].window().from, 9);
    check(&state);
}

#[test]
fn a_new_offset_leaves_what_is_pending_below_it() {
    let mut lane = PartitionState::new(1, Acknowledged::below(0));
    lane.acknowledge(4..6);
    assert!(lane.set(8, [2, 5].into_iter()));

    assert_eq!((lane.next, lane.acknowledged.next()), (8, 2));
    let left: Vec<_> = (0..10).filter(|offset| !lane.acknowledged.contains(*offset)).collect();
    assert_eq!(left, [2, 5, 8, 9]);

    assert!(lane.set(0, [2, 5].into_iter()), "everything comes once more");
    assert_eq!((lane.next, lane.acknowledged.next(), lane.lag(10)), (0, 0, 10));
}

proptest! {
    #[test]
    fn nothing_is_pending_and_acknowledged(
        actions in prop::collection::vec((0u8..4, 0u32..2, 0u64..12, 0u8..3), 0..120),
    ) {
        let mut state = state(2);
        for (action, partition, offset, name) in actions {
            let (position, name) = (at(partition, offset), [name]);
            let is_done = state.partitions[&partition].acknowledged.contains(offset);
            match action {
                0 if !is_done => {
                    state.meet(&name, 0).unwrap();
                    state.give(position, &name, ONCE);
                }
                1 => {
                    let was_pending = state.pending.contains_key(&position);
                    let expected = if was_pending { AckOutcome::Done } else { AckOutcome::NotPending };
                    prop_assert_eq!(state.acknowledge(position), expected);
                }
                2 => {
                    state.remove(&name);
                }
                _ => {
                    let kept = if offset == 0 {
                        vec![owned(partition, 1)]
                    } else {
                        vec![owned(0, 1), owned(1, 1)]
                    };
                    state.settle(&kept);
                    for partition in 0..2 {
                        let begun = || PartitionState::new(1, Acknowledged::below(0));
                        state.partitions.entry(partition).or_insert_with(begun);
                    }
                }
            }
            check(&state);
        }
    }
}
