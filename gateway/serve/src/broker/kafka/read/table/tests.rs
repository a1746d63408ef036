//! What the table keeps, drops and tells.

use bytes::Bytes;

use super::*;
use crate::message::Record;

fn place(topic: &str) -> Place {
    (TopicName::new(topic).unwrap(), 0)
}

fn stored(offset: u64) -> StoredRecord {
    let value = Some(Bytes::from(vec![b'x'; 872]));
    StoredRecord { offset, record: Record { value, ..Record::default() } }
}

fn read(table: &mut Table, topic: &str, from: u64) -> Option<Vec<u64>> {
    let (topic, partition) = place(topic);
    let fetch = Fetch { topic, partition, from, records_max: 99, bytes_max: 99_999 };
    Some(table.read(&fetch)?.into_iter().map(|stored| stored.offset).collect())
}

/// A table for three records of `a` and `b`, both followed from 0.
fn table() -> Table {
    let mut table = Table::new(3000);
    for topic in ["a", "b"] {
        table.follow(place(topic), 0, 0);
        table.led(&place(topic).0, [1; 16], |_| Some(7));
    }
    table
}

#[test]
fn the_oldest_records_make_room_whoever_they_belong_to() {
    let mut table = table();
    table.push(&place("a"), 1, vec![stored(0)]);
    table.push(&place("b"), 2, vec![stored(0), stored(3)]);
    assert_eq!(read(&mut table, "a", 0), Some(vec![0]));

    table.push(&place("b"), 2, vec![stored(4)]);

    assert_eq!(read(&mut table, "a", 0), None);
    assert_eq!(read(&mut table, "a", 1), Some(vec![]));
    assert_eq!(read(&mut table, "b", 0), Some(vec![0, 3, 4]));
    table.push(&place("b"), 2, (5..50).map(stored).collect());
    assert_eq!(read(&mut table, "b", 49), None);
    assert_eq!((read(&mut table, "b", 50), table.bytes), (Some(vec![]), 0));

    table.push(&place("a"), 1, vec![stored(1), stored(2)]);
    table.trim(&place("a"), 2);
    assert_eq!((read(&mut table, "a", 1), read(&mut table, "a", 2)), (None, Some(vec![2])));
}

#[test]
fn readers_hear_of_records_and_of_ends() {
    let mut table = table();
    let mut watch = table.watch(&place("a").0);
    let mut changed = move || {
        let changed = watch.has_changed().unwrap();
        watch.mark_unchanged();
        changed
    };

    table.push(&place("b"), 2, vec![stored(0)]);
    assert!(!changed());
    table.push(&place("a"), 1, vec![stored(0)]);
    assert!(changed());
    table.push(&place("a"), 0, vec![stored(1)]);
    assert!(!changed(), "the number is of an earlier following");
    assert!(!table.led(&place("a").0, [1; 16], |_| None));
    assert!(table.led(&place("a").0, [2; 16], |_| Some(7)), "made anew");
    assert!(changed());
    assert_eq!(read(&mut table, "a", 0), None);
    assert_eq!(table.led_by(7), [(place("b"), 2, 1)]);
}

#[test]
fn what_nobody_comes_for_is_not_followed_for_long() {
    let mut table = table();
    let _watch = table.watch(&place("a").0);
    let later = Instant::now() + UNUSED * 2;

    assert!(table.sweep(later));
    assert_eq!(table.topics(), [place("a").0], "b is not watched");
    table.push(&place("a"), 1, vec![stored(0)]);
    read(&mut table, "a", 0);
    assert!(!table.sweep(later), "somebody came");
    table.push(&place("a"), 1, vec![stored(1)]);
    assert!(table.sweep(later));
    assert_eq!((table.leaders(), table.bytes, table.arrived.len()), (vec![], 0, 0));
}
