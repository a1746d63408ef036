//! Promises of the log that no other broker makes: files, crashes, damage.

use std::{fs, path::Path, sync::Arc};

use bytes::Bytes;
use tempfile::TempDir;

use super::{EmbeddedBroker, EmbeddedSettings};
use crate::{
    broker::{Append, Broker, BrokerError, Fetch, NewTopic},
    message::{Record, StoredRecord, TopicName, TopicPartition},
};

mod crash;
mod damage;
mod deletion;
mod failure;
mod model;
mod retention;

mod on_memory {
    use super::*;
    use crate::broker::suite::{self, broker_suite};

    broker_suite! {
        ((), Arc::new(EmbeddedBroker::memory().unwrap()) as Arc<dyn Broker>)
    }
}

mod in_folder {
    use super::*;
    use crate::broker::suite::{self, broker_suite};

    broker_suite! {{
        let folder = TempDir::new().unwrap();
        let broker = EmbeddedBroker::open(small(folder.path())).unwrap();
        (folder, Arc::new(broker) as Arc<dyn Broker>)
    }}
}

/// A folder that costs no disk. What is synced and when is the same; only pulling the plug is
/// not, and no test does that.
fn folder_in_memory() -> TempDir {
    TempDir::new_in("/dev/shm").or_else(|_| TempDir::new()).unwrap()
}

/// Settings under which little data fills segments and journal files.
fn small(folder: &Path) -> EmbeddedSettings {
    EmbeddedSettings {
        segment_bytes: 2048,
        journal_bytes: 2 << 20,
        ..EmbeddedSettings::folder(folder)
    }
}

fn topic() -> TopicName {
    TopicName::new("t").unwrap()
}

fn record(value: impl Into<Bytes>) -> Record {
    Record { value: Some(value.into()), timestamp_ms: 1, ..Record::default() }
}

async fn produce(
    log: &EmbeddedBroker,
    partition: u32,
    values: &[String],
) -> Result<u64, BrokerError> {
    let records = values.iter().map(|value| record(value.clone())).collect();
    let append = Append::new(TopicPartition::new(topic(), partition), records);
    log.produce(vec![append]).await.remove(0).map(|appended| appended.base_offset)
}

async fn fetch(log: &EmbeddedBroker, partition: u32) -> Result<Vec<StoredRecord>, BrokerError> {
    let (records_max, bytes_max) = (usize::MAX, usize::MAX);
    log.fetch(Fetch {
        partition: TopicPartition::new(topic(), partition),
        from: 0,
        records_max,
        bytes_max,
    })
    .await
}

async fn values(log: &EmbeddedBroker, partition: u32) -> Vec<String> {
    let records = fetch(log, partition).await.unwrap();
    assert!(records.windows(2).all(|pair| pair[0].offset + 1 == pair[1].offset));
    let text = |r: StoredRecord| String::from_utf8(r.record.value.unwrap().to_vec()).unwrap();
    records.into_iter().map(text).collect()
}

/// Copies a folder as a crash would leave it: without closing anything. The checkpoint first,
/// because one that is being made may replace it meanwhile.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    let mut entries: Vec<_> =
        fs::read_dir(from).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else if !path.ends_with("checkpoint.new") {
            fs::copy(&path, &target).unwrap();
        }
    }
}
