//! Moves records from the journal into segments.
//!
//! Belongs to the writer, and to the replay before the writer starts.

use std::{
    collections::HashMap,
    fs, io,
    os::unix::fs::FileExt,
    sync::Arc,
    thread::{self, JoinHandle},
};

use tracing::warn;

use super::{
    catalog::Topic,
    checkpoint::{self, Checkpoint},
    frame::{FrameHeader, PartitionKey},
    journal::{JournalFormat, JournalPosition},
    layout,
    log::Log,
    partition::{LogPosition, Partition},
    segment::SegmentKey,
};

/// A partition's tail is written to its file at this size: large writes, few calls.
const TAIL_BYTES: usize = 256 << 10;

/// All tails are written to their files when together they reach this size.
const TAILS_BYTES: usize = 32 << 20;

/// Moves durable frames into segments and checkpoints them.
#[derive(Debug)]
pub(super) struct Store {
    log: Arc<Log>,
    /// Partitions with bytes that are in no file.
    unflushed: HashMap<PartitionKey, Arc<Partition>>,
    unflushed_bytes: usize,
    /// Bytes on their way to a file; kept to reuse the allocation.
    piece: Vec<u8>,
    /// Segments with bytes that no checkpoint covers.
    dirty: HashMap<SegmentKey, Arc<Partition>>,
    /// The running checkpoint, which will free the other journal file.
    running: Option<JoinHandle<io::Result<()>>>,
}

impl Store {
    pub(super) fn new(log: Arc<Log>) -> Self {
        Self {
            log,
            unflushed: HashMap::new(),
            unflushed_bytes: 0,
            piece: Vec::new(),
            dirty: HashMap::new(),
            running: None,
        }
    }

    /// Shows a frame that the journal holds to readers.
    pub(super) fn append(
        &mut self,
        partition: &Arc<Partition>,
        at: LogPosition,
        header: &FrameHeader,
        frame: &[u8],
    ) -> io::Result<()> {
        let waiting = partition.push(at, header, frame);
        if self.log.root.is_none() {
            return Ok(());
        }
        let key = partition.key;
        self.unflushed.entry(key).or_insert_with(|| Arc::clone(partition));
        self.unflushed_bytes += frame.len();
        if waiting >= TAIL_BYTES {
            self.unflushed.remove(&key);
            self.flush(partition)?;
        }
        if self.unflushed_bytes >= TAILS_BYTES { self.flush_all() } else { Ok(()) }
    }

    /// Deletes the records below `start`, as the journal says.
    pub(super) fn trim(&mut self, partition: &Partition, start: u64) {
        for base in partition.trim(start) {
            self.drop_segment(partition, base);
        }
    }

    /// Deletes a topic, as the journal says.
    pub(super) fn remove(&mut self, topic: &Topic) {
        for partition in &topic.partitions {
            self.unflushed.remove(&partition.key);
            // The partition first: a reader that misses a file asks it whether the segment is gone.
            for base in partition.clear() {
                self.drop_segment(partition, base);
            }
        }
        if let Some(root) = &self.log.root {
            layout::remove_topic(&layout::topic_folder(root, topic.name.as_str()));
        }
    }

    fn drop_segment(&mut self, partition: &Partition, base: u64) {
        self.dirty.remove(&partition.segment_key(base));
        let Some(folder) = &partition.folder else { return };
        self.log.files.forget(partition, base);
        for path in [layout::segment_file(folder, base), layout::index_file(folder, base)] {
            match fs::remove_file(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    // It only costs disk space; opening the log tries again.
                    warn!(path = %path.display(), %error, "old segment not removed");
                }
                _ => {}
            }
        }
    }

    /// Writes all tails to their files.
    pub(super) fn flush_all(&mut self) -> io::Result<()> {
        for (_, partition) in std::mem::take(&mut self.unflushed) {
            self.flush(&partition)?;
        }
        self.unflushed_bytes = 0;
        Ok(())
    }

    fn flush(&mut self, partition: &Arc<Partition>) -> io::Result<()> {
        while let Some(piece) = partition.unflushed(&mut self.piece) {
            let segment = self.log.files.open_or_create(partition, piece.segment)?;
            segment.file.write_all_at(&self.piece, piece.position)?;
            if let (Some((index, len)), Some(folder)) = (&piece.sealed, &partition.folder) {
                // Only a short cut: a reader builds it again if it is missing.
                let path = layout::index_file(folder, piece.segment);
                if let Err(error) = fs::write(&path, index.encode(*len)) {
                    warn!(path = %path.display(), %error, "index of a segment not written");
                }
            }
            partition.flushed(&piece);
            self.unflushed_bytes = self.unflushed_bytes.saturating_sub(self.piece.len());
            let key = partition.segment_key(piece.segment);
            self.dirty.entry(key).or_insert_with(|| Arc::clone(partition));
        }
        Ok(())
    }

    /// Takes a checkpoint of everything up to `cursor`, ready to [`Checkpoint::run`].
    pub(super) fn checkpoint(
        &mut self,
        format: JournalFormat,
        cursor: JournalPosition,
    ) -> io::Result<Checkpoint> {
        self.flush_all()?;
        let dirty = self.dirty.drain().map(|(key, partition)| (partition, key.base));
        Ok(Checkpoint {
            root: self.log.root.clone().expect("only a log in a folder has checkpoints"),
            dirty: dirty.collect(),
            bytes: checkpoint::encode(&self.log.catalog, format, cursor),
        })
    }

    /// Starts a checkpoint beside the writer.
    pub(super) fn start_checkpoint(
        &mut self,
        format: JournalFormat,
        cursor: JournalPosition,
    ) -> io::Result<()> {
        let checkpoint = self.checkpoint(format, cursor)?;
        let log = Arc::clone(&self.log);
        let thread = thread::Builder::new().name("log-checkpoint".to_owned());
        self.running = Some(thread.spawn(move || checkpoint.run(&log.files))?);
        Ok(())
    }

    /// Waits for the running checkpoint, if any; then the other journal file is free.
    pub(super) fn finish_checkpoint(&mut self) -> io::Result<()> {
        let Some(running) = self.running.take() else { return Ok(()) };
        running.join().unwrap_or_else(|_| Err(io::Error::other("the checkpoint panicked")))
    }

    /// Returns the result of a finished checkpoint: a failure must not wait for the next one.
    pub(super) fn poll_checkpoint(&mut self) -> io::Result<()> {
        if self.running.as_ref().is_some_and(JoinHandle::is_finished) {
            return self.finish_checkpoint();
        }
        Ok(())
    }
}
