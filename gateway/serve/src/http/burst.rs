//! Publishes the records of a request through the pipeline, in bursts.

use std::{sync::Arc, time::Duration};

use axum::http::StatusCode;
use bytes::Bytes;
use tokio::time::{Instant, timeout_at};

use super::{
    extract::AppState, login::Caller, record_result::RecordResult, records::RecordText,
    response::HttpError,
};
use crate::{
    context::{BURST_BYTES_MAX, BURST_MESSAGES_MAX},
    databus::DatabusRecord,
    message::{Message, TopicName, check_value_size},
    pipeline::Chain,
    plugin::CallContext,
};

/// The pipeline keeps the deadline itself and knows better whether a message was stored: it gets
/// this much more time.
const ANSWER_MARGIN: Duration = Duration::from_millis(100);

/// Publishes records in their order, in bursts as sessions do: a burst occupies one worker thread
/// while plugins run.
pub(super) struct Publisher<'r> {
    state: &'r AppState,
    caller: &'r Caller,
    /// All records of a request pass one chain.
    chain: Arc<Chain>,
    context: CallContext,
    until: Instant,
    /// The burst that is being collected.
    burst: Vec<Message>,
    burst_bytes: usize,
    /// One for each record so far; `None` for those in `burst`.
    results: Vec<Option<RecordResult>>,
}

impl<'r> Publisher<'r> {
    /// Every record has a result by `until`.
    pub(super) fn new(state: &'r AppState, caller: &'r Caller, until: Instant) -> Self {
        Self {
            state,
            caller,
            chain: state.services.pipeline.chain(),
            context: caller.context(state.services.clock),
            until,
            burst: Vec::new(),
            burst_bytes: 0,
            results: Vec::new(),
        }
    }

    /// Adds a record; a full burst is published.
    pub(super) async fn add(&mut self, topic: &TopicName, color: &str, record: &RecordText<'_>) {
        let value = record.value();
        let most = self.state.services.settings.value_bytes_max;
        if let Err(refused) = check_value_size(value.len(), most) {
            self.results.push(Some(RecordResult::too_large(&refused)));
            return;
        }
        let value = Bytes::copy_from_slice(value.as_bytes());
        let record = DatabusRecord::new(record.key(), value, color);
        let record = record.into_record(self.context.timestamp_ms);
        self.burst_bytes += record.payload_len();
        self.burst.push(Message {
            topic: topic.clone(),
            partition: None,
            record,
            expected_offset: None,
        });
        self.results.push(None);
        if self.burst.len() >= BURST_MESSAGES_MAX || self.burst_bytes >= BURST_BYTES_MAX {
            self.flush().await;
        }
    }

    async fn flush(&mut self) {
        let messages = std::mem::take(&mut self.burst);
        self.burst_bytes = 0;
        let (pipeline, cluster) = (&self.state.services.pipeline, &self.caller.cluster);
        let outcomes = if messages.is_empty() {
            None
        } else if Instant::now() >= self.until {
            // Nothing of it was tried.
            Some(messages.iter().map(|_| RecordResult::deadline_passed()).collect())
        } else {
            let produced = pipeline.produce(&self.chain, cluster, &self.context, messages);
            let outcomes = timeout_at(self.until + ANSWER_MARGIN, produced).await.ok();
            outcomes.map(|all| all.into_iter().map(RecordResult::from).collect::<Vec<_>>())
        };
        let mut outcomes = outcomes.unwrap_or_default().into_iter();
        for result in self.results.iter_mut().filter(|result| result.is_none()) {
            *result = Some(outcomes.next().unwrap_or_else(RecordResult::unknown));
        }
    }

    /// The result of each record, in their order.
    ///
    /// # Errors
    /// 503 if none of them could be tried.
    pub(super) async fn finish(mut self) -> Result<Vec<RecordResult>, HttpError> {
        self.flush().await;
        let results: Vec<_> = self.results.into_iter().flatten().collect();
        match results.first().and_then(RecordResult::untried) {
            Some(words) if results.iter().all(|result| result.untried().is_some()) => {
                Err(HttpError::new(StatusCode::SERVICE_UNAVAILABLE, words.to_owned()))
            }
            _ => Ok(results),
        }
    }
}
