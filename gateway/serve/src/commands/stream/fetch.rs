//! Fetching records and taking them through the plugin chain.

use crate::{
    broker::Fetch,
    context::Context,
    message::{Rejection, StoredRecord, TopicName, TopicPartition},
    order::OffsetRun,
    pipeline::{Consumed, read_rejection},
};

/// Most records of one fetch.
pub(crate) const FETCH_RECORDS: usize = 1_000;
/// Most payload bytes of one fetch.
pub(crate) const FETCH_BYTES: usize = 1024 * 1024;

/// The result of one fetch.
#[derive(Debug, Default)]
pub(crate) struct Fetched {
    /// The records that the client gets.
    pub(crate) shown: Vec<StoredRecord>,
    /// The offset to go on at; `None` if nothing more is there yet, or the first record failed.
    pub(crate) next: Option<u64>,
    /// What failed at `next`.
    pub(crate) failure: Option<Rejection>,
}

/// Fetches records of a run as stream entries, in the layout of the topic's settings.
pub(crate) async fn fetch_entries(
    context: &Context,
    topic: &TopicName,
    run: OffsetRun,
    records_max: usize,
) -> Result<Fetched, Rejection> {
    let mut fetched = fetch_records(context, topic, run, records_max).await?;
    context.services.settings.streams.of(topic).restore_all(&mut fetched.shown);
    Ok(fetched)
}

/// Fetches records of a run as they are stored, and takes them through the chain.
pub(crate) async fn fetch_records(
    context: &Context,
    topic: &TopicName,
    run: OffsetRun,
    records_max: usize,
) -> Result<Fetched, Rejection> {
    let OffsetRun { partition, from, end } = run;
    let bytes_max = FETCH_BYTES;
    let fetch = Fetch {
        partition: TopicPartition::new(topic.clone(), partition),
        from,
        records_max,
        bytes_max,
    };
    let broker = context.broker()?;
    let records = match end {
        None => broker.fetch(fetch).await.map_err(read_rejection)?,
        Some(end) => {
            let found = broker.fetch_below(fetch, end).await.map_err(read_rejection)?;
            let Some(mut records) = found else { return Ok(Fetched::default()) };
            records.truncate(records.partition_point(|stored| stored.offset < end));
            if records.is_empty() {
                return Ok(Fetched { next: Some(end), ..Fetched::default() });
            }
            records
        }
    };
    let pipeline = &context.services.pipeline;
    let call = context.identity()?.context(context.services.clock);
    let chain = pipeline.chain();
    let consumed = pipeline.consume(&chain, &call, (topic, partition), records);
    let Consumed { shown, next, failure } = consumed;
    Ok(Fetched { shown, next, failure })
}
