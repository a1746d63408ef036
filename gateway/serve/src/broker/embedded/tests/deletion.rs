//! A topic that was deleted stays gone, with its files.

use super::*;
use crate::broker::Committed;

async fn fill(log: &EmbeddedBroker, count: usize) {
    for n in 0..count {
        produce(log, 0, &[format!("{n} {}", "x".repeat(1000))]).await.unwrap();
    }
}

/// As after a crash between the deletion and the removal of its files.
#[tokio::test]
async fn files_of_a_deleted_topic_go_when_the_log_is_opened() {
    let folder = folder_in_memory();
    let (live, copied) = (folder.path().join("log"), folder.path().join("copy"));
    let settings = |folder: &Path| EmbeddedSettings { journal_bytes: 256 << 10, ..small(folder) };
    let log = EmbeddedBroker::open(settings(&live)).unwrap();
    log.create_topic(NewTopic::new(topic(), 1)).await.unwrap();
    let kept = TopicName::new("kept").unwrap();
    log.create_topic(NewTopic::new(kept.clone(), 1)).await.unwrap();
    fill(&log, 500).await;
    copy(&live.join("topics"), &folder.path().join("topics"));
    log.delete_topic(&topic()).await.unwrap();
    assert!(!live.join("topics/t").exists());
    copy(&live, &copied);
    log.close().await.unwrap();
    for folder_of_log in [&live, &copied] {
        copy(&folder.path().join("topics"), &folder_of_log.join("topics"));
        assert!(folder_of_log.join("topics/t/0/00000000000000000000.log").exists());

        let log = EmbeddedBroker::open(settings(folder_of_log)).unwrap();

        let left: Vec<_> = log.topics().await.unwrap().into_iter().map(|t| t.name).collect();
        assert_eq!(left, std::slice::from_ref(&kept));
        assert!(!folder_of_log.join("topics/t").exists());
        log.close().await.unwrap();
    }
}

/// Checkpoints run beside the writer and must bear that files vanish and paths change hands.
#[tokio::test]
async fn deleting_while_checkpoints_are_made_harms_nothing() {
    let folder = folder_in_memory();
    let (live, copied) = (folder.path().join("log"), folder.path().join("copy"));
    let settings = |folder: &Path| EmbeddedSettings { journal_bytes: 256 << 10, ..small(folder) };
    let log = EmbeddedBroker::open(settings(&live)).unwrap();
    for round in 0..40 {
        log.create_topic(NewTopic::new(topic(), 1)).await.unwrap();
        fill(&log, 30 + round).await;
        let place = Committed { offset: round as u64, metadata: String::new() };
        log.commit("g", &TopicPartition::new(topic(), 0), place).await.unwrap();
        assert_eq!(values(&log, 0).await.len(), 30 + round);
        if round < 39 {
            log.delete_topic(&topic()).await.unwrap();
        }
    }
    copy(&live, &copied);
    log.close().await.unwrap();

    for folder in [&live, &copied] {
        let log = EmbeddedBroker::open(settings(folder)).unwrap();
        assert_eq!(values(&log, 0).await.len(), 69);
        assert_eq!(
            log.committed("g", &TopicPartition::new(topic(), 0)).await.unwrap().unwrap().offset,
            39
        );
        log.close().await.unwrap();
    }
}
