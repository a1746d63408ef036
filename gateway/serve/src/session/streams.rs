//! Methods for the commands of groups, on their way into `commands`.

use std::sync::Arc;

use super::Context;
use crate::{
    commands::stream::{entries, fetch, topic},
    message::{Rejection, StoredRecord, TopicName},
    order::{Ends, OffsetRun, Sequencer},
};

pub(crate) use crate::commands::stream::{
    fetch::{FETCH_BYTES, FETCH_RECORDS, Fetched},
    topic::no_partition,
};

impl Context {
    pub(crate) async fn ends(&self, topic: &TopicName) -> Result<Ends, Rejection> {
        topic::ends(self, topic).await
    }

    pub(crate) fn order(&self, topic: &TopicName) -> Result<Arc<Sequencer>, Rejection> {
        topic::order(self, topic)
    }

    pub(crate) fn check_reply(
        &self,
        stored: &StoredRecord,
        so_far: usize,
    ) -> Result<usize, Rejection> {
        entries::check_reply_bytes(self, stored, so_far)
    }

    pub(crate) async fn fetch_run(
        &self,
        topic: &TopicName,
        run: OffsetRun,
        records_max: usize,
    ) -> Result<Fetched, Rejection> {
        fetch::fetch_entries(self, topic, run, records_max).await
    }

    pub(crate) fn send_entry(&mut self, partition: u32, stored: &StoredRecord) {
        entries::send_entry(&mut self.replies, partition, stored);
    }
}
