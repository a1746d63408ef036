//! What the ledger of a stream group promises, against a simple model.

use proptest::prelude::*;

use super::{
    lane::Lane,
    ledger::{Ledger, Position},
};
use crate::consumer::Acknowledged;

fn ledger(partitions: u32) -> Ledger {
    let mut ledger = Ledger::default();
    for partition in 0..partitions {
        ledger.lanes.insert(partition, Lane::new(1, Acknowledged::below(0)));
    }
    ledger
}

fn at(partition: u32, offset: u64) -> Position {
    Position { offset, partition }
}

/// Every count agrees with every other.
fn check(ledger: &Ledger) {
    let of_consumers: usize = ledger.consumers.values().map(|one| one.pending.len()).sum();
    let of_lanes: usize = ledger.lanes.values().map(|lane| lane.pending).sum();
    assert_eq!((of_consumers, of_lanes), (ledger.pending.len(), ledger.pending.len()));
    for (position, entry) in &ledger.pending {
        assert!(ledger.consumers[&entry.consumer].pending.contains(position));
        let lane = &ledger.lanes[&position.partition];
        assert!(!lane.acknowledged.contains(position.offset), "{position:?} is pending");
    }
}

#[test]
fn a_partition_that_moves_away_takes_its_pending_entries_along() {
    let mut ledger = ledger(2);
    ledger.meet(b"c", 0).unwrap();
    ledger.give(at(0, 0), b"c", (0, 1));
    ledger.give(at(1, 0), b"c", (0, 1));

    assert!(!ledger.settle(&[(1, 1)]));
    assert_eq!(ledger.pending.keys().copied().collect::<Vec<_>>(), [at(1, 0)]);
    check(&ledger);

    assert!(ledger.settle(&[(1, 2)]), "somebody else had it meanwhile");
    assert!(ledger.pending.is_empty());
    check(&ledger);
}

#[test]
fn entries_of_a_removed_consumer_are_read_first() {
    let mut ledger = ledger(1);
    ledger.meet(b"c", 0).unwrap();
    for offset in [2, 3, 5] {
        ledger.give(at(0, offset), b"c", (0, 1));
    }
    ledger.lanes.get_mut(&0).unwrap().next = 9;

    assert_eq!(ledger.remove(b"c"), Some(3));
    let window = ledger.lanes[&0].window();
    assert_eq!((window.from, window.end), (2, Some(4)));
    ledger.lanes.get_mut(&0).unwrap().passed(window, 4);
    let window = ledger.lanes[&0].window();
    assert_eq!((window.from, window.end), (5, Some(6)));
    ledger.lanes.get_mut(&0).unwrap().passed(window, 6);
    assert_eq!(ledger.lanes[&0].window().end, None);
    assert_eq!(ledger.lanes[&0].window().from, 9);
    check(&ledger);
}

#[test]
fn a_new_place_leaves_what_is_pending_below_it() {
    let mut lane = Lane::new(1, Acknowledged::below(0));
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
        deeds in prop::collection::vec((0u8..4, 0u32..2, 0u64..12, 0u8..3), 0..120),
    ) {
        let mut ledger = ledger(2);
        for (deed, partition, offset, name) in deeds {
            let (position, name) = (at(partition, offset), [name]);
            let is_done = ledger.lanes[&partition].acknowledged.contains(offset);
            match deed {
                0 if !is_done => {
                    ledger.meet(&name, 0).unwrap();
                    ledger.give(position, &name, (0, 1));
                }
                1 => {
                    let was_pending = ledger.pending.contains_key(&position);
                    prop_assert_eq!(ledger.acknowledge(position), was_pending.then_some(true));
                }
                2 => {
                    ledger.remove(&name);
                }
                _ => {
                    let owned = if offset == 0 { vec![(partition, 1)] } else { vec![(0, 1), (1, 1)] };
                    ledger.settle(&owned);
                    for partition in 0..2 {
                        let begun = || Lane::new(1, Acknowledged::below(0));
                        ledger.lanes.entry(partition).or_insert_with(begun);
                    }
                }
            }
            check(&ledger);
        }
    }
}
