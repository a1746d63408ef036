//! The checkpoint: the state of the log that no longer needs the journal.
//!
//! It is one small file, replaced whole: topics, segments, groups' offsets, and where in the
//! journal the rest begins. The order makes it safe: segments are synced, then their
//! folders, then the new checkpoint, then its name; only then is a journal file used again.

use std::{
    collections::BTreeSet,
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
    sync::Arc,
};

use bytes::Buf;
use crc32c::crc32c;

use super::{
    catalog::{Catalog, Topic},
    entry::{get_str, put_str},
    files::SegmentFiles,
    frame::PartitionKey,
    journal::{JournalFormat, JournalPosition},
    layout,
    partition::{Partition, PartitionLog},
    segment::{Segment, SegmentKey},
};
use crate::{broker::Committed, message::TopicName};

/// Name of the file.
pub(super) const NAME: &str = "checkpoint";

const MAGIC: &[u8; 8] = b"SLUICEC1";
const CRC_BYTES: usize = 4;

/// Segments with bytes that no checkpoint covers: partition and first offset.
pub(super) type DirtySegments = Vec<(Arc<Partition>, u64)>;

/// The work of one checkpoint, collected from the log between two groups.
#[derive(Debug)]
pub(super) struct Checkpoint {
    pub(super) root: PathBuf,
    pub(super) dirty: DirtySegments,
    pub(super) bytes: Vec<u8>,
}

impl Checkpoint {
    /// Syncs and writes. Afterwards the journal before the checkpoint's cursor is not needed.
    pub(super) fn run(self, files: &SegmentFiles) -> io::Result<()> {
        let mut folders = BTreeSet::new();
        for (partition, base) in &self.dirty {
            let synced = files.open(partition, *base).and_then(|segment| segment.file.sync_data());
            match synced {
                // It was removed meanwhile; the path may be another topic's by now.
                Err(_) if partition.is_gone(*base) => {}
                synced => synced?,
            }
            folders.extend(partition.folder.as_deref());
        }
        sync_folders(&folders, &self.root)?;
        write(&self.root, &self.bytes)
    }
}

/// Syncs the folders of partitions, and those above, in which they may be new.
fn sync_folders(folders: &BTreeSet<&Path>, root: &Path) -> io::Result<()> {
    let parents: BTreeSet<&Path> =
        folders.iter().flat_map(|folder| folder.ancestors().skip(1).take(2)).collect();
    for folder in folders.iter().chain(&parents) {
        match layout::sync_folder(folder) {
            // Its topic was deleted meanwhile.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            synced => synced?,
        }
    }
    layout::sync_folder(root)
}

/// Replaces the checkpoint of a folder, durably.
pub(super) fn write(root: &Path, bytes: &[u8]) -> io::Result<()> {
    let aside = root.join("checkpoint.new");
    let mut file = File::create(&aside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&aside, root.join(NAME))?;
    layout::sync_folder(root)
}

/// The bytes of a checkpoint file.
pub(super) fn encode(
    catalog: &Catalog,
    journal: JournalFormat,
    cursor: JournalPosition,
) -> Vec<u8> {
    let mut out = vec![0; CRC_BYTES];
    out.extend_from_slice(MAGIC);
    out.extend_from_slice(&journal.salt.to_le_bytes());
    out.extend_from_slice(&journal.file_bytes.to_le_bytes());
    out.push(cursor.file);
    out.extend_from_slice(&cursor.position.to_le_bytes());
    out.extend_from_slice(&cursor.sequence.to_le_bytes());
    let topics = catalog.topics();
    put_len(&mut out, topics.len());
    topics.values().for_each(|topic| encode_topic(&mut out, topic));
    let groups = catalog.groups();
    put_len(&mut out, groups.len());
    for (group, offsets) in &*groups {
        put_str(&mut out, group);
        put_len(&mut out, offsets.len());
        for (partition, committed) in offsets {
            out.extend_from_slice(&partition.topic_id.to_le_bytes());
            out.extend_from_slice(&partition.number.to_le_bytes());
            out.extend_from_slice(&committed.offset.to_le_bytes());
            put_str(&mut out, &committed.metadata);
        }
    }
    let crc = crc32c(&out[CRC_BYTES..]);
    out[..CRC_BYTES].copy_from_slice(&crc.to_le_bytes());
    out
}

