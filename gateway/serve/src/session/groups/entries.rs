//! Pending entries, read again by their places.

use std::collections::BTreeMap;

use super::Context;
use crate::{
    consumer::EntryPosition,
    message::{Rejection, StoredRecord, TopicName},
    order::OffsetRun,
    session::streams::{FETCH_RECORDS, Fetched},
};

impl Context {
    /// Reads entries by their places; those that are trimmed away or hidden are not among the
    /// answer.
    ///
    /// # Errors
    /// The broker's, a failing plugin's, or the reply would be too long.
    pub(crate) async fn entries_at(
        &self,
        topic: &TopicName,
        positions: &[EntryPosition],
    ) -> Result<BTreeMap<EntryPosition, StoredRecord>, Rejection> {
        let mut wanted: BTreeMap<u32, Vec<u64>> = BTreeMap::new();
        for position in positions {
            wanted.entry(position.partition).or_default().push(position.offset);
        }
        let (mut found, mut bytes) = (BTreeMap::new(), 0);
        for (partition, mut offsets) in wanted {
            offsets.sort_unstable();
            offsets.dedup();
            let mut left = &offsets[..];
            while let Some(first) = left.first().copied() {
                // Side by side they are read together.
                let run = left.iter().zip(first..).take_while(|(at, nth)| **at == *nth).count();
                let run = run.min(FETCH_RECORDS);
                let end = first + run as u64;
                let asked = OffsetRun { partition, from: first, end: Some(end) };
                let fetched = self.fetch_run(topic, asked, run).await?;
                let Fetched { shown, next, failure } = fetched;
                if let Some(failure) = failure {
                    return Err(failure);
                }
                for stored in shown {
                    if left.binary_search(&stored.offset).is_ok() {
                        bytes += self.check_reply(&stored, bytes)?;
                        found.insert(EntryPosition { offset: stored.offset, partition }, stored);
                    }
                }
                let behind = next.ok_or_else(not_come)?;
                left = &left[left.partition_point(|offset| *offset < behind)..];
            }
        }
        Ok(found)
    }
}

fn not_come() -> Rejection {
    Rejection::err("the entries have not come from the broker yet, try again")
}
