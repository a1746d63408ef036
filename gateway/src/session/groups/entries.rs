//! Pending entries, read again by their places.

use std::collections::BTreeMap;

use super::Session;
use crate::{
    consumer::Position,
    message::{Rejection, StoredRecord, TopicName},
    session::streams::FETCH_RECORDS,
};

impl Session {
    /// Reads entries by their places; those that are trimmed away or hidden are not among the
    /// answer.
    ///
    /// # Errors
    /// The broker's, a failing plugin's, or the reply would be too long.
    pub(super) async fn entries_at(
        &self,
        topic: &TopicName,
        positions: &[Position],
    ) -> Result<BTreeMap<Position, StoredRecord>, Rejection> {
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
                let fetched = self.fetch(topic, partition, first, run).await?;
                let (shown, behind, failure) = fetched;
                if let Some(failure) = failure {
                    return Err(failure);
                }
                for stored in shown {
                    if left.binary_search(&stored.offset).is_ok() {
                        bytes += self.check_reply(&stored, bytes)?;
                        found.insert(Position { offset: stored.offset, partition }, stored);
                    }
                }
                let behind = behind.unwrap_or(first + run as u64);
                left = &left[left.partition_point(|offset| *offset < behind)..];
            }
        }
        Ok(found)
    }
}
