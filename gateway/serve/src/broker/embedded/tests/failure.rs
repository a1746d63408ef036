//! When the disk fails or the queue is full.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use super::*;
use crate::broker::embedded::{journal::JournalFile, recovery};

/// Syncs so many times, then never again.
#[derive(Debug, Clone)]
struct FailingFile(Arc<AtomicUsize>);

impl JournalFile for FailingFile {
    fn write(&self, _: &[u8], _: u64) -> io::Result<()> {
        Ok(())
    }

    fn sync(&self) -> io::Result<()> {
        let left = self.0.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |n| n.checked_sub(1));
        left.map(|_| ()).map_err(|_| io::Error::other("the disk is gone"))
    }
}

fn failing_after(folder: &Path, syncs: usize) -> (EmbeddedBroker, Arc<AtomicUsize>) {
    let mut writer = recovery::open(small(folder)).unwrap();
    let left = Arc::new(AtomicUsize::new(syncs));
    let file = FailingFile(Arc::clone(&left));
    let journal = writer.journal.as_mut().expect("a log in a folder has a journal");
    journal.files = [Box::new(file.clone()), Box::new(file)];
    (EmbeddedBroker::start(writer).unwrap(), left)
}

#[tokio::test]
async fn after_a_failed_sync_nothing_is_stored_until_a_restart() {
    let folder = folder_in_memory();
    let (log, left) = failing_after(folder.path(), 2);
    log.create_topic(NewTopic::new(topic(), 1)).await.unwrap();
    produce(&log, 0, &["stored".to_owned()]).await.unwrap();

    let failed = produce(&log, 0, &["unknown".to_owned()]).await.unwrap_err();
    left.store(usize::MAX, Ordering::SeqCst);
    let later = produce(&log, 0, &["refused".to_owned()]).await.unwrap_err();

    assert!(matches!(&failed, BrokerError::Unknown { reason } if reason.contains("disk is gone")));
    assert!(matches!(&later, BrokerError::Refused { reason } if reason.contains("restart")));
    assert!(!failed.is_safe_to_retry() && later.is_safe_to_retry());
    assert_eq!(values(&log, 0).await, ["stored"], "what is durable can be read");
    let made = log.create_topic(NewTopic::new(TopicName::new("u").unwrap(), 1)).await;
    assert!(matches!(made, Err(BrokerError::Refused { .. })));
    assert!(log.close().await.is_err());
}

#[tokio::test]
async fn a_full_queue_takes_nothing_and_lets_nothing_overtake() {
    let log = EmbeddedBroker::open(EmbeddedSettings {
        queue_bytes_max: 10_000,
        ..EmbeddedSettings::memory()
    });
    let log = log.unwrap();
    log.create_topic(NewTopic::new(topic(), 1)).await.unwrap();
    let append = |value: &str, size| {
        let records = vec![record(value.repeat(size))];
        Append::new(TopicPartition::new(topic(), 0), records)
    };

    let answers = log.produce(vec![append("a", 6000), append("b", 6000), append("c", 10)]).await;
    let too_large = log.produce(vec![append("d", 20_000)]).await.remove(0);

    assert!(answers[0].is_ok());
    assert!(matches!(answers[1], Err(BrokerError::Busy { .. })), "{answers:?}");
    assert!(matches!(answers[2], Err(BrokerError::Busy { .. })), "{answers:?}");
    assert!(matches!(too_large, Err(BrokerError::Refused { .. })), "{too_large:?}");
    for _ in 0..10 {
        log.produce(vec![append("e", 9000)]).await.remove(0).unwrap();
    }
    assert_eq!(values(&log, 0).await.len(), 11);
}
