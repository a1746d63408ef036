//! Old records go in whole segments, and stay gone.

use std::time::Duration;

use super::*;
use crate::broker::{Committed, OffsetRange};

async fn fill(log: &EmbeddedBroker) {
    log.create_topic(NewTopic::new(topic(), 1)).await.unwrap();
    for n in 0..200 {
        produce(log, 0, &[format!("{n} {}", "x".repeat(100))]).await.unwrap();
    }
    // What the last group sealed is looked at in the next one, at the latest with this.
    let committed = Committed { offset: 0, metadata: String::new() };
    log.commit("g", &TopicPartition::new(topic(), 0), committed).await.unwrap();
}

async fn range(log: &EmbeddedBroker) -> OffsetRange {
    log.offsets(&TopicPartition::new(topic(), 0)).await.unwrap()
}

#[tokio::test]
async fn by_size_the_newest_segments_stay() {
    let folder = folder_in_memory();
    let (live, copied) = (folder.path().join("log"), folder.path().join("copy"));
    let settings =
        |folder: &Path| EmbeddedSettings { retention_bytes: Some(8192), ..small(folder) };
    let log = EmbeddedBroker::open(settings(&live)).unwrap();
    fill(&log).await;

    let kept = range(&log).await;
    let left = fetch(&log, 0).await.unwrap();
    copy(&live, &copied);
    log.close().await.unwrap();

    assert!(kept.start > 100 && kept.end == 200, "{kept:?}");
    assert_eq!(left.first().unwrap().offset, kept.start);
    assert_eq!(left.len() as u64, kept.end - kept.start);
    for folder in [&live, &copied] {
        let log = EmbeddedBroker::open(settings(folder)).unwrap();
        assert_eq!(range(&log).await, kept);
        assert_eq!(fetch(&log, 0).await.unwrap(), left);
        log.close().await.unwrap();
        let files = fs::read_dir(folder.join("topics/t/0")).unwrap().count();
        assert!(files <= 10, "{files} files are left");
    }
}

#[tokio::test]
async fn by_age_even_the_last_segment_goes() {
    let folder = folder_in_memory();
    let settings = EmbeddedSettings {
        retention_age: Some(Duration::from_mins(1)),
        retention_check: Duration::from_millis(10),
        ..small(folder.path())
    };
    let log = EmbeddedBroker::open(settings.clone()).unwrap();
    // Timestamp 1 is long ago.
    fill(&log).await;

    while range(&log).await.start < 200 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }

    assert_eq!(range(&log).await, OffsetRange { start: 200, end: 200 });
    assert_eq!(fetch(&log, 0).await.unwrap(), []);
    let young = Append::new(TopicPartition::new(topic(), 0), vec![Record::default()]);
    assert_eq!(log.produce(vec![young]).await.remove(0).unwrap().base_offset, 200);
    log.close().await.unwrap();
    let log = EmbeddedBroker::open(settings).unwrap();
    assert_eq!(fetch(&log, 0).await.unwrap().len(), 1);
}

#[tokio::test]
async fn memory_is_bounded_too() {
    let settings = EmbeddedSettings {
        segment_bytes: 2048,
        retention_bytes: Some(8192),
        ..EmbeddedSettings::memory()
    };
    let log = EmbeddedBroker::open(settings).unwrap();
    fill(&log).await;

    let kept = range(&log).await;

    assert!(kept.start > 100 && kept.end == 200, "{kept:?}");
    assert_eq!(fetch(&log, 0).await.unwrap().len() as u64, kept.end - kept.start);
}

#[tokio::test]
async fn more_segments_than_open_files_can_be_written_and_read() {
    let folder = folder_in_memory();
    let settings = EmbeddedSettings { open_files_max: 16, ..small(folder.path()) };
    let log = EmbeddedBroker::open(settings.clone()).unwrap();
    log.create_topic(NewTopic::new(topic(), 40)).await.unwrap();
    for n in 0..80 {
        for partition in 0..40 {
            produce(&log, partition, &[format!("{n} {}", "x".repeat(100))]).await.unwrap();
        }
    }
    log.close().await.unwrap();

    let log = EmbeddedBroker::open(settings).unwrap();

    for partition in 0..40 {
        assert_eq!(values(&log, partition).await.len(), 80);
    }
}
