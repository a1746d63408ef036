//! Appends that wait for their answers.

use std::{collections::VecDeque, mem, time::Duration};

use krafka::producer::{DeliveryHandle, RecordMetadata};
use tokio::{
    runtime::Handle,
    sync::oneshot,
    time::{Instant, timeout_at},
};

use super::{budget::BudgetPermit, topic_queue::QueueOutcome};
use crate::{
    broker::{Appended, BrokerError, kafka::error},
    message::TopicName,
};

type Answer = Result<Appended, BrokerError>;

/// An append that was taken and is not answered yet.
#[derive(Debug)]
pub(in crate::broker::kafka) struct PendingAppend {
    topic: TopicName,
    /// Records that the producer has, in order.
    handles: VecDeque<DeliveryHandle>,
    /// The records after those, if they went through a queue.
    rest: Option<oneshot::Receiver<QueueOutcome>>,
    began: Instant,
    limit: Duration,
    tally: DeliveryTally,
    _permit: BudgetPermit,
}

impl PendingAppend {
    pub(super) fn new(topic: TopicName, permit: BudgetPermit, limit: Duration) -> Self {
        let (began, tally) = (Instant::now(), DeliveryTally::default());
        Self { topic, handles: VecDeque::new(), rest: None, began, limit, tally, _permit: permit }
    }

    pub(super) fn handles(&mut self, handles: Vec<DeliveryHandle>) {
        self.handles = handles.into();
    }

    pub(super) fn follows(&mut self, rest: oneshot::Receiver<QueueOutcome>) {
        self.rest = Some(rest);
    }

    /// When the answer is due.
    pub(super) fn deadline(&self) -> Instant {
        self.began + self.limit
    }

    /// Waits for the answer. After a dropped call it may be called again.
    async fn answer(&mut self) -> Answer {
        self.count().await;
        if self.rest.is_some() {
            // The producer counts the deadline of queued records from the start; the caller's
            // continues.
            let deadline = self.deadline() + self.limit / 8;
            if timeout_at(deadline, self.count_rest()).await.is_err() {
                let reason = format!("not stored within {:?}", self.limit);
                self.tally.fail(BrokerError::Unknown { reason });
            }
        }
        mem::take(&mut self.tally).answer()
    }

    async fn count(&mut self) {
        while let Some(next) = self.handles.front_mut() {
            let outcome = next.await;
            self.handles.pop_front();
            self.tally.count(&self.topic, outcome);
        }
    }

    async fn count_rest(&mut self) {
        let Some(rest) = &mut self.rest else { return };
        let outcome = rest.await;
        self.rest = None;
        let QueueOutcome { handles, error } = outcome.unwrap_or_else(|_| {
            let reason = "records were given up while they waited".to_owned();
            QueueOutcome { handles: Vec::new(), error: Some(BrokerError::Unknown { reason }) }
        });
        self.handles = handles.into();
        self.count().await;
        if let Some(error) = error {
            self.tally.fail(error);
        }
    }
}

/// Outcomes of the records of one append, in order.
#[derive(Debug, Default)]
struct DeliveryTally {
    stored: u64,
    base_offset: u64,
    scattered: Vec<u64>,
    failed: Option<BrokerError>,
}

impl DeliveryTally {
    fn count(&mut self, topic: &TopicName, outcome: krafka::Result<RecordMetadata>) {
        match outcome {
            Ok(stored) => match u64::try_from(stored.offset) {
                Ok(offset) => self.stored_at(offset),
                Err(_) => self.fail(BrokerError::Unknown {
                    reason: "it was stored before, and where is not known".to_owned(),
                }),
            },
            Err(error) => self.fail(error::on_produce(topic, &error)),
        }
    }

    fn stored_at(&mut self, offset: u64) {
        if self.stored == 0 {
            self.base_offset = offset;
        } else if self.scattered.is_empty() && offset != self.base_offset + self.stored {
            self.scattered = (self.base_offset..self.base_offset + self.stored).collect();
        }
        if !self.scattered.is_empty() {
            self.scattered.push(offset);
        }
        self.stored += 1;
    }

    /// Keeps the first failure, or the first one after which records may be stored.
    fn fail(&mut self, error: BrokerError) {
        let first = self.failed.as_ref();
        if first.is_none_or(|first| first.is_safe_to_retry() && !error.is_safe_to_retry()) {
            self.failed = Some(error);
        }
    }

    fn answer(self) -> Answer {
        let Some(error) = self.failed else {
            return Ok(Appended { base_offset: self.base_offset, scattered: self.scattered });
        };
        if self.stored > 0 {
            let reason = format!("{} of its records were stored, then: {error}", self.stored);
            return Err(BrokerError::Unknown { reason });
        }
        Err(error)
    }
}

/// The appends of one call. If it is dropped, a task waits for the answers, so that its bytes stay
/// counted.
#[derive(Debug)]
pub(in crate::broker::kafka) struct PendingBatch(Waiting);

type Waiting = VecDeque<Result<PendingAppend, BrokerError>>;

impl PendingBatch {
    pub(in crate::broker::kafka) fn new(taken: Vec<Result<PendingAppend, BrokerError>>) -> Self {
        Self(taken.into())
    }

    /// One answer for each append, in order.
    pub(in crate::broker::kafka) async fn answers(mut self) -> Vec<Answer> {
        answers(&mut self.0).await
    }
}

impl Drop for PendingBatch {
    fn drop(&mut self) {
        let mut rest = mem::take(&mut self.0);
        if rest.is_empty() {
            return;
        }
        if let Ok(runtime) = Handle::try_current() {
            runtime.spawn(async move { answers(&mut rest).await });
        }
    }
}

async fn answers(waiting: &mut Waiting) -> Vec<Answer> {
    let mut answers = Vec::with_capacity(waiting.len());
    while let Some(next) = waiting.front_mut() {
        answers.push(match next {
            Ok(taken) => taken.answer().await,
            Err(error) => Err(error.clone()),
        });
        waiting.pop_front();
    }
    answers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn consecutive_offsets_are_one_run_and_others_are_listed() {
        let tally = |offsets: &[u64]| {
            let mut tally = DeliveryTally::default();
            offsets.iter().for_each(|offset| tally.stored_at(*offset));
            tally.answer().unwrap()
        };
        assert_eq!(tally(&[7, 8, 9]), Appended::run(7));
        let scattered = tally(&[7, 8, 11, 12]);
        assert_eq!((0..4).map(|n| scattered.offset(n)).collect::<Vec<_>>(), [7, 8, 11, 12]);
    }

    #[test]
    fn a_part_that_may_be_stored_makes_the_whole_unknown() {
        let safe = || BrokerError::Unreachable { reason: "away".to_owned() };
        let unknown = || BrokerError::Unknown { reason: "cut".to_owned() };
        for (stored, errors, is_safe) in [
            (0, vec![safe()], true),
            (0, vec![safe(), safe()], true),
            (1, vec![safe()], false),
            (0, vec![safe(), unknown()], false),
            (0, vec![unknown(), safe()], false),
        ] {
            let mut tally = DeliveryTally::default();
            (0..stored).for_each(|offset| tally.stored_at(offset));
            errors.into_iter().for_each(|error| tally.fail(error));
            assert_eq!(tally.answer().unwrap_err().is_safe_to_retry(), is_safe);
        }
    }
}
