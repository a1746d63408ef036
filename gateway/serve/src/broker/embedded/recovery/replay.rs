//! Reading the journal: every whole group after the checkpoint is applied again, in order.

use std::{collections::HashMap, fs::File, io, os::unix::fs::FileExt, sync::Arc};

use anyhow::{Context, bail, ensure};
use tracing::warn;

use super::segments::TruncatedSegments;
use crate::{
    broker::{
        Committed,
        embedded::{
            catalog::Topic,
            entry::JournalEntry,
            frame::{FrameHeader, PartitionKey},
            journal::{
                ALIGN, FIRST, GROUP_HEADER_BYTES, JournalFormat, JournalGroupHeader,
                JournalPosition, NAMES,
            },
            log::Log,
            partition::{LogPosition, Partition},
            store::Store,
        },
    },
    message::TopicName,
};

/// Bytes read from the journal at once.
const WINDOW_BYTES: usize = 1 << 20;

const UNKNOWN_TOPIC: &str = "the group names an unknown topic";

/// Applies the journal to the log of the checkpoint.
#[derive(Debug)]
pub(super) struct Replay<'a> {
    log: &'a Log,
    store: &'a mut Store,
    topics: HashMap<u32, Arc<Topic>>,
    /// Counts deleted topics too: leftover files of one must not look like a later topic's.
    next_topic_id: u32,
    /// Segments that cannot be appended to, because bytes before the end are missing.
    truncated: &'a TruncatedSegments,
}

impl<'a> Replay<'a> {
    pub(super) fn new(
        log: &'a Log,
        store: &'a mut Store,
        truncated: &'a TruncatedSegments,
    ) -> Self {
        let topics = log.catalog.topics();
        let topics: HashMap<_, _> =
            topics.values().map(|topic| (topic.id, Arc::clone(topic))).collect();
        let next_topic_id = topics.keys().max().map_or(0, |last| last + 1);
        Self { log, store, topics, next_topic_id, truncated }
    }

    pub(super) fn next_topic_id(&self) -> u32 {
        self.next_topic_id
    }

    /// Applies groups from `start` on and returns where the next one goes.
    pub(super) fn run(
        &mut self,
        files: &[File; 2],
        format: JournalFormat,
        start: JournalPosition,
    ) -> anyhow::Result<JournalPosition> {
        let mut cursor = start;
        let [first, second] = files;
        let mut readers = [JournalReader::new(first)?, JournalReader::new(second)?];
        loop {
            let reader = &mut readers[usize::from(cursor.file)];
            if let Some(header) = reader.group(cursor, format)? {
                let body =
                    reader.read(cursor.position + GROUP_HEADER_BYTES as u64, header.body_len)?;
                self.apply(body).with_context(|| self.describe(cursor))?;
                cursor.position += header.stride();
                cursor.sequence += 1;
                continue;
            }
            let other = JournalPosition { file: cursor.file ^ 1, position: FIRST, ..cursor };
            let other_reader = &mut readers[usize::from(other.file)];
            if other.file == start.file || other_reader.group(other, format)?.is_none() {
                break;
            }
            cursor = other;
        }
        self.check_end(&mut readers, format, cursor)?;
        for partition in self.topics.values().flat_map(|topic| &topic.partitions) {
            partition.resume();
        }
        Ok(cursor)
    }

