//! Nothing that was answered is lost, whenever the process or the machine stops.

use std::os::unix::fs::FileExt;

use super::*;
use crate::broker::{Committed, embedded::journal};

/// A log that is still open, and what it acknowledged, one value a group.
async fn acknowledged(folder: &Path, count: usize) -> (EmbeddedBroker, Vec<String>) {
    let log = EmbeddedBroker::open(EmbeddedSettings { journal_bytes: 256 << 10, ..small(folder) })
        .unwrap();
    log.create_topic(NewTopic::new(topic(), 1)).await.unwrap();
    let values: Vec<String> = (0..count).map(|n| format!("value {n}")).collect();
    for (offset, value) in (0..).zip(&values) {
        assert_eq!(produce(&log, 0, std::slice::from_ref(value)).await.unwrap(), offset);
    }
    (log, values)
}

/// End of the used part of a journal whose groups all are in the first file.
fn used(journal: &[u8]) -> usize {
    journal.iter().rposition(|byte| *byte != 0).unwrap() + 1
}

#[tokio::test]
async fn a_journal_cut_at_any_byte_opens_with_a_prefix() {
    let folder = folder_in_memory();
    let (log, values) = acknowledged(&folder.path().join("log"), 4).await;
    let file = folder.path().join("log").join(journal::NAMES[0]);
    let used = used(&fs::read(file).unwrap());

    let mut counts = Vec::new();
    for cut in 0..=used {
        let copied = folder.path().join("copy");
        copy(&folder.path().join("log"), &copied);
        let file = fs::File::options().write(true).open(copied.join(journal::NAMES[0])).unwrap();
        if cut % 2 == 0 {
            file.set_len(cut as u64).unwrap();
        } else {
            // As a disk that had written only so much of the last pages.
            let from = cut.max(16);
            file.write_all_at(&vec![0; used + 64 - from], from as u64).unwrap();
        }

        let reopened = EmbeddedBroker::open(small(&copied)).unwrap();
        let left =
            if reopened.topic("t").is_some() { super::values(&reopened, 0).await } else { vec![] };
        assert_eq!(left, values[..left.len()], "cut at {cut}");
        counts.push(left.len());

        if cut % 16 == 0 && reopened.topic("t").is_some() {
            let next = produce(&reopened, 0, &["next".to_owned()]).await.unwrap();
            assert_eq!(next, left.len() as u64, "cut at {cut}");
        }
        reopened.close().await.unwrap();
        fs::remove_dir_all(&copied).unwrap();
    }
    assert!(counts.is_sorted() && counts[used] == 4 && counts[used - 1] == 3, "{counts:?}");
    drop(log);
}

#[tokio::test]
async fn a_closed_log_whose_last_segment_is_cut_at_any_byte_opens_with_a_prefix() {
    let folder = folder_in_memory();
    let (log, values) = acknowledged(&folder.path().join("log"), 4).await;
    log.close().await.unwrap();
    let segment = "topics/t/0/00000000000000000000.log";
    let len = fs::metadata(folder.path().join("log").join(segment)).unwrap().len();

    for cut in 0..=len {
        let copied = folder.path().join("copy");
        copy(&folder.path().join("log"), &copied);
        let file = fs::File::options().write(true).open(copied.join(segment)).unwrap();
        file.set_len(cut).unwrap();

        let reopened = EmbeddedBroker::open(small(&copied)).unwrap();
        let left = super::values(&reopened, 0).await;
        assert_eq!(left, values[..left.len()], "cut at {cut}");
        assert_eq!(left.len() == values.len(), cut == len, "cut at {cut}");
        if cut % 16 == 0 {
            let next = produce(&reopened, 0, &["next".to_owned()]).await.unwrap();
            assert_eq!(next, left.len() as u64);
            let crashed = folder.path().join("crashed");
            copy(&copied, &crashed);
            let again = EmbeddedBroker::open(small(&crashed)).unwrap();
            assert_eq!(super::values(&again, 0).await.len(), left.len() + 1);
            again.close().await.unwrap();
            fs::remove_dir_all(&crashed).unwrap();
        }
        reopened.close().await.unwrap();
        fs::remove_dir_all(&copied).unwrap();
    }
}

#[tokio::test]
async fn a_crash_at_any_time_keeps_what_was_answered() {
    let folder = folder_in_memory();
    let settings = |folder: &Path| EmbeddedSettings { journal_bytes: 256 << 10, ..small(folder) };
    let log = EmbeddedBroker::open(settings(&folder.path().join("log"))).unwrap();
    log.create_topic(NewTopic::new(topic(), 3)).await.unwrap();
    let mut expected = vec![Vec::new(); 3];

    // About ten journal files' worth, looked at now and then.
    for n in 0..300_u32 {
        let partition = n % 3;
        let value = format!("{n} {}", "x".repeat(usize::try_from(n * 37 % 12_000).unwrap()));
        produce(&log, partition, std::slice::from_ref(&value)).await.unwrap();
        expected[partition as usize].push(value);
        let committed = Committed { offset: u64::from(n), metadata: format!("{n}") };
        log.commit("g", &TopicPartition::new(topic(), partition), committed.clone()).await.unwrap();
        if n % 17 != 0 {
            continue;
        }
        let copied = folder.path().join(format!("copy-{n}"));
        copy(&folder.path().join("log"), &copied);
        let reopened = EmbeddedBroker::open(settings(&copied)).unwrap();
        for partition in 0..3 {
            assert_eq!(values(&reopened, partition).await, expected[partition as usize], "{n}");
        }
        assert_eq!(
            reopened.committed("g", &TopicPartition::new(topic(), partition)).await.unwrap(),
            Some(committed)
        );
    }
}

#[tokio::test]
async fn segments_that_never_reached_the_disk_are_made_again() {
    let folder = folder_in_memory();
    let (log, values) = acknowledged(&folder.path().join("log"), 100).await;
    let copied = folder.path().join("copy");
    copy(&folder.path().join("log"), &copied);
    // No checkpoint has covered them, so a power loss may take all of them.
    let _ = fs::remove_dir_all(copied.join("topics"));

    let reopened = EmbeddedBroker::open(small(&copied)).unwrap();

    assert_eq!(super::values(&reopened, 0).await, values);
    drop(log);
}

#[tokio::test]
async fn a_folder_belongs_to_one_process() {
    let folder = folder_in_memory();
    let log = EmbeddedBroker::open(small(folder.path())).unwrap();

    let refused = format!("{:#}", EmbeddedBroker::open(small(folder.path())).unwrap_err());

    assert!(refused.contains("another process is using this folder"), "{refused}");
    log.close().await.unwrap();
    EmbeddedBroker::open(small(folder.path())).unwrap();
}
