//! XREADGROUP: new entries for a consumer, and its own once more.

use std::sync::Arc;

use tokio::{sync::watch, time::Instant};

use super::{Context, consumers::meet, no_group};
use crate::{
    command::{self, GroupName, GroupRead, ReadOf},
    consumer::{EntryPosition, IdleFilter, PENDING_MAX, Recipient, StreamGroup},
    message::{Rejection, StoredRecord},
    order::OffsetRun,
    pipeline::read_rejection,
    resp::{Args, Protocol},
    session::{
        CommandError,
        read::{FOR_EVER, LONG, READ_BYTES_MAX, READ_RECORDS_MAX, Reach, changed},
        streams::{FETCH_BYTES, FETCH_RECORDS, Fetched},
    },
};

const NO_GROUP_SUFFIX: &str = " in XREADGROUP with GROUP option";

/// Entries of one stream, in order; those that are gone have an id only.
type Entries = Vec<(EntryPosition, Option<StoredRecord>)>;

impl Context {
    pub(crate) async fn xreadgroup(&mut self, args: &Args<'_>) -> Result<(), CommandError> {
        let read = command::read_group(args)?;
        let wait = read.block.map(|block| if block.is_zero() { FOR_EVER } else { block });
        let until = Instant::now() + wait.unwrap_or_default();
        loop {
            let mut watches = self.ready_to_read(&read).await?;
            let mut found = self.read_group_once(&read, Reach::Notified).await?;
            if !found && wait.is_none_or(|wait| wait < LONG) {
                // Whoever does not wait is not told of what was stored a moment ago.
                found = self.read_group_once(&read, Reach::Latest).await?;
            }
            if found {
                return Ok(());
            }
            if wait.is_none() || Instant::now() >= until {
                break;
            }
            if !self.wait_for(changed(&mut watches), until).await? {
                break;
            }
        }
        self.replies.null_array();
        Ok(())
    }

    /// Joins the groups, which have to exist; what wakes a waiting reader.
    async fn ready_to_read(
        &mut self,
        read: &GroupRead,
    ) -> Result<Vec<watch::Receiver<u64>>, Rejection> {
        let mut watches = Vec::with_capacity(3 * read.streams.len());
        for (_, name, of) in &read.streams {
            let missing = || no_group(name, NO_GROUP_SUFFIX);
            let topic = self.topic_of(name).await?.ok_or_else(missing)?;
            if !self.group_exists(&topic, name).await? {
                return Err(missing());
            }
            let group = self.use_group(name)?;
            watches.extend(self.broker()?.watch(name.topic.as_str()));
            watches.extend(group.watches());
            if read.block.is_none() && *of == ReadOf::New {
                group.assigned(self.commit_deadline()).await;
            }
            group.refresh().await.map_err(read_rejection)?;
            meet(&group, &read.consumer, self.now_ms())?;
        }
        Ok(watches)
    }

    /// Answers with what there is; false if that is nothing.
    async fn read_group_once(&mut self, read: &GroupRead, reach: Reach) -> Result<bool, Rejection> {
        let mut found: Vec<(&[u8], Entries)> = Vec::new();
        let mut bytes = 0;
        for (key, name, of) in &read.streams {
            if bytes >= READ_BYTES_MAX {
                break;
            }
            let entries = match of {
                ReadOf::New => self.new_entries(name, read, reach).await,
                ReadOf::Own(_) => self.own_entries(name, read, *of).await.map(Some),
            };
            match entries {
                Ok(Some(entries)) => {
                    bytes += entries
                        .iter()
                        .filter_map(|(_, stored)| stored.as_ref())
                        .fold(0, |bytes, stored| bytes + stored.record.payload_len());
                    found.push((key, entries));
                }
                Ok(None) => {}
                Err(rejection) if found.is_empty() => return Err(rejection),
                // What was delivered is given; the reader meets the failure at its next read.
                Err(_) => break,
            }
        }
        if found.is_empty() {
            return Ok(false);
        }
        self.send_streams(found);
        Ok(true)
    }

    fn send_streams(&mut self, found: Vec<(&[u8], Entries)>) {
        let is_map = self.replies.protocol() == Protocol::Resp3;
        if is_map {
            self.replies.map(found.len());
        } else {
            self.replies.array(found.len());
        }
        for (key, entries) in found {
            if !is_map {
                self.replies.array(2);
            }
            self.replies.bulk(key);
            self.replies.array(entries.len());
            for (position, stored) in entries {
                if let Some(stored) = stored {
                    self.send_entry(position.partition, &stored);
                    continue;
                }
                self.replies.array(2);
                self.send_id(position);
                self.replies.null_array();
            }
        }
    }