fn encode_topic(out: &mut Vec<u8>, topic: &Topic) {
    put_str(out, topic.name.as_str());
    out.extend_from_slice(&topic.id.to_le_bytes());
    put_len(out, topic.partitions.len());
    for partition in &topic.partitions {
        let log = partition.log();
        out.extend_from_slice(&log.start.to_le_bytes());
        out.extend_from_slice(&log.end.to_le_bytes());
        put_len(out, log.segments.len());
        for segment in &log.segments {
            out.extend_from_slice(&segment.base.to_le_bytes());
            out.extend_from_slice(&segment.end.to_le_bytes());
            out.extend_from_slice(&segment.len.to_le_bytes());
            out.extend_from_slice(&segment.max_timestamp_ms.to_le_bytes());
        }
    }
}

fn put_len(out: &mut Vec<u8>, count: usize) {
    out.extend_from_slice(&(count as u64).to_le_bytes());
}

/// The content of a checkpoint file.
#[derive(Debug)]
pub(super) struct LoadedCheckpoint {
    pub(super) catalog: Catalog,
    pub(super) journal: JournalFormat,
    pub(super) cursor: JournalPosition,
}

/// Reads a checkpoint file; `None` if it is damaged.
pub(super) fn decode(bytes: &[u8], root: &Path) -> Option<LoadedCheckpoint> {
    let (mut crc, mut rest) = bytes.split_at_checked(CRC_BYTES)?;
    if crc.get_u32_le() != crc32c(rest) || !rest.starts_with(MAGIC) {
        return None;
    }
    rest.advance(MAGIC.len());
    let rest = &mut rest;
    let salt = rest.try_get_u64_le().ok()?;
    let journal = JournalFormat { salt, file_bytes: rest.try_get_u64_le().ok()? };
    let cursor = JournalPosition {
        file: rest.try_get_u8().ok()?,
        position: rest.try_get_u64_le().ok()?,
        sequence: rest.try_get_u64_le().ok()?,
    };
    let catalog = Catalog::default();
    for _ in 0..rest.try_get_u64_le().ok()? {
        catalog.insert_topic(Arc::new(decode_topic(rest, root)?));
    }
    for _ in 0..rest.try_get_u64_le().ok()? {
        let group = get_str(rest)?;
        for _ in 0..rest.try_get_u64_le().ok()? {
            let topic_id = rest.try_get_u32_le().ok()?;
            let partition = PartitionKey { topic_id, number: rest.try_get_u32_le().ok()? };
            let offset = rest.try_get_u64_le().ok()?;
            let metadata = get_str(rest)?.to_owned();
            catalog.commit(group, partition, Committed { offset, metadata });
        }
    }
    rest.is_empty().then_some(LoadedCheckpoint { catalog, journal, cursor })
}

fn decode_topic(rest: &mut &[u8], root: &Path) -> Option<Topic> {
    let name = TopicName::new(get_str(rest)?).ok()?;
    let id = rest.try_get_u32_le().ok()?;
    let mut logs = Vec::new();
    for number in 0..u32::try_from(rest.try_get_u64_le().ok()?).ok()? {
        let partition = PartitionKey { topic_id: id, number };
        let (start, end) = (rest.try_get_u64_le().ok()?, rest.try_get_u64_le().ok()?);
        let mut log = PartitionLog { start, end, ..PartitionLog::default() };
        for _ in 0..rest.try_get_u64_le().ok()? {
            let mut segment =
                Segment::new(SegmentKey { partition, base: rest.try_get_u64_le().ok()? });
            segment.end = rest.try_get_u64_le().ok()?;
            segment.len = rest.try_get_u64_le().ok()?;
            segment.max_timestamp_ms = rest.try_get_i64_le().ok()?;
            // A checkpoint is only written once all of it is in the file.
            segment.flushed = segment.len;
            segment.tail = Vec::new();
            log.segments.push_back(segment);
        }
        logs.push(log);
    }
    Some(Topic::with_logs(name, id, Some(root), logs))
}
