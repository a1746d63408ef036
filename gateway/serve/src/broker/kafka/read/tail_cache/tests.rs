//! What the cache keeps and drops, and when it wakes readers.

use bytes::Bytes;

use super::*;
use crate::message::{Record, TopicPartition};

fn partition(topic: &str) -> TopicPartition {
    TopicPartition::new(TopicName::new(topic).unwrap(), 0)
}

fn followed(topic: &str, number: u64) -> Subscription {
    Subscription { partition: partition(topic), number, next: 0 }
}

fn stored(offset: u64) -> StoredRecord {
    let value = Some(Bytes::from(vec![b'x'; 872]));
    StoredRecord { offset, record: Record { value, ..Record::default() } }
}

fn read(cache: &mut TailCache, topic: &str, from: u64) -> Option<Vec<u64>> {
    let TopicPartition { topic, partition } = partition(topic);
    let fetch = Fetch {
        partition: TopicPartition::new(topic, partition),
        from,
        records_max: 99,
        bytes_max: 99_999,
    };
    Some(cache.read(&fetch)?.into_iter().map(|stored| stored.offset).collect())
}

/// A cache for three records of `a` and `b`, both followed from 0.
fn cache() -> TailCache {
    let mut cache = TailCache::new(3000);
    for topic in ["a", "b"] {
        cache.follow(&partition(topic), OffsetRange { start: 0, end: 0 });
        cache.set_leaders(&partition(topic).topic, [1; 16], |_| Some(7));
    }
    cache
}

#[test]
fn the_oldest_records_make_room_whoever_they_belong_to() {
    let mut cache = cache();
    cache.push(&followed("a", 1), vec![stored(0)]);
    cache.push(&followed("b", 2), vec![stored(0), stored(3)]);
    assert_eq!(read(&mut cache, "a", 0), Some(vec![0]));

    cache.push(&followed("b", 2), vec![stored(4)]);

    assert_eq!(read(&mut cache, "a", 0), None);
    assert_eq!(read(&mut cache, "a", 1), Some(vec![]));
    assert_eq!(read(&mut cache, "b", 0), Some(vec![0, 3, 4]));
    cache.push(&followed("b", 2), (5..50).map(stored).collect());
    assert_eq!(read(&mut cache, "b", 49), None);
    assert_eq!((read(&mut cache, "b", 50), cache.bytes), (Some(vec![]), 0));

    cache.push(&followed("a", 1), vec![stored(1), stored(2)]);
    cache.trim(&partition("a"), 2);
    assert_eq!((read(&mut cache, "a", 1), read(&mut cache, "a", 2)), (None, Some(vec![2])));
}

#[test]
fn readers_hear_of_records_and_of_ends() {
    let mut cache = cache();
    let mut watch = cache.watch(&partition("a").topic);
    let mut changed = move || {
        let changed = watch.has_changed().unwrap();
        watch.mark_unchanged();
        changed
    };

    cache.push(&followed("b", 2), vec![stored(0)]);
    assert!(!changed());
    cache.push(&followed("a", 1), vec![stored(0)]);
    assert!(changed());
    cache.push(&followed("a", 0), vec![stored(1)]);
    assert!(!changed(), "the number is of an earlier following");
    assert!(!cache.set_leaders(&partition("a").topic, [1; 16], |_| None));
    assert!(cache.set_leaders(&partition("a").topic, [2; 16], |_| Some(7)), "recreated");
    assert!(changed());
    assert_eq!(read(&mut cache, "a", 0), None);
    assert_eq!(cache.led_by(7), [Subscription { next: 1, ..followed("b", 2) }]);
}

#[test]
fn what_nobody_comes_for_is_not_followed_for_long() {
    let mut cache = cache();
    let _watch = cache.watch(&partition("a").topic);
    let later = Instant::now() + UNUSED * 2;

    assert!(cache.sweep(later));
    assert_eq!(cache.topics(), [partition("a").topic], "b is not watched");
    cache.push(&followed("a", 1), vec![stored(0)]);
    read(&mut cache, "a", 0);
    assert!(!cache.sweep(later), "somebody came");
    cache.push(&followed("a", 1), vec![stored(1)]);
    assert!(cache.sweep(later));
    assert_eq!((cache.leaders(), cache.bytes, cache.arrived.len()), (vec![], 0, 0));
}
