//! XREAD: entries behind an id, and waiting for them.

use std::time::Duration;

use futures_util::future::select_all;
use tokio::{sync::watch, time::Instant};

use super::{
    CommandError, Context,
    streams::{FETCH_BYTES, FETCH_RECORDS},
};
use crate::{
    command::{self, Read},
    message::{Rejection, StoredRecord},
    resp::{Args, Protocol},
};

mod cursor;

pub(crate) use cursor::Reach;

use cursor::Cursor;

/// Most entries of one stream in one XREAD; a reader goes on from the last id it got.
pub(crate) const READ_RECORDS_MAX: usize = 10_000;
/// Payload bytes of all streams of one XREAD; streams behind it show nothing this time.
pub(crate) const READ_BYTES_MAX: usize = 8 * FETCH_BYTES;
/// Longest wait that the clock can hold; `BLOCK 0` waits for so long.
pub(crate) const FOR_EVER: Duration = Duration::from_hours(24 * 365);
/// Who waits for at least so long is told of what was stored a moment ago; all others ask for it.
pub(crate) const LONG: Duration = Duration::from_millis(100);

/// Entries of one stream, each with its partition.
type Entries = Vec<(u32, StoredRecord)>;

impl Context {
    pub(crate) async fn xread(&mut self, args: &Args<'_>) -> Result<(), CommandError> {
        let read = command::read(args)?;
        let wait = read.block.map(|block| if block.is_zero() { FOR_EVER } else { block });
        let mut cursors = self.cursors(read).await?;
        let until = Instant::now() + wait.unwrap_or_default();
        let mut reach =
            if wait.is_some_and(|wait| wait >= LONG) { Reach::Told } else { Reach::All };
        loop {
            let mut watches = self.watches(&cursors)?;
            if self.read_once(&mut cursors, reach).await? {
                return Ok(());
            }
            if wait.is_none() || Instant::now() >= until {
                break;
            }
            reach = Reach::Told;
            self.replies.release();
            let cluster = self.identity.as_ref().map(|identity| identity.cluster.id);
            if !self.wait_for(changed(&mut watches), until).await? {
                break;
            }
            self.may_still_read(cluster, &cursors)?;
        }
        self.replies.null_array();
        Ok(())
    }

    async fn cursors(&self, read: Read) -> Result<Vec<Cursor>, Rejection> {
        let mut cursors = Vec::with_capacity(read.streams.len());
        for (name, key, from) in read.streams {
            let mut cursor = Cursor::new(name, key, from, read.count);
            self.place(&mut cursor).await?;
            cursors.push(cursor);
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
        cursors.iter().try_for_each(|cursor| self.check_consume(&cursor.key.topic))
    }

    fn watches(&self, cursors: &[Cursor]) -> Result<Vec<watch::Receiver<u64>>, Rejection> {
        let broker = self.broker()?;
        Ok(cursors.iter().map(|cursor| cursor.watch(broker.as_ref())).collect())
    }

    /// Answers with what there is; false if that is nothing.
    async fn read_once(&mut self, cursors: &mut [Cursor], reach: Reach) -> Result<bool, Rejection> {
        let mut found: Vec<(usize, Entries)> = Vec::new();
        let mut bytes = 0;
        for (at, cursor) in cursors.iter_mut().enumerate() {
            if bytes >= READ_BYTES_MAX {
                break;
            }
            if !self.place(cursor).await? {
                continue;
            }
            let entries = self.read_far(cursor, reach).await?;
            bytes += entries.iter().map(|(_, stored)| stored.record.payload_len()).sum::<usize>();
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
            self.replies.array(entries.len());
            entries.iter().for_each(|(partition, stored)| self.send_entry(*partition, stored));
        }
        Ok(true)
    }

    /// Entries of one stream. Who will not wait gets all that was stored before, as far as it fits
    /// a reply: a client may take a short reply for the end of the stream.
    async fn read_far(&mut self, cursor: &mut Cursor, reach: Reach) -> Result<Entries, Rejection> {
        let mut entries = Vec::new();
        let is_all_here = self.read_stream(cursor, &mut entries).await?;
        if is_all_here && (entries.is_empty() || reach == Reach::All) {
            match self.reach(cursor, reach).await {
                Ok(true) => drop(self.read_stream(cursor, &mut entries).await?),
                Err(rejection) if entries.is_empty() => return Err(rejection),
                // The reader meets the failure at its next read.
                Ok(false) | Err(_) => {}
            }
        }
        Ok(entries)
    }

    /// Adds entries of one stream, as many as asked for, or as fit a reply; the reader goes on
    /// behind. True if no more of them have come here.
    async fn read_stream(
        &mut self,
        cursor: &mut Cursor,
        entries: &mut Entries,
    ) -> Result<bool, Rejection> {
        if let Some(range) = cursor.last.take() {
            *entries = self.backwards(&cursor.key.topic, range, 1).await?;
            return Ok(entries.is_empty());
        }
        let most = cursor.count.unwrap_or(READ_RECORDS_MAX).min(READ_RECORDS_MAX);
        let mut bytes = 0;
        while entries.len() < most && bytes < FETCH_BYTES {
            let Some(run) = cursor.run().await? else { return Ok(true) };
            let limit = (most - entries.len()).min(FETCH_RECORDS);
            let fetched = self.fetch_run(&cursor.key.topic, run, limit).await?;
            let shown = fetched.shown.into_iter();
            bytes += shown.as_slice().iter().map(|s| s.record.payload_len()).sum::<usize>();
            entries.extend(shown.map(|stored| (run.partition, stored)));
            if let Some(next) = fetched.next {
                cursor.go_on(next);
            }
            match fetched.failure {
                // What came before it is given; the reader meets the failure at its next read.
                Some(_) if !entries.is_empty() => return Ok(false),
                Some(failure) => return Err(failure),
                None if fetched.next.is_none() => return Ok(true),
                None => {}
            }
        }
        Ok(false)
    }
}

/// Ends when one of the topics has changed.
pub(crate) async fn changed(watches: &mut [watch::Receiver<u64>]) {
    let waits = watches.iter_mut().map(|watch| Box::pin(watch.changed()));
    // A topic that is closed for good ends the wait too; the next look says why.
    let _ = select_all(waits).await;
}
