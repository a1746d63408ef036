//! Records of a request on their way through the pipeline, a burst at a time.

use std::{sync::Arc, time::Duration};

use axum::http::StatusCode;
use bytes::Bytes;
use tokio::time::{Instant, timeout_at};

use super::{answer::Refusal, extract::AppState, fate::Fate, login::Caller, records::RecordText};
use crate::{
    command::{self, Publish},
    context::{BURST_BYTES_MAX, BURST_MESSAGES_MAX},
    message::{Message, TopicName},
    pipeline::Chain,
    plugin::CallContext,
};

/// The pipeline keeps the deadline itself and knows better what became of a message: it may be
/// so much late.
const ANSWER_MARGIN: Duration = Duration::from_millis(100);

/// Publishes records in their order, in bursts as sessions do: a burst holds one worker while
/// plugins look at it.
pub(super) struct Publisher<'r> {
    state: &'r AppState,
    caller: &'r Caller,
    /// All records of a request meet one chain.
    chain: Arc<Chain>,
    context: CallContext,
    until: Instant,
    waiting: Vec<Message>,
    waiting_bytes: usize,
    /// One for each record so far; `None` for those that wait.
    offsets: Vec<Option<Fate>>,
}

impl<'r> Publisher<'r> {
    /// Everything is answered by `until`.
    pub(super) fn new(state: &'r AppState, caller: &'r Caller, until: Instant) -> Self {
        Self {
            state,
            caller,
            chain: state.services.pipeline.chain(),
            context: caller.context(state.services.clock),
            until,
            waiting: Vec::new(),
            waiting_bytes: 0,
            offsets: Vec::new(),
        }
    }

    /// Adds a record; the burst goes on its way when it is full.
    pub(super) async fn add(&mut self, topic: &TopicName, color: &str, record: &RecordText<'_>) {
        let value = record.value();
        let most = self.state.services.settings.value_bytes_max;
        if let Err(refused) = command::check_value_size(value.len(), most) {
            self.offsets.push(Some(Fate::too_large(&refused)));
            return;
        }
        let publish = Publish::new(record.key(), Bytes::copy_from_slice(value.as_bytes()), color);
        let record = publish.into_record(self.context.timestamp_ms);
        self.waiting_bytes += record.payload_len();
        self.waiting.push(Message {
            topic: topic.clone(),
            partition: None,
            record,
            expected_offset: None,
        });
        self.offsets.push(None);
        if self.waiting.len() >= BURST_MESSAGES_MAX || self.waiting_bytes >= BURST_BYTES_MAX {
            self.flush().await;
        }
    }

    async fn flush(&mut self) {
        let messages = std::mem::take(&mut self.waiting);
        self.waiting_bytes = 0;
        let (pipeline, cluster) = (&self.state.services.pipeline, &self.caller.cluster);
        let outcomes = if messages.is_empty() {
            None
        } else if Instant::now() >= self.until {
            // Nothing of it was tried.
            Some(messages.iter().map(|_| Fate::out_of_time()).collect())
        } else {
            let produced = pipeline.produce(&self.chain, cluster, &self.context, messages);
            let outcomes = timeout_at(self.until + ANSWER_MARGIN, produced).await.ok();
            outcomes.map(|all| all.into_iter().map(Fate::from).collect::<Vec<_>>())
        };
        let mut outcomes = outcomes.unwrap_or_default().into_iter();
        for offset in self.offsets.iter_mut().filter(|offset| offset.is_none()) {
            *offset = Some(outcomes.next().unwrap_or_else(Fate::unknown));
        }
    }

    /// What became of each record.
    ///
    /// # Errors
    /// 503 if none of them could be tried.
    pub(super) async fn finish(mut self) -> Result<Vec<Fate>, Refusal> {
        self.flush().await;
        let offsets: Vec<_> = self.offsets.into_iter().flatten().collect();
        match offsets.first().and_then(Fate::untried) {
            Some(words) if offsets.iter().all(|offset| offset.untried().is_some()) => {
                Err(Refusal::new(StatusCode::SERVICE_UNAVAILABLE, words.to_owned()))
            }
            _ => Ok(offsets),
        }
    }
}
