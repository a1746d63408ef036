//! The writer: one thread that makes everything durable, in the order in which it came. In memory
//! there is no thread, see [`at_hand`].
//!
//! While one group is being synced, what arrives becomes the next (group commit). A failure ends
//! the thread: what the disk holds then is unknown, and only opening the log anew finds out.

use std::{
    collections::BTreeMap,
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
    partition::Partition,
    queue::{Answer, End, Job, TrimJob},
    segment::SEGMENT_HEADER_BYTES,
    shared::Shared,
    store::Store,
};
use crate::broker::BrokerError;

mod at_hand;
mod group;
mod plan;

pub(super) use at_hand::AtHand;

use group::{Change, Group};

/// A group takes no further job beyond this size: about what a disk writes in some milliseconds,
/// so that the first of a group does not wait long for the last.
const GROUP_BYTES: usize = 4 << 20;

/// How the writer ended; `None` while it runs.
pub(super) type Ended = watch::Receiver<Option<Answer<()>>>;

/// Everything the thread owns.
#[derive(Debug)]
pub(super) struct Writer {
    pub(super) shared: Arc<Shared>,
    /// `None` in memory.
    pub(super) journal: Option<Journal>,
    pub(super) store: Store,
    pub(super) next_topic_id: u32,
    /// Held as long as files may be written.
    pub(super) _lock: Option<std::fs::File>,
}

#[derive(Debug)]
struct Running {
    writer: Writer,
    /// Jobs of the group in hand; kept for its room.
    jobs: Vec<Job>,
    group: Group,
    /// Records to be deleted in the group that is planned, after all its appends.
    trims: Vec<TrimJob>,
    /// Partitions that began a new segment: retention looks at them next.
    sealed: Vec<Arc<Partition>>,
    retention_due: Instant,
}

impl Writer {
    /// Starts the thread, where there is something to wait for.
    pub(super) fn start(self) -> io::Result<Ended> {
        let retention_due = Instant::now() + self.shared.settings.retention_check;
        let mut running = Running {
            writer: self,
            jobs: Vec::new(),
            group: Group::default(),
            trims: Vec::new(),
            sealed: Vec::new(),
            retention_due,
        };
        if running.writer.journal.is_none() {
            let shared = Arc::clone(&running.writer.shared);
            return Ok(shared.at_hand.put(running));
        }
        let (ended, receiver) = watch::channel(None);
        thread::Builder::new().name("log-writer".to_owned()).spawn(move || {
            let shared = Arc::clone(&running.writer.shared);
            let _guard = FailOnPanic(&shared);
            let outcome = running.run();
            drop(running);
            ended.send_replace(Some(outcome));
        })?;
        Ok(receiver)
    }
}

impl Running {
    fn run(&mut self) -> Answer<()> {
        let mut all = || -> io::Result<()> {
            while self.run_group(self.patience())?.is_some() {}
            self.close()
        };
        all().map_err(|failure| self.fail(&failure))
    }

    /// Waits for the next group at most `patience` and stores it. Answers the bytes of its jobs;
    /// `None` if there will be no more.
    fn run_group(&mut self, patience: Duration) -> io::Result<Option<usize>> {
        let shared = Arc::clone(&self.writer.shared);
        let group_bytes = GROUP_BYTES.min(journal::quarter(shared.settings.journal_bytes));
        let mut jobs = std::mem::take(&mut self.jobs);
        let taken = shared.queue.take(&mut jobs, group_bytes, patience);
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
        if !self.sealed.is_empty() {
            return Duration::ZERO;
        }
        self.retention_due.saturating_duration_since(Instant::now())
    }

    /// Makes the group durable, shows it to readers, gives back its room and answers.
    fn store_group(&mut self, bytes: usize) -> io::Result<()> {
        let stored = self.write().and_then(|()| self.apply());
        self.writer.shared.queue.release(bytes);
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
        let Writer { journal: Some(journal), store, .. } = &mut self.writer else {
            return Ok(());
        };
        store.poll_checkpoint()?;
        if self.group.changes.is_empty() {
            return Ok(());
        }
        if journal.is_full_for(self.group.bytes.len()) {
            store.finish_checkpoint()?;
            journal.switch();
            store.start_checkpoint(journal.shape, journal.cursor)?;
        }
        journal.append(&mut self.group.bytes)
    }

    fn apply(&mut self) -> io::Result<()> {
        let mut changed: BTreeMap<u32, Arc<Topic>> = BTreeMap::new();
        let Writer { shared, store, .. } = &mut self.writer;
        for change in self.group.changes.drain(..) {
            match change {
                Change::Append { topic, partition, place, header, frame } => {
                    store.append(&partition, place, &header, &self.group.bytes[frame])?;
                    if place.position == SEGMENT_HEADER_BYTES as u64 && place.offset > 0 {
                        self.sealed.push(partition);
                    }
                    changed.entry(topic.id).or_insert(topic);
                }
                Change::Topic(topic) => shared.catalog.insert_topic(topic),
                Change::Commit { group, place, committed } => {
                    shared.catalog.commit(&group, place, committed);
                }
                Change::Trim { partition, start } => store.trim(&partition, start),
                Change::Remove(topic) => {
                    shared.catalog.remove_topic(&topic);
                    store.remove(&topic);
                }
                Change::Forget { group, topic_id } => {
                    shared.catalog.forget_group(&group, topic_id);
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
        let Writer { shared, journal: Some(journal), store, .. } = &mut self.writer else {
            return Ok(());
        };
        store.finish_checkpoint()?;
        store.checkpoint(journal.shape, journal.cursor)?.run(&shared.files)
    }

    /// Takes nothing more, for good.
    fn fail(&self, failure: &io::Error) -> BrokerError {
        let reason = reason(failure);
        error!(error = %failure, "storing failed, nothing more is stored until a restart");
        self.writer.shared.queue.fail(&reason);
        BrokerError::Unknown { reason }
    }
}

fn reason(failure: &io::Error) -> String {
    format!(
        "writing the log ended with: {failure}; nothing more is stored until a restart: make sure \
         that the disk is healthy and has room, then restart the gateway"
    )
}

/// If the thread panics, callers must not wait for ever.
#[derive(Debug)]
struct FailOnPanic<'a>(&'a Shared);

impl Drop for FailOnPanic<'_> {
    fn drop(&mut self) {
        if thread::panicking() && !matches!(self.0.queue.end(), Some(End::Failed(_))) {
            self.0.queue.fail("the writer of the log panicked: restart the gateway");
        }
    }
}
