//! One stream of an XREAD, and where its reader is.

use tokio::sync::watch;

use super::super::{Context, streams::no_partition};
use crate::{
    broker::{Broker, TopicInfo},
    command::{EntryId, ReadFrom, StreamKey},
    message::{PartitionOffset, Rejection},
    order::{OffsetRun, OrderCursor, OrderRange, RangeBound, StreamCursor, StreamRange},
    pipeline::read_rejection,
};

/// One stream of an XREAD, and where it is.
pub(crate) struct Cursor {
    pub(crate) name: Vec<u8>,
    pub(crate) key: StreamKey,
    /// Most entries to give.
    pub(crate) count: Option<usize>,
    /// Where the last entry is looked for, once.
    pub(crate) last: Option<StreamRange>,
    from: ReadFrom,
    /// Records of the one partition are known to be stored up to here.
    known_end: Option<u64>,
    /// `None` until there is such a topic.
    position: Option<StreamCursor>,
}

/// How far a reader that found nothing looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    /// To what has come here by itself: more comes, and wakes it.
    Told,
    /// To all that was stored before.
    All,
}

impl Cursor {
    pub(crate) fn new(name: Vec<u8>, key: StreamKey, from: ReadFrom, count: Option<usize>) -> Self {
        Self { name, key, from, count, last: None, known_end: None, position: None }
    }

    /// The next records, as far as they are known here.
    pub(crate) async fn run(&mut self) -> Result<Option<OffsetRun>, Rejection> {
        let Some(position) = &mut self.position else { return Ok(None) };
        let run = position.next_run().await.map_err(read_rejection)?;
        Ok(run.map(|run| {
            let known_end = self.known_end.filter(|end| run.from < *end);
            OffsetRun { end: run.end.or(known_end), ..run }
        }))
    }

    /// Notes that the records of the last run are done with below `next`.
    pub(crate) fn go_on(&mut self, next: u64) {
        if let Some(position) = &mut self.position {
            position.advance(next);
        }
    }

    /// Changes when there may be more.
    pub(crate) fn watch(&self, broker: &dyn Broker) -> watch::Receiver<u64> {
        if let Some(StreamCursor::Order(cursor)) = &self.position {
            return cursor.order().watch();
        }
        // A topic that does not exist yet is waited for through the list of topics.
        broker.watch(self.key.topic.as_str()).unwrap_or_else(|| broker.watch_topics())
    }
}

impl Context {
    /// Sets a cursor in its topic; false if there is no such topic yet.
    pub(crate) async fn place(&self, cursor: &mut Cursor) -> Result<bool, Rejection> {
        if let Some(position) = &cursor.position {
            let topic = self.broker()?.topic(cursor.key.topic.as_str());
            let Some(topic) = topic else { return Ok(false) };
            // A topic that has grown is one stream still: what was read lies at its beginning.
            if let StreamCursor::Partition(next) = position
                && cursor.key.partition.is_none()
                && topic.partitions > 1
            {
                let id = EntryId { place: next.offset, partition: u64::from(next.partition) };
                cursor.position = Some(self.behind(&topic, None, id)?);
            }
            return Ok(true);
        }
        let Some((topic, partition)) = self.stream(&cursor.key).await? else {
            // Once it is made, all of it is new.
            cursor.from = match cursor.from {
                ReadFrom::New | ReadFrom::Last => ReadFrom::Behind(EntryId::FIRST),
                from @ ReadFrom::Behind(_) => from,
            };
            return Ok(false);
        };
        if cursor.from == ReadFrom::Last {
            cursor.last = self.all(&topic, partition).await?;
        }
        cursor.position = Some(match cursor.from {
            ReadFrom::Behind(id) => self.behind(&topic, partition, id)?,
            ReadFrom::New | ReadFrom::Last => self.at_end(&topic, partition).await?,
        });
        Ok(true)
    }

    fn behind(
        &self,
        topic: &TopicInfo,
        partition: Option<u32>,
        id: EntryId,
    ) -> Result<StreamCursor, Rejection> {
        if let Some(partition) = partition {
            return Ok(StreamCursor::Partition(PartitionOffset::new(
                partition,
                id.offset_after(partition),
            )));
        }
        let order = self.order(&topic.name)?;
        let Some(offset) = id.place.checked_sub(1) else {
            return Ok(StreamCursor::Order(OrderCursor::from_start(order)));
        };
        let found = u32::try_from(id.partition).ok().filter(|at| *at < topic.partitions);
        let partition = found.ok_or_else(|| no_partition(topic, id.partition))?;
        Ok(StreamCursor::Order(OrderCursor::after(order, PartitionOffset::new(partition, offset))))
    }

    async fn at_end(
        &self,
        topic: &TopicInfo,
        partition: Option<u32>,
    ) -> Result<StreamCursor, Rejection> {
        let Some(partition) = partition else {
            let cursor = OrderCursor::from_end(self.order(&topic.name)?).await;
            return Ok(StreamCursor::Order(cursor.map_err(read_rejection)?));
        };
        let ends = self.ends(&topic.name).await?;
        let next = ends.get(partition as usize).map_or(0, |range| range.end);
        Ok(StreamCursor::Partition(PartitionOffset::new(partition, next)))
    }

    async fn all(
        &self,
        topic: &TopicInfo,
        partition: Option<u32>,
    ) -> Result<Option<StreamRange>, Rejection> {
        let Some(partition) = partition else {
            let order = self.order(&topic.name)?;
            let range = OrderRange::between(order, RangeBound::Start, RangeBound::End).await;
            return Ok(range.map_err(read_rejection)?.map(StreamRange::Order));
        };
        let ends = self.ends(&topic.name).await?;
        let there = ends.get(partition as usize).filter(|range| range.start < range.end);
        Ok(there.map(|range| {
            StreamRange::Partition(OffsetRun { partition, from: range.start, end: Some(range.end) })
        }))
    }

    /// Makes what was stored before this call known to a cursor; false if nothing may have come
    /// of it.
    pub(crate) async fn reach(&self, cursor: &mut Cursor, reach: Reach) -> Result<bool, Rejection> {
        match &mut cursor.position {
            Some(StreamCursor::Order(cursor)) => {
                if reach == Reach::All || !cursor.order().is_followed() {
                    cursor.order().cover().await.map_err(read_rejection)?;
                    return Ok(true);
                }
                Ok(false)
            }
            Some(StreamCursor::Partition(next)) if reach == Reach::All => {
                let PartitionOffset { partition, offset: next } = *next;
                let ends = self.ends(&cursor.key.topic).await?;
                let end = ends.get(partition as usize).map_or(0, |range| range.end);
                cursor.known_end = (end > next).then_some(end);
                Ok(end > next)
            }
            _ => Ok(false),
        }
    }
}
