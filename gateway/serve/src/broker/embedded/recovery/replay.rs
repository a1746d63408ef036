//! Reading the journal: every whole group after the checkpoint is applied again, in order.

use std::{collections::HashMap, fs::File, io, os::unix::fs::FileExt, sync::Arc};

use anyhow::{Context, bail, ensure};
use tracing::warn;

use super::segments::Short;
use crate::{
    broker::{
        Committed,
        embedded::{
            catalog::Topic,
            entry::Entry,
            frame::FrameHeader,
            journal::{ALIGN, Cursor, FIRST, GROUP_HEADER_BYTES, GroupHeader, NAMES, Shape},
            log::Log,
            partition::{Partition, Place},
            store::Store,
        },
    },
    message::TopicName,
};

/// Bytes read from the journal at once.
const WINDOW_BYTES: usize = 1 << 20;

const UNKNOWN_TOPIC: &str = "the group names an unknown topic";

/// Applies the journal to a log that stands as its checkpoint says.
#[derive(Debug)]
pub(super) struct Replay<'a> {
    log: &'a Log,
    store: &'a mut Store,
    topics: HashMap<u32, Arc<Topic>>,
    /// Deleted topics count: what is left of one must not look like a later one's.
    next_topic_id: u32,
    /// Segments that cannot be added to, because something is missing before.
    short: &'a Short,
}

impl<'a> Replay<'a> {
    pub(super) fn new(log: &'a Log, store: &'a mut Store, short: &'a Short) -> Self {
        let topics = log.catalog.topics();
        let topics: HashMap<_, _> =
            topics.values().map(|topic| (topic.id, Arc::clone(topic))).collect();
        let next_topic_id = topics.keys().max().map_or(0, |last| last + 1);
        Self { log, store, topics, next_topic_id, short }
    }

    pub(super) fn next_topic_id(&self) -> u32 {
        self.next_topic_id
    }

    /// Applies groups from `start` on and returns where the next one goes.
    pub(super) fn run(
        &mut self,
        files: &[File; 2],
        shape: Shape,
        start: Cursor,
    ) -> anyhow::Result<Cursor> {
        let mut cursor = start;
        let [first, second] = files;
        let mut windows = [Window::new(first)?, Window::new(second)?];
        loop {
            let window = &mut windows[usize::from(cursor.file)];
            if let Some(header) = window.group(cursor, shape)? {
                let body =
                    window.read(cursor.position + GROUP_HEADER_BYTES as u64, header.body_len)?;
                self.apply(body).with_context(|| self.place(cursor))?;
                cursor.position += header.stride();
                cursor.sequence += 1;
                continue;
            }
            let other = Cursor { file: cursor.file ^ 1, position: FIRST, ..cursor };
            let other_window = &mut windows[usize::from(other.file)];
            if other.file == start.file || other_window.group(other, shape)?.is_none() {
                break;
            }
            cursor = other;
        }
        self.check_end(&mut windows, shape, cursor)?;
        for partition in self.topics.values().flat_map(|topic| &topic.partitions) {
            partition.resume();
        }
        Ok(cursor)
    }

