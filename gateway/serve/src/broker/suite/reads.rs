//! Promises about reading, and about records that are deleted.

use std::{sync::Arc, time::Duration};

use super::{Shared, append, fetch, kind, topic, value};
use crate::{
    broker::{Fetch, OffsetRange},
    message::{Record, TopicName, TopicPartition},
};

pub(crate) async fn a_fetch_keeps_its_limits(broker: Shared) {
    let topic = topic(&broker, "limits", 1).await;
    for batch in 0..10 {
        let records = (0..10).map(|n| value(format!("{batch}{n}{}", "x".repeat(98)))).collect();
        broker.produce(vec![append("limits", 0, records)]).await.remove(0).unwrap();
    }

    for (from, records_max, bytes_max, first, count) in [
        (0, 7, usize::MAX, 0, 7),
        (13, 25, usize::MAX, 13, 25),
        (0, usize::MAX, 1, 0, 1),
        (0, usize::MAX, 250, 0, 3),
        (0, usize::MAX, 300, 0, 3),
        (95, usize::MAX, usize::MAX, 95, 5),
        (100, 5, 5, 0, 0),
        (5000, 5, 5, 0, 0),
    ] {
        let fetch = Fetch {
            partition: TopicPartition::new(topic.clone(), 0),
            from,
            records_max,
            bytes_max,
        };
        let records = broker.fetch(fetch.clone()).await.unwrap();
        assert_eq!(records.len(), count, "{fetch:?}");
        assert_eq!(records.first().map_or(0, |r| r.offset), first, "{fetch:?}");
        assert!(records.windows(2).all(|pair| pair[0].offset + 1 == pair[1].offset));
    }
}

pub(crate) async fn a_time_finds_the_first_record_at_or_after_it(broker: Shared) {
    let topic = topic(&broker, "times", 1).await;
    for (nth, times) in [[100, 200], [150, 400], [300, 350]].into_iter().enumerate() {
        let at = |timestamp_ms| Record { timestamp_ms, ..value(format!("{nth}")) };
        let records = times.map(at).to_vec();
        broker.produce(vec![append("times", 0, records)]).await.remove(0).unwrap();
    }

    for (time, offset) in [(i64::MIN, 0), (100, 0), (101, 1), (201, 3), (400, 3), (401, 6)] {
        assert_eq!(
            broker.offset_at(&TopicPartition::new(topic.clone(), 0), time).await.unwrap(),
            offset,
            "{time}"
        );
    }
}

pub(crate) async fn a_watcher_hears_of_what_can_be_fetched(broker: Shared) {
    topic(&broker, "watched", 2).await;
    topic(&broker, "watched-not", 1).await;
    let mut watcher = broker.watch("watched").unwrap();
    let other = broker.watch("watched-not").unwrap();
    let reader = {
        let broker = Arc::clone(&broker);
        tokio::spawn(async move {
            let mut seen = 0;
            while seen < 100 {
                watcher.mark_unchanged();
                let records = fetch(&broker, "watched", 1, seen).await;
                if records.is_empty() {
                    let heard = tokio::time::timeout(Duration::from_secs(20), watcher.changed());
                    heard.await.expect("an append is heard of").unwrap();
                }
                seen += records.len() as u64;
            }
        })
    };

    for n in 0..100 {
        let appends = vec![append("watched", 1, vec![value(n.to_string())])];
        broker.produce(appends).await.remove(0).unwrap();
    }

    reader.await.unwrap();
    assert!(!other.has_changed().unwrap());
}

pub(crate) async fn only_records_below_the_offset_are_deleted(broker: Shared) {
    let topic = topic(&broker, "trimmed", 2).await;
    let records = || (0..10).map(|n| value(n.to_string())).collect();
    for partition in 0..2 {
        // Two batches, so that the offset lies inside of one.
        let appends =
            vec![append("trimmed", partition, records()), append("trimmed", partition, records())];
        for answer in broker.produce(appends).await {
            answer.unwrap();
        }
    }

    let mut answers = Vec::new();
    for (partition, before) in [(0, 13), (0, 5), (0, 21), (2, 1)] {
        answers.push(
            broker.delete_records(&TopicPartition::new(topic.clone(), partition), before).await,
        );
    }

    let kinds: Vec<_> = answers.iter().map(kind).collect();
    assert_eq!(kinds, ["ok", "ok", "refused", "no partition"]);
    assert_eq!(answers.into_iter().flatten().collect::<Vec<_>>(), [13, 13]);
    the_rest_is_left(&broker, &topic).await;

    assert_eq!(
        broker.delete_records(&TopicPartition::new(topic.clone(), 0), 20).await.unwrap(),
        20
    );
    goes_on_behind_what_was_deleted(&broker).await;
}

async fn the_rest_is_left(broker: &Shared, topic: &TopicName) {
    let range = broker.offsets(&TopicPartition::new(topic.clone(), 0)).await.unwrap();
    assert_eq!(range, OffsetRange { start: 13, end: 20 });
    let left = fetch(broker, "trimmed", 0, 0).await;
    assert_eq!(left.iter().map(|r| r.offset).collect::<Vec<_>>(), (13..20).collect::<Vec<_>>());
    assert_eq!(fetch(broker, "trimmed", 1, 0).await.len(), 20);
}

async fn goes_on_behind_what_was_deleted(broker: &Shared) {
    assert_eq!(fetch(broker, "trimmed", 0, 0).await.len(), 0);
    let answers = broker.produce(vec![append("trimmed", 0, vec![value("next")])]).await;
    assert_eq!(answers[0].as_ref().unwrap().base_offset, 20);
    let mut watcher = broker.watch("trimmed").unwrap();
    while fetch(broker, "trimmed", 0, 0).await.is_empty() {
        let heard = tokio::time::timeout(Duration::from_secs(20), watcher.changed()).await;
        heard.expect("the record is heard of").unwrap();
    }
}

pub(crate) async fn all_ends_are_told_together(broker: Shared) {
    let topic = topic(&broker, "ends", 5).await;
    for partition in 1..5 {
        let records = (0..partition).map(|n| value(n.to_string())).collect();
        broker.produce(vec![append("ends", partition, records)]).await.remove(0).unwrap();
    }
    broker.delete_records(&TopicPartition::new(topic.clone(), 3), 2).await.unwrap();

    let ranges = broker.all_offsets(&topic).await.unwrap();

    let ranges: Vec<_> = ranges.into_iter().map(|range| (range.start, range.end)).collect();
    assert_eq!(ranges, [(0, 0), (0, 1), (0, 2), (2, 3), (0, 4)]);
    let missing = broker.all_offsets(&super::name("ends-not-there")).await;
    assert_eq!(kind(&missing), "no topic");
}
