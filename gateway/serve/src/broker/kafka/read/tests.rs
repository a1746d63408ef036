//! Reading from a real Kafka: what other clients write comes out right.

use std::time::{Duration, Instant};

use bytes::Bytes;
use krafka::{
    Compression as Codec,
    admin::{DeleteRecordsOptions, DeleteTopicsOptions},
    consumer,
};

use super::*;

mod scene;

pub(in crate::broker::kafka) use self::scene::{Scene, note, settings};

/// Begins a scene, or ends the test.
macro_rules! scene {
    () => {
        match settings() {
            Some(settings) => Scene::open(settings).await,
            None => return,
        }
    };
}

fn values(records: &[StoredRecord]) -> Vec<String> {
    let text = |stored: &StoredRecord| stored.record.value.as_deref().unwrap_or_default().to_vec();
    records.iter().map(|stored| String::from_utf8(text(stored)).unwrap()).collect()
}

#[tokio::test]
async fn records_of_other_clients_come_out_as_they_are() {
    let scene = scene!();
    let topic = scene.topic("as-they-are", 1).await;
    let record = || scene.record(&topic, "v");
    let headers = record().header("a", "1").null_header("a").header("", "");
    scene.send(headers.key("k").timestamp(1234)).await;
    scene.send(record().key("tombstone").without_value()).await;
    scene.send(record().without_key().value("")).await;

    // A time so long ago begins a new segment, and a fetch of Kafka's ends with a segment.
    let records = scene.wait(&topic, 0, 3).await;

    let first = &records[0].record;
    let bytes = |text: &'static str| Bytes::from(text);
    let expected =
        [("a", Some(bytes("1"))), ("a", None), ("", Some(bytes("")))].map(|(n, v)| (bytes(n), v));
    assert_eq!(first.headers, expected);
    assert_eq!((&first.key, first.timestamp_ms), (&Some(bytes("k")), 1234));
    assert_eq!(
        (&records[1].record.key, &records[1].record.value),
        (&Some(bytes("tombstone")), &None)
    );
    assert_eq!((&records[2].record.key, &records[2].record.value), (&None, &Some(bytes(""))));
    assert_eq!(records.iter().map(|r| r.offset).collect::<Vec<_>>(), [0, 1, 2]);
}

#[tokio::test]
async fn compressed_and_large_records_come_out() {
    let scene = scene!();
    let topic = scene.topic("compressed", 1).await;
    for codec in [Codec::Gzip, Codec::Snappy, Codec::Lz4, Codec::Zstd] {
        let producer = scene.kafka.producer().compression(codec).build().await.unwrap();
        for _ in 0..3 {
            let _ = producer.send(scene.record(&topic, "x".repeat(1000))).await.unwrap();
        }
        producer.close().await.unwrap();
    }
    let large = Bytes::from(vec![b'y'; 6_000_000]);
    scene.send(scene.record(&topic, large.clone())).await;
    scene.send(scene.record(&topic, large.clone())).await;

    let records = scene.wait(&topic, 0, 14).await;

    assert!(records[..12].iter().all(|r| r.record.payload_len() == 1000));
    assert!(records[12..].iter().all(|r| r.record.value.as_ref() == Some(&large)));
    scene.send(scene.record(&topic, large.clone())).await;
    assert_eq!(scene.wait(&topic, 14, 1).await[0].record.value.as_ref(), Some(&large));
}

#[tokio::test]
async fn only_what_is_committed_is_read_and_holes_stop_nobody() {
    let scene = scene!();
    let topic = scene.topic("transactions", 1).await;
    let id = scene.names.group("transactions");
    let transactions = scene.kafka.producer().build_transactional(id).await.unwrap();
    let begin = |value: &'static str| {
        transactions.begin().unwrap();
        transactions.send(scene.record(&topic, value))
    };
    let _ = begin("aborted").await.unwrap();
    transactions.abort().await.unwrap();

    // Two offsets are used, and nothing is readable.
    assert!(scene.fetch(&topic, 0).await.is_empty());
    assert!(scene.fetch(&topic, 0).await.is_empty());
    let _ = begin("first").await.unwrap();
    assert!(scene.fetch(&topic, 0).await.is_empty());
    transactions.commit().await.unwrap();
    assert_eq!(values(&scene.wait(&topic, 0, 1).await), ["first"]);
    let _ = begin("aborted too").await.unwrap();
    scene.send(scene.record(&topic, "behind an open one")).await;
    assert!(scene.fetch(&topic, 3).await.is_empty());
    transactions.abort().await.unwrap();
    let last = scene.send(scene.record(&topic, "last")).await;

    assert_eq!(values(&scene.wait(&topic, 3, 2).await), ["behind an open one", "last"]);
    // The same without the help of memory.
    scene.reader.forget(&topic);
    let expected = ["first", "behind an open one", "last"];
    assert_eq!(values(&scene.fetch(&topic, 0).await), expected);
    assert!(scene.fetch(&topic, last + 1).await.is_empty());
}