    /// The next entries of a group; `None` if there are none.
    async fn new_entries(
        &self,
        name: &GroupName,
        read: &GroupRead,
        reach: Reach,
    ) -> Result<Option<Entries>, Rejection> {
        let group = self.open_group(name)?.ok_or_else(|| no_group(name, NO_GROUP_SUFFIX))?;
        let ends = match reach {
            Reach::Latest => Some(self.ends(&name.topic).await?),
            Reach::Notified => None,
        };
        let most = read.count.unwrap_or(READ_RECORDS_MAX).min(READ_RECORDS_MAX);
        let (mut entries, mut failure, mut is_stuck) = (Entries::new(), None, false);
        let mut bytes = 0;
        for partition in group.turns() {
            while entries.len() < most && bytes < FETCH_BYTES {
                let limit = (most - entries.len()).min(FETCH_RECORDS);
                let Some(reading) = group.read(partition, limit).await else { break };
                let known = ends.as_ref().and_then(|ends| ends.get(partition as usize));
                let known = known.map(|range| range.end).filter(|end| reading.from < *end);
                let run = OffsetRun { partition, from: reading.from, end: reading.end.or(known) };
                let fetched = self.fetch_run(&name.topic, run, reading.most).await;
                let Fetched { shown, next, failure: failed } = match fetched {
                    Ok(fetched) => fetched,
                    Err(rejection) => {
                        failure = Some(rejection);
                        break;
                    }
                };
                let to = Recipient { consumer: &read.consumer, now: self.now_ms() };
                let delivered = group.deliver(&reading, to, shown, next);
                is_stuck |= delivered.is_stuck;
                for stored in delivered.entries {
                    bytes += stored.record.payload_len();
                    entries
                        .push((EntryPosition { offset: stored.offset, partition }, Some(stored)));
                }
                if failed.is_some() {
                    failure = failed;
                    break;
                }
                if !delivered.goes_on {
                    break;
                }
            }
        }
        if entries.is_empty() {
            if let Some(failure) = failure.or_else(|| full(&group, is_stuck)) {
                return Err(failure);
            }
            return Ok(None);
        }
        if read.acknowledges {
            self.acknowledge(&group, entries.iter().map(|(position, _)| *position)).await?;
        }
        Ok(Some(entries))
    }

    /// The consumer's own pending entries behind an id, once more.
    async fn own_entries(
        &self,
        name: &GroupName,
        read: &GroupRead,
        of: ReadOf,
    ) -> Result<Entries, Rejection> {
        let ReadOf::Own(id) = of else { return Ok(Entries::new()) };
        let group = self.open_group(name)?.ok_or_else(|| no_group(name, NO_GROUP_SUFFIX))?;
        let start = super::pending::from((id, true));
        let most = read.count.unwrap_or(READ_RECORDS_MAX).min(READ_RECORDS_MAX);
        let now = self.now_ms();
        let range = (start, std::ops::Bound::Unbounded);
        let listed = group.pending(range, Some(&read.consumer), IdleFilter::ALL, most);
        let positions: Vec<_> = listed.into_iter().map(|(position, _)| position).collect();
        let mut found = self.entries_at(&name.topic, &positions).await?;
        let there: Vec<_> = found.keys().copied().collect();
        group.deliver_again(&there, Recipient { consumer: &read.consumer, now });
        Ok(positions.into_iter().map(|position| (position, found.remove(&position))).collect())
    }
}

/// Why a group gives nothing although there may be more.
fn full(group: &Arc<StreamGroup>, is_stuck: bool) -> Option<Rejection> {
    if let Some(partition) = group.full() {
        return Some(Rejection::err(format!(
            "group `{}` has {PENDING_MAX} pending entries in partition {partition} of `{}`: acknowledge the oldest of them first",
            group.name(),
            group.topic()
        )));
    }
    is_stuck.then(|| {
        Rejection::err(format!(
            "group `{}` has pending entries too far apart in `{}`: acknowledge the oldest of them first",
            group.name(),
            group.topic()
        ))
    })
}