    /// The journal ends at `cursor`. A group that is torn there was never answered; but if a
    /// later one is whole, this one had been synced before it, and the disk lost it since.
    fn check_end(
        &self,
        windows: &mut [Window<'_>; 2],
        shape: Shape,
        cursor: Cursor,
    ) -> anyhow::Result<()> {
        let [here, other] = [cursor.file, cursor.file ^ 1].map(usize::from);
        let mut later =
            windows[other].header(FIRST, shape)?.filter(|h| h.sequence > cursor.sequence);
        let mut position = cursor.position + ALIGN;
        while later.is_none() && position < windows[here].file_len.min(shape.file_bytes) {
            later = windows[here].header(position, shape)?.filter(|h| h.sequence > cursor.sequence);
            position += ALIGN;
        }
        if let Some(later) = later {
            bail!(
                "{}: group {} is damaged, though group {} after it is whole: this is not a torn \
                 end but a damaged disk or file: restore the folder from a copy",
                self.place(cursor),
                cursor.sequence,
                later.sequence
            );
        }
        let torn = windows[here].header(cursor.position, shape)?;
        if let Some(torn) = torn.filter(|header| header.sequence == cursor.sequence) {
            let bytes = torn.body_len;
            warn!(place = self.place(cursor), bytes, "torn end of the journal cut off");
        }
        Ok(())
    }

    fn place(&self, cursor: Cursor) -> String {
        let root = self.log.root.clone().unwrap_or_default();
        let path = root.join(NAMES[usize::from(cursor.file)]);
        format!("`{}` byte {}", path.display(), cursor.position)
    }

    fn apply(&mut self, mut body: &[u8]) -> anyhow::Result<()> {
        while !body.is_empty() {
            let entry = Entry::decode(&mut body).context("the group holds an unknown entry")?;
            match entry {
                Entry::Append { place, header, frame } => self.append(place, &header, frame)?,
                Entry::Topic { id, partitions, name } => {
                    let name = TopicName::new(name)?;
                    let root = self.log.root.as_deref();
                    let topic = Arc::new(Topic::new(name, id, partitions, root));
                    self.topics.insert(id, Arc::clone(&topic));
                    self.next_topic_id = self.next_topic_id.max(id + 1);
                    self.log.catalog.insert_topic(topic);
                }
                Entry::Commit { topic_id, partition, group, offset, metadata } => {
                    let committed = Committed { offset, metadata: metadata.to_owned() };
                    self.log.catalog.commit(group, (topic_id, partition), committed);
                }
                Entry::Trim { topic_id, partition, start } => {
                    let partition = self.partition(topic_id, partition)?;
                    self.store.trim(&partition, start);
                }
                Entry::Remove { topic_id } => {
                    let topic = self.topics.remove(&topic_id).context(UNKNOWN_TOPIC)?;
                    self.log.catalog.remove_topic(&topic);
                    self.store.remove(&topic);
                }
                Entry::Forget { topic_id, group } => {
                    self.log.catalog.forget_group(group, topic_id);
                }
            }
        }
        Ok(())
    }

    fn append(&mut self, place: Place, header: &FrameHeader, frame: &[u8]) -> anyhow::Result<()> {
        let partition = self.partition(header.topic_id, header.partition)?;
        let expected = {
            let state = partition.state();
            let last = state.segments.back();
            let goes_on =
                last.is_some_and(|last| last.base == place.segment && last.len == place.position);
            let begins = place.segment == place.offset;
            ensure!(
                goes_on || begins,
                "a frame for byte {} of segment {}, which ends at byte {}: restore the folder \
                 from a copy",
                place.position,
                place.segment,
                last.map_or(0, |last| last.len)
            );
            state.end
        };
        let is_whole =
            !self.short.contains_key(&(partition.topic_id, partition.number, place.segment));
        ensure!(
            is_whole && expected == place.offset,
            "offset {} of `{}`/{} comes next, but records before it are missing from the segment \
             files: restore the folder from a copy",
            place.offset,
            partition.topic,
            partition.number
        );
        Ok(self.store.append(&partition, place, header, frame)?)
    }

    fn partition(&self, topic_id: u32, number: u32) -> anyhow::Result<Arc<Partition>> {
        let topic = self.topics.get(&topic_id).context(UNKNOWN_TOPIC)?;
        Ok(Arc::clone(topic.partition(number)?))
    }
}

/// A journal file, read in large pieces.
#[derive(Debug)]
struct Window<'a> {
    file: &'a File,
    file_len: u64,
    start: u64,
    bytes: Vec<u8>,
}

impl<'a> Window<'a> {
    fn new(file: &'a File) -> io::Result<Self> {
        let file_len = file.metadata()?.len();
        Ok(Self { file, file_len, start: 0, bytes: Vec::new() })
    }

    /// The whole group at `cursor`, if it is there and has the number that is due.
    fn group(&mut self, cursor: Cursor, shape: Shape) -> io::Result<Option<GroupHeader>> {
        let Some(header) = self.header(cursor.position, shape)? else { return Ok(None) };
        let end = cursor.position + header.stride();
        if header.sequence != cursor.sequence || end > shape.file_bytes {
            return Ok(None);
        }
        let body = self.read(cursor.position + GROUP_HEADER_BYTES as u64, header.body_len)?;
        Ok(header.fits(body).then_some(header))
    }

    fn header(&mut self, position: u64, shape: Shape) -> io::Result<Option<GroupHeader>> {
        Ok(GroupHeader::read(self.read(position, GROUP_HEADER_BYTES)?, shape.salt))
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
