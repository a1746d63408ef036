//! The traces of a burst while it is under way; nothing where nobody wants them.

use std::sync::Arc;

use bytes::Bytes;

use super::burst::{BurstMessage, Outcome};
use crate::{
    message::Message,
    trace::{End, Recorder, Step, Stored, Subject, Trace, Tracing},
};

/// One trace for each message of a burst, in its order, or none at all.
#[derive(Debug)]
pub(super) struct Traces(Option<Vec<Trace>>);

/// Which messages of the burst a call is about.
#[derive(Clone, Copy)]
pub(super) enum CallSubject<'m> {
    /// The one at this index.
    Message(usize),
    /// Each of these: the call has a step for each, in their order.
    Messages(&'m [BurstMessage]),
    /// None: the call is not a step of any message.
    Nothing,
}

impl Traces {
    /// No traces yet; none at all without a recorder.
    pub(super) fn new(recorder: Option<&Arc<Recorder>>) -> Self {
        Self(recorder.map(|_| Vec::new()))
    }

    /// True if there is a recorder for them.
    pub(super) fn are_wanted(&self) -> bool {
        self.0.is_some()
    }

    /// Whether the calls of plugins are to be traced.
    pub(super) fn tracing(&self) -> Tracing {
        if self.are_wanted() { Tracing::On } else { Tracing::Off }
    }

    /// Begins a trace for each message that is published.
    pub(super) fn begin_published(&mut self, messages: &[Message]) {
        for message in messages {
            self.begin(|| Subject::Published(message.clone()));
        }
    }

    /// Begins the next trace.
    pub(super) fn begin(&mut self, subject: impl FnOnce() -> Subject) {
        if let Some(traces) = &mut self.0 {
            traces.push(Trace { subject: subject(), steps: Vec::new(), end: None });
        }
    }

    /// Adds the steps of one call to the traces of its messages.
    pub(super) fn add_steps(&mut self, subject: CallSubject<'_>, steps: Vec<Step>) {
        let Some(traces) = &mut self.0 else { return };
        match subject {
            CallSubject::Message(index) => traces[index].steps.extend(steps),
            CallSubject::Messages(messages) => {
                for (message, step) in messages.iter().zip(steps) {
                    traces[message.index].steps.push(step);
                }
            }
            CallSubject::Nothing => {}
        }
    }

    /// Where a message will be once it is stored, with its value as readers will see it if it was
    /// encoded.
    pub(super) fn placed(&mut self, placed: &BurstMessage, decoded: Option<Bytes>) {
        let Some(traces) = &mut self.0 else { return };
        let BurstMessage { index, message, because } = placed;
        traces[*index].end = Some(End::Stored(Box::new(Stored {
            topic: message.topic.clone(),
            partition: message.partition.unwrap_or_default(),
            because: *because,
            offset: None,
            record: message.record.clone(),
            decoded,
            makes_topic: None,
        })));
    }

    /// Ends the trace at `index`.
    pub(super) fn end(&mut self, index: usize, end: impl FnOnce() -> End) {
        if let Some(traces) = &mut self.0 {
            traces[index].end = Some(end());
        }
    }

    /// Ends the traces of all messages that were published.
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
