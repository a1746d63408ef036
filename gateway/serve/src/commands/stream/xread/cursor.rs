//! The cursor of one stream of an XREAD.

use tokio::sync::watch;

use super::{
    super::{
        blocking::Freshness,
        range::IdRange,
        topic::{self, Stream},
    },
    query::{ReadFrom, StreamQuery},
};
use crate::{
    broker::Broker,
    context::Context,
    entry::EntryId,
    message::{PartitionOffset, Rejection, TopicName},
    order::{OffsetRun, OrderCursor, StreamCursor, StreamRange},
    pipeline::read_rejection,
};

/// A stream of an XREAD, and where its reader is.
pub(super) struct Cursor {
    stream: StreamQuery,
    /// Most entries to give.
    pub(super) count: Option<usize>,
    /// Where the last entry is looked for, once.
    pub(super) last: Option<StreamRange>,
    /// Records of the one partition are known to be stored up to here.
    known_end: Option<u64>,
    /// `None` until there is such a topic.
    position: Option<StreamCursor>,
}

impl Cursor {
    pub(super) fn new(stream: StreamQuery, count: Option<usize>) -> Self {
        Self { stream, count, last: None, known_end: None, position: None }
    }

    /// The stream's name as the client wrote it.
    pub(super) fn name(&self) -> &[u8] {
        &self.stream.name
    }

    pub(super) fn topic(&self) -> &TopicName {
        &self.stream.key.topic
    }

    /// The next records, as far as they are known here.
    pub(super) async fn next_run(&mut self) -> Result<Option<OffsetRun>, Rejection> {
        let Some(position) = &mut self.position else { return Ok(None) };
        let run = position.next_run().await.map_err(read_rejection)?;
        Ok(run.map(|run| {
            let known_end = self.known_end.filter(|end| run.from < *end);
            OffsetRun { end: run.end.or(known_end), ..run }
        }))
    }

    /// Notes that the records of the last run are read up to `next`.
    pub(super) fn advance(&mut self, next: u64) {
        if let Some(position) = &mut self.position {
            position.advance(next);
        }
    }

    /// Changes when there may be more.
    pub(super) fn watch(&self, broker: &dyn Broker) -> watch::Receiver<u64> {
        if let Some(StreamCursor::Order(cursor)) = &self.position {
            return cursor.order().watch();
        }
        // A topic that does not exist yet is waited for through the list of topics.
        broker.watch(self.stream.key.topic.as_str()).unwrap_or_else(|| broker.watch_topics())
    }

    /// Finds the cursor's place in its topic; false if there is no such topic yet.
    pub(super) async fn locate(&mut self, context: &Context) -> Result<bool, Rejection> {
        if let Some(position) = &self.position {
            let topic = context.broker()?.topic(self.topic().as_str());
            let Some(topic) = topic else { return Ok(false) };
            // A topic that has grown is still one stream: its beginning was read.
            if let StreamCursor::Partition(next) = position
                && self.stream.key.partition.is_none()
                && topic.partitions > 1
            {
                let id = EntryId { place: next.offset, partition: u64::from(next.partition) };
                self.position = Some(after(context, &Stream { topic, partition: None }, id)?);
            }
            return Ok(true);
        }
        let Some(stream) = topic::find(context, &self.stream.key).await? else {
            // Once it is made, all of it is new.
            self.stream.from = match self.stream.from {
                ReadFrom::New | ReadFrom::Last => ReadFrom::After(EntryId::FIRST),
                from @ ReadFrom::After(_) => from,
            };
            return Ok(false);
        };
        if self.stream.from == ReadFrom::Last {
            self.last = IdRange::ALL.records(context, &stream).await?;
        }
        self.position = Some(match self.stream.from {
            ReadFrom::After(id) => after(context, &stream, id)?,
            ReadFrom::New | ReadFrom::Last => at_end(context, &stream).await?,
        });
        Ok(true)
    }

    /// Makes entries that were stored before this call known; false if there cannot be any.
    pub(super) async fn refresh(
        &mut self,
        context: &Context,
        freshness: Freshness,
    ) -> Result<bool, Rejection> {
        match &mut self.position {
            Some(StreamCursor::Order(cursor)) => {
                if freshness == Freshness::Latest || !cursor.order().is_followed() {
                    cursor.order().cover().await.map_err(read_rejection)?;
                    return Ok(true);
                }
                Ok(false)
            }
            Some(StreamCursor::Partition(next)) if freshness == Freshness::Latest => {
                let PartitionOffset { partition, offset: next } = *next;
                let ends = topic::ends(context, &self.stream.key.topic).await?;
                let end = ends.get(partition as usize).map_or(0, |range| range.end);
                self.known_end = (end > next).then_some(end);
                Ok(end > next)
            }
            Some(StreamCursor::Partition(_)) | None => Ok(false),
        }
    }
}

/// A cursor after an id.
fn after(context: &Context, stream: &Stream, id: EntryId) -> Result<StreamCursor, Rejection> {
    let Stream { topic, partition } = stream;
    if let Some(partition) = *partition {
        let next = PartitionOffset::new(partition, id.offset_after(partition));
        return Ok(StreamCursor::Partition(next));
    }
    let order = topic::order(context, &topic.name)?;
    let Some(offset) = id.place.checked_sub(1) else {
        return Ok(StreamCursor::Order(OrderCursor::from_start(order)));
    };
    let found = u32::try_from(id.partition).ok().filter(|at| *at < topic.partitions);
    let partition = found.ok_or_else(|| topic::no_partition(topic, id.partition))?;
    Ok(StreamCursor::Order(OrderCursor::after(order, PartitionOffset::new(partition, offset))))
}

/// A cursor after all entries that are stored now.
async fn at_end(context: &Context, stream: &Stream) -> Result<StreamCursor, Rejection> {
    let name = &stream.topic.name;
    let Some(partition) = stream.partition else {
        let cursor = OrderCursor::from_end(topic::order(context, name)?).await;
        return Ok(StreamCursor::Order(cursor.map_err(read_rejection)?));
    };
    let ends = topic::ends(context, name).await?;
    let next = ends.get(partition as usize).map_or(0, |range| range.end);
    Ok(StreamCursor::Partition(PartitionOffset::new(partition, next)))
}
