//! MEMORY: what topics and the gateway take.

use super::Context;
use crate::{
    broker::{Fetch, OffsetRange},
    command::{self, Asked, StreamKey, is_word},
    commands::Spec,
    message::{Rejection, StoredRecord},
    pipeline::read_rejection,
    resp::Args,
    telemetry::Usage,
};

/// Records that MEMORY USAGE weighs where the client does not say how many, as in Redis.
const SAMPLES: u64 = 5;
/// Most records it weighs: the rest of a long topic is taken to be like them.
const SAMPLES_MAX: u64 = 1_000;
/// Most bytes it reads for that.
const SAMPLES_BYTES_MAX: usize = 1024 * 1024;
/// What a record takes beside its payload, about: its length, time, offset and checksum.
const RECORD_BYTES: u64 = 32;

impl Context {
    pub(crate) async fn memory(&mut self, spec: &Spec, args: &Args<'_>) -> Result<(), Rejection> {
        match command::subcommand(spec, args)? {
            Asked::Help => self.help(spec),
            Asked::For("USAGE") => self.memory_usage(args).await?,
            Asked::For("STATS") => self.memory_stats(),
            Asked::For("PURGE") => self.replies.ok(),
            Asked::For("DOCTOR") => {
                self.replies.verbatim("Topics are not kept in memory: they lie in the broker.\n");
            }
            Asked::For(_) => self.replies.bulk(b"Stats not supported for the current allocator"),
        }
        Ok(())
    }

    /// MEMORY USAGE: what the broker keeps of a topic, as records times the mean weight of the
    /// newest ones of its longest partition. On compacted topics it is an upper bound.
    async fn memory_usage(&mut self, args: &Args<'_>) -> Result<(), Rejection> {
        let samples = match (args.get(3), args.get(4)) {
            (None, _) => SAMPLES,
            (Some(word), Some(count)) if is_word(word, "SAMPLES") && args.len() == 5 => {
                match u64::try_from(command::integer(count)?) {
                    Ok(0) => SAMPLES_MAX,
                    Ok(count) => count.min(SAMPLES_MAX),
                    Err(_) => return Err(command::syntax_error()),
                }
            }
            _ => return Err(command::syntax_error()),
        };
        let Some(key) = self.key(&args[2]).await? else {
            self.replies.null();
            return Ok(());
        };
        let bytes = self.estimate(&key, samples).await?;
        self.replies.integer(i64::try_from(bytes).unwrap_or(i64::MAX));
        Ok(())
    }

    async fn estimate(&self, key: &StreamKey, samples: u64) -> Result<u64, Rejection> {
        let broker = self.broker()?;
        let ranges = broker.all_offsets(&key.topic).await.map_err(read_rejection)?;
        let ranges = (0_u32..).zip(ranges);
        let ranges = ranges.filter(|(at, _)| key.partition.is_none_or(|named| named == *at));
        let ranges: Vec<(u32, OffsetRange)> =
            ranges.filter(|(_, range)| range.end > range.start).collect();
        let records: u64 = ranges.iter().map(|(_, range)| range.end - range.start).sum();
        let Some((partition, range)) =
            ranges.iter().max_by_key(|(_, range)| range.end - range.start)
        else {
            return Ok(0);
        };
        let fetch = Fetch {
            topic: key.topic.clone(),
            partition: *partition,
            from: range.end.saturating_sub(samples).max(range.start),
            records_max: usize::try_from(samples).unwrap_or(1),
            bytes_max: SAMPLES_BYTES_MAX,
        };
        let weighed = broker.fetch(fetch).await.map_err(read_rejection)?;
        let total: u64 = weighed.iter().map(weight).sum();
        Ok(records.saturating_mul(total.div_ceil((weighed.len() as u64).max(1))))
    }

    fn memory_stats(&mut self) {
        let usage = Usage::of_this_process().unwrap_or_default();
        self.replies.map(3);
        self.number("peak.allocated", usage.peak_bytes);
        self.number("total.allocated", usage.own_bytes);
        self.number("allocator.resident", usage.resident_bytes);
    }
}

fn weight(stored: &StoredRecord) -> u64 {
    stored.record.payload_len() as u64 + RECORD_BYTES
}
