//! XREAD: entries behind an id, and waiting for them.

use std::time::Duration;

use futures_util::future::select_all;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    sync::watch,
    time::Instant,
};

use super::{
    Ended, Session, Socket,
    streams::{FETCH_BYTES, FETCH_RECORDS},
};
use crate::{
    broker::OffsetRange,
    command::{self, Read, ReadFrom},
    message::{Rejection, StoredRecord, TopicName},
    resp::{Args, Protocol},
};

/// Most entries of one stream in one XREAD; a reader goes on from the last id it got.
pub(super) const READ_RECORDS_MAX: usize = 10_000;
/// Payload bytes of all streams of one XREAD; streams behind it show nothing this time.
pub(super) const READ_BYTES_MAX: usize = 8 * FETCH_BYTES;
/// Longest wait that the clock can hold; `BLOCK 0` waits for so long.
pub(super) const FOR_EVER: Duration = Duration::from_hours(24 * 365);

/// One stream of an XREAD, and where it is.
struct Cursor {
    name: Vec<u8>,
    topic: TopicName,
    partition: u32,
    next: u64,
    /// Most entries to give: 1 for `+`.
    count: Option<usize>,
}

impl Session {
    pub(super) async fn xread<S>(
        &mut self,
        args: &Args<'_>,
        socket: &mut Socket<S>,
    ) -> Result<Result<(), Rejection>, Ended>
    where
        S: AsyncRead + AsyncWrite + Send + Unpin,
    {
        let read = match command::read(args) {
            Ok(read) => read,
            Err(rejection) => return Ok(Err(rejection)),
        };
        let block = read.block;
        // Before the cursors are set: a topic's changes from here on wake the reader.
        let mut cursors = match self.cursors(read).await {
            Ok(cursors) => cursors,
            Err(rejection) => return Ok(Err(rejection)),
        };
        let wait = block.map(|block| if block.is_zero() { FOR_EVER } else { block });
        let until = Instant::now() + wait.unwrap_or_default();
        loop {
            let mut watches = match self.watches(&cursors) {
                Ok(watches) => watches,
                Err(rejection) => return Ok(Err(rejection)),
            };
            match self.read_once(&mut cursors).await {
                Ok(true) => return Ok(Ok(())),
                Ok(false) if wait.is_none() || Instant::now() >= until => break,
                Ok(false) => {}
                Err(rejection) => return Ok(Err(rejection)),
            }
            let cluster = self.identity.as_ref().map(|identity| identity.cluster.id);
            match self.wait_for(socket, changed(&mut watches), until).await? {
                Ok(true) => {}
                Ok(false) => break,
                Err(rejection) => return Ok(Err(rejection)),
            }
            if let Err(rejection) = self.may_still_read(cluster, &cursors) {
                return Ok(Err(rejection));
            }
        }
        self.replies.null_array();
        Ok(Ok(()))
    }

    async fn cursors(&self, read: Read) -> Result<Vec<Cursor>, Rejection> {
        let mut cursors = Vec::with_capacity(read.streams.len());
        for (name, key, from) in read.streams {
            let found = self.partition(&key).await?;
            let partition = found.as_ref().map_or(0, |(_, partition)| *partition);
            let range = match &found {
                Some((topic, partition)) => self.offsets(&topic.name, *partition).await?,
                None => OffsetRange { start: 0, end: 0 },
            };
            let (next, count) = match from {
                ReadFrom::Behind(id) => (id.offset_after(partition), read.count),
                ReadFrom::New => (range.end, read.count),
                ReadFrom::Last => (range.end.saturating_sub(1).max(range.start), Some(1)),
            };
            cursors.push(Cursor { name, topic: key.topic, partition, next, count });
        }
        Ok(cursors)
    }

    /// The login may have become another one meanwhile, and not be for all of the streams any more.
    fn may_still_read(&self, cluster: Option<usize>, cursors: &[Cursor]) -> Result<(), Rejection> {
        if Some(self.identity()?.cluster.id) != cluster {
            let words =
                "the login leads to another cluster now: its streams begin anew, read again";
            return Err(Rejection::err(words));
        }
        cursors.iter().try_for_each(|cursor| self.check_consume(&cursor.topic))
    }

    fn watches(&self, cursors: &[Cursor]) -> Result<Vec<watch::Receiver<u64>>, Rejection> {
        let broker = self.broker()?;
        let mut watches = Vec::with_capacity(cursors.len());
        for cursor in cursors {
            // A topic that does not exist yet is waited for through the list of topics.
            let watch =
                broker.watch(cursor.topic.as_str()).unwrap_or_else(|| broker.watch_topics());
            watches.push(watch);
        }
        Ok(watches)
    }

    /// Answers with what there is; false if that is nothing.
    async fn read_once(&mut self, cursors: &mut [Cursor]) -> Result<bool, Rejection> {
        let mut found: Vec<(usize, Vec<StoredRecord>)> = Vec::new();
        let mut bytes = 0;
        for (at, cursor) in cursors.iter_mut().enumerate() {
            if self.broker()?.topic(cursor.topic.as_str()).is_none() {
                continue;
            }
            if bytes >= READ_BYTES_MAX {
                break;
            }
            let entries = self.read_stream(cursor).await?;
            bytes += entries.iter().map(|stored| stored.record.payload_len()).sum::<usize>();
            if !entries.is_empty() {
                found.push((at, entries));
            }
        }
        if found.is_empty() {
            return Ok(false);
        }
        match self.replies.protocol() {
            Protocol::Resp2 => self.replies.array(found.len()),
            Protocol::Resp3 => self.replies.map(found.len()),
        }
        for (at, entries) in found {
            if self.replies.protocol() == Protocol::Resp2 {
                self.replies.array(2);
            }
            self.replies.bulk(&cursors[at].name);
            self.send_entries(cursors[at].partition, &entries);
        }
        Ok(true)
    }

    /// Entries of one stream: as many as asked for, or as fit a reply; the reader goes on behind.
    async fn read_stream(&mut self, cursor: &mut Cursor) -> Result<Vec<StoredRecord>, Rejection> {
        let most = cursor.count.unwrap_or(READ_RECORDS_MAX).min(READ_RECORDS_MAX);
        let (mut entries, mut bytes): (Vec<StoredRecord>, usize) = (Vec::new(), 0);
        while entries.len() < most && bytes < FETCH_BYTES {
            let limit = (most - entries.len()).min(FETCH_RECORDS);
            let fetched = self.fetch(&cursor.topic, cursor.partition, cursor.next, limit).await?;
            let (shown, behind, failure) = fetched;
            bytes += shown.iter().map(|stored| stored.record.payload_len()).sum::<usize>();
            entries.extend(shown);
            cursor.next = behind.unwrap_or(cursor.next);
            match failure {
                // What came before it is given; the reader meets the failure at its next read.
                Some(_) if !entries.is_empty() => break,
                Some(failure) => return Err(failure),
                None if behind.is_none() => break,
                None => {}
            }
        }
        Ok(entries)
    }
}

/// Ends when one of the topics has changed.
pub(super) async fn changed(watches: &mut [watch::Receiver<u64>]) {
    let waits = watches.iter_mut().map(|watch| Box::pin(watch.changed()));
    // A topic that is closed for good ends the wait too; the next look says why.
    let _ = select_all(waits).await;
}
