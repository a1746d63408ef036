//! The caller's half of storing: check, take room, encode, hand over.

use std::sync::Arc;

use futures_util::future::join_all;
use tokio::sync::oneshot;

use super::{
    catalog::Topic,
    frame::{self, HEADER_BYTES},
    handle::WriterHandle,
    journal,
    log::Log,
    partition::Partition,
    queue::{Answer, Bases, Job, QueuedFrame},
    settings::APPEND_BYTES_MAX,
};
use crate::broker::{Append, Appended, BrokerError};

/// Frames of one call travel in jobs of about this size, so that no group grows without limit.
const JOB_BYTES: usize = 1 << 20;

/// Appends that were handed to the writer.
#[derive(Debug, Default)]
pub(super) struct PendingProduce {
    /// One result for each append; the `Ok` of those in `jobs` is filled in later.
    results: Vec<Answer<Appended>>,
    jobs: Vec<SentJob>,
}

/// A job on its way.
#[derive(Debug)]
struct SentJob {
    /// Which appends it holds, in its order.
    slots: Vec<usize>,
    answer: oneshot::Receiver<Answer<Bases>>,
}

/// A job that is being filled.
#[derive(Debug, Default)]
struct JobBuilder {
    slots: Vec<usize>,
    frames: Vec<u8>,
    parts: Vec<QueuedFrame>,
}

/// Hands all appends to the writer that can be stored and for which there is room.
///
/// Once one finds no room all later ones are `Busy` too, so that none overtakes it.
pub(super) fn produce(writer: &WriterHandle, appends: &[Append]) -> PendingProduce {
    let log = &*writer.log;
    if let Some(end) = log.queue.end() {
        let results = appends.iter().map(|_| Err(end.error())).collect();
        return PendingProduce { results, jobs: Vec::new() };
    }
    let job_bytes = JOB_BYTES.min(append_bytes_max(log));
    let mut produced = PendingProduce::default();
    let mut filling = JobBuilder::default();
    let (mut topic, mut is_full, now_ms) = (None, false, log.settings.clock.now_ms());
    for append in appends {
        let admitted = admit(log, append, &mut topic).and_then(|(topic, partition, bytes)| {
            is_full = is_full || !log.queue.reserve(bytes);
            let busy = || BrokerError::Busy { topic: append.partition.topic.clone() };
            if is_full { Err(busy()) } else { Ok((topic, partition, bytes)) }
        });
        let slot = produced.results.len();
        match admitted {
            Err(error) => produced.results.push(Err(error)),
            Ok((topic, partition, bytes)) => {
                if !filling.parts.is_empty() && filling.frames.len() + bytes > job_bytes {
                    produced.send(writer, std::mem::take(&mut filling));
                }
                produced.results.push(Ok(Appended::run(0)));
                filling.slots.push(slot);
                filling.frames.reserve_exact(if filling.parts.is_empty() { bytes } else { 0 });
                let header =
                    frame::encode(&append.records, partition.key, now_ms, &mut filling.frames);
                let expected_offset = append.expected_offset;
                filling.parts.push(QueuedFrame { topic, partition, header, expected_offset });
            }
        }
    }
    produced.send(writer, filling);
    produced
}

/// What an append needs, or why it cannot be stored. `known` is the topic of the one before.
fn admit(
    log: &Log,
    append: &Append,
    known: &mut Option<Arc<Topic>>,
) -> Answer<(Arc<Topic>, Arc<Partition>, usize)> {
    let topic = match known {
        Some(topic) if topic.name == append.partition.topic => Arc::clone(topic),
        _ => Arc::clone(known.insert(log.catalog.topic(&append.partition.topic)?)),
    };
    let partition = Arc::clone(topic.partition(append.partition.partition)?);
    let bytes = frame::encoded_len(&append.records);
    let bytes_max = append_bytes_max(log).min(log.settings.queue_bytes_max);
    let refused = |reason| Err(BrokerError::Refused { reason });
    if append.records.is_empty() {
        return refused("an append must have at least one record".to_owned());
    }
    if bytes > bytes_max {
        return refused(format!(
            "an append may have {} bytes, this one has {}: send fewer or smaller records",
            bytes_max - HEADER_BYTES,
            bytes - HEADER_BYTES
        ));
    }
    Ok((topic, partition, bytes))
}

/// With a small journal, appends must be smaller too: see [`journal::quarter`].
fn append_bytes_max(log: &Log) -> usize {
    APPEND_BYTES_MAX.min(journal::quarter(log.settings.journal_bytes))
}

impl PendingProduce {
    fn send(&mut self, writer: &WriterHandle, filling: JobBuilder) {
        let JobBuilder { slots, frames, parts } = filling;
        if parts.is_empty() {
            return;
        }
        let bytes = frames.len();
        let (answer, receiver) = oneshot::channel();
        match writer.push(Job::Produce { frames, parts, answer }, bytes) {
            Ok(()) => self.jobs.push(SentJob { slots, answer: receiver }),
            Err(error) => {
                for slot in slots {
                    self.results[slot] = Err(error.clone());
                }
            }
        }
    }

    /// Waits for the writer.
    pub(super) async fn finish(self) -> Vec<Answer<Appended>> {
        let Self { mut results, jobs } = self;
        let wait = |SentJob { slots, answer }| async move { (slots, answered(answer.await)) };
        for (slots, outcome) in join_all(jobs.into_iter().map(wait)).await {
            match outcome {
                Ok(bases) => {
                    for (slot, base) in slots.into_iter().zip(bases) {
                        results[slot] = base.map(Appended::run);
                    }
                }
                Err(error) => {
                    for slot in slots {
                        results[slot] = Err(error.clone());
                    }
                }
            }
        }
        results
    }
}

/// The writer's answer; if it died with the job, nobody knows.
pub(super) fn answered<T>(answer: Result<Answer<T>, oneshot::error::RecvError>) -> Answer<T> {
    answer.unwrap_or_else(|_| {
        Err(BrokerError::Unknown {
            reason: "the writer of the log panicked: restart the gateway".to_owned(),
        })
    })
}
