//! Traces of a burst in the making; nothing where nobody wants them.

use std::sync::Arc;

use bytes::Bytes;

use super::burst::Outcome;
use crate::{
    message::Message,
    trace::{Because, End, Recorder, Step, Stored, Subject, Trace},
};

/// One trace a message of the burst, in its order, or none at all.
#[derive(Debug)]
pub(super) struct Notes(Option<Vec<Trace>>);

impl Notes {
    /// Takes notes about `messages` if `wanted`.
    pub(super) fn about(messages: &[Message], wanted: bool) -> Self {
        let begin = |message: &Message| Trace {
            subject: Subject::Published(message.clone()),
            steps: Vec::new(),
            end: None,
        };
        Self(wanted.then(|| messages.iter().map(begin).collect()))
    }

    pub(super) fn are_wanted(&self) -> bool {
        self.0.is_some()
    }

    /// Adds steps to the trace of the message at `place`.
    pub(super) fn add(&mut self, place: usize, steps: impl IntoIterator<Item = Step>) {
        if let Some(traces) = &mut self.0 {
            traces[place].steps.extend(steps);
        }
    }

    /// Where a message lies, once it is known that it is stored.
    pub(super) fn placed(&mut self, place: usize, message: &Message, whereto: Whereto) {
        let Some(traces) = &mut self.0 else { return };
        let Whereto { because, decoded } = whereto;
        traces[place].end = Some(End::Stored(Box::new(Stored {
            topic: message.topic.clone(),
            partition: message.partition.unwrap_or_default(),
            because,
            offset: None,
            record: message.record.clone(),
            decoded,
            makes_topic: None,
        })));
    }

    /// How all of them ended.
    pub(super) fn settle(&mut self, outcomes: &[Option<Outcome>]) {
        let Some(traces) = &mut self.0 else { return };
        for (trace, outcome) in traces.iter_mut().zip(outcomes) {
            match outcome {
                Some(Outcome::Stored(receipt)) => {
                    if let Some(End::Stored(stored)) = &mut trace.end {
                        stored.offset = Some(receipt.offset);
                    }
                }
                Some(Outcome::Dropped) => trace.end = Some(End::Dropped),
                Some(Outcome::Rejected(refusal)) => {
                    trace.end = Some(End::Refused(refusal.to_string()));
                }
                None => trace.end = None,
            }
        }
    }

    /// Hands the traces over.
    pub(super) fn hand_to(self, recorder: Option<&Arc<Recorder>>) {
        if let (Self(Some(traces)), Some(recorder)) = (self, recorder) {
            recorder.add(traces);
        }
    }
}

/// What is known of a message's place beside the message.
#[derive(Debug)]
pub(super) struct Whereto {
    pub(super) because: Because,
    /// The value as readers will see it, where it was encoded.
    pub(super) decoded: Option<Bytes>,
}

/// Why each message of a burst lies where it lies; empty where nobody wants to know.
#[derive(Debug, Default)]
pub(super) struct Reasons(Vec<Because>);

impl Reasons {
    /// Before the partitioner: only the client can have named a partition.
    pub(super) fn before(messages: &[(usize, Message)], wanted: bool) -> Self {
        let named = |(_, message): &(usize, Message)| match message.partition {
            Some(_) => Because::Named,
            None => Because::Turn,
        };
        Self(if wanted { messages.iter().map(named).collect() } else { Vec::new() })
    }

    /// After the partitioner, before the rest is spread.
    pub(super) fn after(
        &mut self,
        messages: &[(usize, Message)],
        partitions: u32,
        has_partitioner: bool,
    ) {
        for (because, (_, message)) in self.0.iter_mut().zip(messages) {
            if *because == Because::Named {
                continue;
            }
            *because = match (message.partition, &message.record.key) {
                (Some(_), _) => Because::Partitioner,
                (None, _) if partitions == 1 => Because::Only,
                (None, Some(_)) if !has_partitioner => Because::Key,
                (None, _) => Because::Turn,
            };
        }
    }

    pub(super) fn of(&self, nth: usize) -> Because {
        self.0.get(nth).copied().unwrap_or(Because::Turn)
    }
}
