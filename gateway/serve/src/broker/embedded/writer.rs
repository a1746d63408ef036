//! The writer: one thread that makes everything durable, in the order in which it came. In memory
//! there is no thread, see [`inline_writer`](super::inline_writer).
//!
//! While one group is being synced, what arrives becomes the next (group commit). A failure ends
//! the thread: what the disk holds then is unknown, and only opening the log again finds out.

use std::{
    collections::BTreeMap,
    fs::File,
    io,
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use tokio::sync::watch;
use tracing::error;

use super::{
    catalog::Topic,
    journal::{self, Journal},
    log::Log,
    partition::Partition,
    queue::{Answer, Job, QueueEnd, TrimJob},
    segment::SEGMENT_HEADER_BYTES,
    store::Store,
};
use crate::broker::BrokerError;

mod group;
mod plan;

use group::{Change, JournalGroup};

/// A group takes no further job beyond this size: about what a disk writes in some milliseconds,
/// so that the first of a group does not wait long for the last.
const GROUP_BYTES: usize = 4 << 20;

/// How the writer ended; `None` while it runs.
pub(super) type WriterEnd = watch::Receiver<Option<Answer<()>>>;

/// Everything the writer owns.
#[derive(Debug)]
pub(super) struct Writer {
    log: Arc<Log>,
    /// `None` in memory.
    pub(super) journal: Option<Journal>,
    store: Store,
    next_topic_id: u32,
    /// Held as long as files may be written.
    _lock: Option<File>,
    /// Jobs of the current group; kept to reuse the allocation.
    jobs: Vec<Job>,
    group: JournalGroup,
    /// Records to be deleted in the group that is planned, after all its appends.
    trims: Vec<TrimJob>,
    /// Partitions that began a new segment: retention looks at them next.
    sealed: Vec<Arc<Partition>>,
    retention_due: Instant,
}

impl Writer {
    /// A writer of a log in memory.
    pub(super) fn new(log: Arc<Log>, store: Store) -> Self {
        let retention_due = Instant::now() + log.settings.retention_check;
        Self {
            log,
            journal: None,
            store,
            next_topic_id: 0,
            _lock: None,
            jobs: Vec::new(),
            group: JournalGroup::default(),
            trims: Vec::new(),
            sealed: Vec::new(),
            retention_due,
        }
    }

    /// The same for a log in a folder, which `lock` keeps for this process.
    pub(super) fn with_journal(self, journal: Journal, next_topic_id: u32, lock: File) -> Self {
        Self { journal: Some(journal), next_topic_id, _lock: Some(lock), ..self }
    }

    /// Starts the thread.
    pub(super) fn spawn(mut self) -> io::Result<WriterEnd> {
        let (ended, receiver) = watch::channel(None);
        thread::Builder::new().name("log-writer".to_owned()).spawn(move || {
            let log = self.log();
            let _guard = FailOnPanic(&log);
            let outcome = self.run();
            drop(self);
            ended.send_replace(Some(outcome));
        })?;
        Ok(receiver)
    }

    /// The log that it writes.
    pub(super) fn log(&self) -> Arc<Log> {
        Arc::clone(&self.log)
    }

    /// True if retention is due for partitions that began a new segment.
    pub(super) fn has_sealed(&self) -> bool {
        !self.sealed.is_empty()
    }

    fn run(&mut self) -> Answer<()> {
        let mut all = || -> io::Result<()> {
            while self.run_group(self.patience())?.is_some() {}
            self.close()
        };
        all().map_err(|failure| self.fail(&failure))
    }

    /// Waits for the next group at most `patience` and stores it. Returns the bytes of its jobs;
    /// `None` if there will be no more.
    pub(super) fn run_group(&mut self, patience: Duration) -> io::Result<Option<usize>> {
        let log = Arc::clone(&self.log);
        let group_bytes = GROUP_BYTES.min(journal::quarter(log.settings.journal_bytes));
        let mut jobs = std::mem::take(&mut self.jobs);
        let taken = log.queue.take(&mut jobs, group_bytes, patience);
        if let Some(bytes) = taken {
            self.group.clear();
            jobs.drain(..).for_each(|job| self.plan(job));
            self.plan_trims();
            self.store_group(bytes)?;
        }
        self.jobs = jobs;
        Ok(taken)
    }

    fn patience(&self) -> Duration {
        if self.has_sealed() {
            return Duration::ZERO;
        }
        self.retention_due.saturating_duration_since(Instant::now())
    }

    /// Makes the group durable, shows it to readers, gives back its room and answers.
    fn store_group(&mut self, bytes: usize) -> io::Result<()> {
        let stored = self.write().and_then(|()| self.apply());
        self.log.queue.release(bytes);
        let outcome = match &stored {
            Ok(()) => Ok(()),
            Err(failure) => Err(BrokerError::Unknown { reason: reason(failure) }),
        };
        for answer in self.group.answers.drain(..) {
            answer.send(outcome.clone());
        }
        stored
    }

    fn write(&mut self) -> io::Result<()> {
        let Self { journal: Some(journal), store, group, .. } = self else {
            return Ok(());
        };
        store.poll_checkpoint()?;
        if group.changes.is_empty() {
            return Ok(());
        }
        if journal.is_full_for(group.bytes.len()) {
            store.finish_checkpoint()?;
            journal.switch();
            store.start_checkpoint(journal.format, journal.cursor)?;
        }
        journal.append(&mut group.bytes)
    }

    fn apply(&mut self) -> io::Result<()> {
        let mut changed: BTreeMap<u32, Arc<Topic>> = BTreeMap::new();
        let Self { log, store, group, sealed, .. } = self;
        for change in group.changes.drain(..) {
            match change {
                Change::Append { topic, partition, at, header, frame } => {
                    store.append(&partition, at, &header, &group.bytes[frame])?;
                    if at.position == SEGMENT_HEADER_BYTES as u64 && at.offset > 0 {
                        sealed.push(partition);
                    }
                    changed.entry(topic.id).or_insert(topic);
                }
                Change::Topic(topic) => log.catalog.insert_topic(topic),
                Change::Commit { group, partition, committed } => {
                    log.catalog.commit(&group, partition, committed);
                }
                Change::Trim { partition, start } => store.trim(&partition, start),
                Change::Remove(topic) => {
                    log.catalog.remove_topic(&topic);
                    store.remove(&topic);
                }
                Change::Forget { group, topic_id } => {
                    log.catalog.forget_group(&group, topic_id);
                }
            }
        }
        for topic in changed.values() {
            topic.changes.send_modify(|count| *count += 1);
        }
        Ok(())
    }

    /// Everything is durable already; a checkpoint makes the next opening a short one.
    fn close(&mut self) -> io::Result<()> {
        let Self { log, journal: Some(journal), store, .. } = self else {
            return Ok(());
        };
        store.finish_checkpoint()?;
        store.checkpoint(journal.format, journal.cursor)?.run(&log.files)
    }

    /// Takes nothing more, for good.
    pub(super) fn fail(&self, failure: &io::Error) -> BrokerError {
        let reason = reason(failure);
        error!(error = %failure, "storing failed, nothing more is stored until a restart");
        self.log.queue.fail(&reason);
        BrokerError::Unknown { reason }
    }
}

fn reason(failure: &io::Error) -> String {
    format!(
        "writing the log ended with: {failure}; nothing more is stored until a restart: make sure \
         that the disk is healthy and has room, then restart the gateway"
    )
}

/// If the writer panics, callers must not wait for ever.
#[derive(Debug)]
pub(super) struct FailOnPanic<'a>(pub(super) &'a Log);

impl Drop for FailOnPanic<'_> {
    fn drop(&mut self) {
        if thread::panicking() && !matches!(self.0.queue.end(), Some(QueueEnd::Failed(_))) {
            self.0.queue.fail("the writer of the log panicked: restart the gateway");
        }
    }
}