#[tokio::test]
async fn a_fetch_keeps_its_limits_in_memory_and_behind_it() {
    let scene = scene!();
    let topic = scene.topic("limits", 1).await;
    for from_memory in [false, true] {
        if from_memory {
            let partition = TopicPartition::new(topic.clone(), 0);
            scene.reader.feed.follow(&partition, OffsetRange { start: 0, end: 0 });
            scene.wait(&topic, 0, 100).await;
        } else {
            for n in 0..100 {
                let record = scene.record(&topic, format!("{n:0100}"));
                drop(scene.producer.enqueue(record).await.unwrap());
            }
            scene.producer.flush().await.unwrap();
        }
        for (from, records_max, bytes_max, first, count) in [
            (0, 7, usize::MAX, 0, 7),
            (13, 25, usize::MAX, 13, 25),
            (38, 2, usize::MAX, 38, 2),
            (0, usize::MAX, 1, 0, 1),
            (1, usize::MAX, 250, 1, 3),
            (0, usize::MAX, 300, 0, 3),
            (95, usize::MAX, usize::MAX, 95, 5),
            (100, 5, 5, 0, 0),
            (5000, 5, 5, 0, 0),
        ] {
            let topic = topic.clone();
            let fetch =
                Fetch { partition: TopicPartition::new(topic, 0), from, records_max, bytes_max };
            let records = scene.reader.fetch(fetch).await.unwrap();
            assert_eq!(records.len(), count, "{from} {records_max} {bytes_max} {from_memory}");
            assert_eq!(records.first().map_or(0, |r| r.offset), first);
        }
        scene.reader.forget(&topic);
    }
}

#[tokio::test]
async fn deleted_records_and_topics_are_gone() {
    let scene = scene!();
    let topic = scene.topic("gone", 1).await;
    for n in 0..5 {
        scene.send(scene.record(&topic, n.to_string())).await;
    }
    let admin = scene.kafka.admin();
    let partition = consumer::TopicPartition::new(scene.names.topic(&topic), 0);
    let deleted = admin
        .delete_records([(partition.clone(), 3)], DeleteRecordsOptions::default())
        .await
        .unwrap();
    assert_eq!(*deleted[&partition].as_ref().unwrap(), 3);
    assert_eq!(values(&scene.fetch(&topic, 0).await), ["3", "4"]);
    assert!(scene.fetch(&topic, 5).await.is_empty());
    let mut watch = scene.reader.watch(&topic);
    watch.mark_unchanged();

    admin.delete_topics([partition.topic.as_str()], DeleteTopicsOptions::default()).await.unwrap();

    let told = tokio::time::timeout(Duration::from_secs(20), watch.changed());
    told.await.expect("readers are told").unwrap();
    let (records_max, bytes_max) = (9, 9);
    let fetch =
        Fetch { partition: TopicPartition::new(topic.clone(), 0), from: 5, records_max, bytes_max };
    let answer = scene.reader.fetch(fetch).await;
    assert!(matches!(answer, Err(BrokerError::NoSuchTopic { .. })), "{answer:?}");
}

#[tokio::test]
async fn many_readers_at_the_end_get_everything_and_share_it() {
    let scene = Arc::new(scene!());
    let topic = scene.topic("shared", 1).await;
    let readers: Vec<_> = (0..20)
        .map(|_| {
            let (scene, topic) = (Arc::clone(&scene), topic.clone());
            tokio::spawn(async move { values(&scene.wait(&topic, 0, 200).await) })
        })
        .collect();
    let sent: Vec<String> = (0..200).map(|n| n.to_string()).collect();

    for value in &sent {
        scene.send(scene.record(&topic, value.clone())).await;
    }

    for reader in readers {
        assert_eq!(reader.await.unwrap(), sent);
    }
    scene.reader.close().await;
}

#[tokio::test]
async fn without_kafka_a_read_is_answered_in_time() {
    let Some(mut settings) = settings() else { return };
    settings.bootstrap = vec!["127.0.0.1:1".to_owned()];
    let settings = Arc::new(settings);
    let connection = || Arc::new(KafkaConnection::new(Arc::clone(&settings), "none"));
    let reader = ClusterReader::new(&settings, &NameMapping::new(""), connection(), connection());
    let topic = TopicName::new("t").unwrap();
    let begun = Instant::now();

    let fetch =
        Fetch { partition: TopicPartition::new(topic, 0), from: 0, records_max: 1, bytes_max: 1 };
    let answer = reader.fetch(fetch).await;

    assert!(matches!(answer, Err(BrokerError::Unreachable { .. })), "{answer:?}");
    assert!(begun.elapsed() < settings.request_timeout + Duration::from_secs(1));
}