    /// The journal ends at `cursor`. A group that is torn there was never answered; but if a
    /// later one is whole, this one had been synced before it, and the disk lost it since.
    fn check_end(
        &self,
        readers: &mut [JournalReader<'_>; 2],
        format: JournalFormat,
        cursor: JournalPosition,
    ) -> anyhow::Result<()> {
        let [here, other] = [cursor.file, cursor.file ^ 1].map(usize::from);
        let mut later =
            readers[other].header(FIRST, format)?.filter(|h| h.sequence > cursor.sequence);
        let mut position = cursor.position + ALIGN;
        while later.is_none() && position < readers[here].file_len.min(format.file_bytes) {
            later =
                readers[here].header(position, format)?.filter(|h| h.sequence > cursor.sequence);
            position += ALIGN;
        }
        if let Some(later) = later {
            bail!(
                "{}: group {} is damaged, though group {} after it is whole: this is not a torn \
                 end but a damaged disk or file: restore the folder from a copy",
                self.describe(cursor),
                cursor.sequence,
                later.sequence
            );
        }
        let torn = readers[here].header(cursor.position, format)?;
        if let Some(torn) = torn.filter(|header| header.sequence == cursor.sequence) {
            let bytes = torn.body_len;
            warn!(place = self.describe(cursor), bytes, "torn end of the journal cut off");
        }
        Ok(())
    }

    fn describe(&self, cursor: JournalPosition) -> String {
        let root = self.log.root.clone().unwrap_or_default();
        let path = root.join(NAMES[usize::from(cursor.file)]);
        format!("`{}` byte {}", path.display(), cursor.position)
    }

    fn apply(&mut self, mut body: &[u8]) -> anyhow::Result<()> {
        while !body.is_empty() {
            let entry =
                JournalEntry::decode(&mut body).context("the group holds an unknown entry")?;
            match entry {
                JournalEntry::Append { at, header, frame } => self.append(at, &header, frame)?,
                JournalEntry::Topic { id, partitions, name } => {
                    let name = TopicName::new(name)?;
                    let root = self.log.root.as_deref();
                    let topic = Arc::new(Topic::new(name, id, partitions, root));
                    self.topics.insert(id, Arc::clone(&topic));
                    self.next_topic_id = self.next_topic_id.max(id + 1);
                    self.log.catalog.insert_topic(topic);
                }
                JournalEntry::Commit { partition, group, offset, metadata } => {
                    let committed = Committed { offset, metadata: metadata.to_owned() };
                    self.log.catalog.commit(group, partition, committed);
                }
                JournalEntry::Trim { partition, start } => {
                    let partition = self.partition(partition)?;
                    self.store.trim(&partition, start);
                }
                JournalEntry::Remove { topic_id } => {
                    let topic = self.topics.remove(&topic_id).context(UNKNOWN_TOPIC)?;
                    self.log.catalog.remove_topic(&topic);
                    self.store.remove(&topic);
                }
                JournalEntry::Forget { topic_id, group } => {
                    self.log.catalog.forget_group(group, topic_id);
                }
            }
        }
        Ok(())
    }

    fn append(
        &mut self,
        at: LogPosition,
        header: &FrameHeader,
        frame: &[u8],
    ) -> anyhow::Result<()> {
        let partition = self.partition(header.partition)?;
        let expected = {
            let log = partition.log();
            let last = log.segments.back();
            let goes_on =
                last.is_some_and(|last| last.base == at.segment && last.len == at.position);
            let begins = at.segment == at.offset;
            ensure!(
                goes_on || begins,
                "a frame for byte {} of segment {}, which ends at byte {}: restore the folder \
                 from a copy",
                at.position,
                at.segment,
                last.map_or(0, |last| last.len)
            );
            log.end
        };
        let is_whole = !self.truncated.contains_key(&partition.segment_key(at.segment));
        ensure!(
            is_whole && expected == at.offset,
            "offset {} of `{}`/{} comes next, but records before it are missing from the segment \
             files: restore the folder from a copy",
            at.offset,
            partition.name.topic,
            partition.name.partition
        );
        Ok(self.store.append(&partition, at, header, frame)?)
    }

    fn partition(&self, key: PartitionKey) -> anyhow::Result<Arc<Partition>> {
        let topic = self.topics.get(&key.topic_id).context(UNKNOWN_TOPIC)?;
        Ok(Arc::clone(topic.partition(key.number)?))
    }
}

/// A journal file, read in large pieces.
#[derive(Debug)]
struct JournalReader<'a> {
    file: &'a File,
    file_len: u64,
    start: u64,
    bytes: Vec<u8>,
}

impl<'a> JournalReader<'a> {
    fn new(file: &'a File) -> io::Result<Self> {
        let file_len = file.metadata()?.len();
        Ok(Self { file, file_len, start: 0, bytes: Vec::new() })
    }

    /// The group at `cursor`, if it is complete and has the expected number.
    fn group(
        &mut self,
        cursor: JournalPosition,
        format: JournalFormat,
    ) -> io::Result<Option<JournalGroupHeader>> {
        let Some(header) = self.header(cursor.position, format)? else { return Ok(None) };
        let end = cursor.position + header.stride();
        if header.sequence != cursor.sequence || end > format.file_bytes {
            return Ok(None);
        }
        let body = self.read(cursor.position + GROUP_HEADER_BYTES as u64, header.body_len)?;
        Ok(header.fits(body).then_some(header))
    }

    fn header(
        &mut self,
        position: u64,
        format: JournalFormat,
    ) -> io::Result<Option<JournalGroupHeader>> {
        Ok(JournalGroupHeader::read(self.read(position, GROUP_HEADER_BYTES)?, format.salt))
    }

    /// `want` bytes at `position`, or fewer where the file ends.
    fn read(&mut self, position: u64, want: usize) -> io::Result<&[u8]> {
        let is_inside = |at: u64| at >= self.start && at - self.start <= self.bytes.len() as u64;
        if !is_inside(position) || !is_inside(position + want as u64) {
            let left = self.file_len.saturating_sub(position);
            let left = usize::try_from(left).unwrap_or(usize::MAX);
            self.fill(position, want.max(WINDOW_BYTES).min(left))?;
        }
        let from = usize::try_from(position - self.start).expect("inside the window");
        let until = (from + want).min(self.bytes.len());
        Ok(&self.bytes[from.min(until)..until])
    }

    fn fill(&mut self, position: u64, want: usize) -> io::Result<()> {
        self.bytes.resize(want, 0);
        self.start = position;
        let mut filled = 0;
        while filled < want {
            match self.file.read_at(&mut self.bytes[filled..], position + filled as u64) {
                Ok(0) => break,
                Ok(read) => filled += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        self.bytes.truncate(filled);
        Ok(())
    }
}
