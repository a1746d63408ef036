//! Damage is reported, with its place, and never served as data.

use std::os::unix::fs::FileExt;

use super::*;
use crate::broker::embedded::journal;

fn flip(path: &Path, at: u64) {
    let file = fs::File::options().read(true).write(true).open(path).unwrap();
    let mut byte = [0];
    file.read_exact_at(&mut byte, at).unwrap();
    file.write_all_at(&[byte[0] ^ 0x10], at).unwrap();
}

async fn closed_log(folder: &Path) -> Vec<String> {
    let log = EmbeddedBroker::open(small(folder)).unwrap();
    log.create_topic(NewTopic::new(topic(), 1)).await.unwrap();
    let values: Vec<String> = (0..60).map(|n| format!("value {n} {}", "x".repeat(60))).collect();
    for value in &values {
        produce(&log, 0, std::slice::from_ref(value)).await.unwrap();
    }
    log.close().await.unwrap();
    values
}

#[tokio::test]
async fn a_flipped_byte_of_a_segment_is_never_served() {
    let folder = folder_in_memory();
    let expected = closed_log(folder.path()).await;
    let log = EmbeddedBroker::open(small(folder.path())).unwrap();
    assert_eq!(values(&log, 0).await, expected);
    let sealed = folder.path().join("topics/t/0/00000000000000000000.log");

    for at in 32..fs::metadata(&sealed).unwrap().len() {
        flip(&sealed, at);
        match fetch(&log, 0).await {
            Err(BrokerError::Corrupt { reason, .. }) => {
                assert!(reason.contains("00000000000000000000.log` byte "), "{reason}");
            }
            other => panic!("byte {at}: {other:?}"),
        }
        flip(&sealed, at);
    }
    assert_eq!(values(&log, 0).await, expected);
}

#[tokio::test]
async fn a_lost_or_foreign_segment_is_noticed() {
    let folder = folder_in_memory();
    closed_log(folder.path()).await;
    let sealed = folder.path().join("topics/t/0/00000000000000000000.log");

    flip(&sealed, 3);
    let log = EmbeddedBroker::open(small(folder.path())).unwrap();
    assert!(matches!(fetch(&log, 0).await, Err(BrokerError::Corrupt { .. })));
    log.close().await.unwrap();

    fs::remove_file(&sealed).unwrap();
    let refused = format!("{:#}", EmbeddedBroker::open(small(folder.path())).unwrap_err());
    assert!(refused.contains("00000000000000000000.log` ends at byte 0"), "{refused}");
}

#[tokio::test]
async fn a_lost_index_is_built_again() {
    let folder = folder_in_memory();
    let expected = closed_log(folder.path()).await;
    let partition = folder.path().join("topics/t/0");
    let mut removed = 0;
    for entry in fs::read_dir(partition).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "idx") {
            fs::remove_file(path).unwrap();
            removed += 1;
        }
    }

    let log = EmbeddedBroker::open(small(folder.path())).unwrap();

    assert!(removed > 1, "sealed segments have an index");
    assert_eq!(values(&log, 0).await, expected);
}

#[tokio::test]
async fn damage_inside_the_journal_refuses_to_open() {
    let folder = folder_in_memory();
    let (live, copied) = (folder.path().join("log"), folder.path().join("copy"));
    let log = EmbeddedBroker::open(small(&live)).unwrap();
    log.create_topic(NewTopic::new(topic(), 1)).await.unwrap();
    for n in 0..3 {
        produce(&log, 0, &[format!("value {n}")]).await.unwrap();
    }

    // The group of the topic and the first one of a record, both followed by whole groups.
    for at in 64..320 {
        copy(&live, &copied);
        let file = copied.join(journal::NAMES[0]);
        flip(&file, at);
        match EmbeddedBroker::open(small(&copied)) {
            Err(refused) => {
                let refused = format!("{refused:#}");
                assert!(refused.contains("journal-0` byte "), "{refused}");
            }
            // Padding between groups holds nothing.
            Ok(log) => {
                assert_eq!(values(&log, 0).await.len(), 3, "byte {at}");
                log.close().await.unwrap();
            }
        }
        fs::remove_dir_all(&copied).unwrap();
    }
}

#[tokio::test]
async fn a_damaged_checkpoint_refuses_to_open() {
    let folder = folder_in_memory();
    closed_log(folder.path()).await;
    let checkpoint = folder.path().join("checkpoint");

    flip(&checkpoint, 40);
    let damaged = format!("{:#}", EmbeddedBroker::open(small(folder.path())).unwrap_err());
    fs::remove_file(&checkpoint).unwrap();
    let missing = format!("{:#}", EmbeddedBroker::open(small(folder.path())).unwrap_err());

    assert!(damaged.contains("checkpoint` is damaged"), "{damaged}");
    assert!(missing.contains("`checkpoint` is missing"), "{missing}");
}
