//! What a call did, as a step of a trace: written down where the call is made, if it is wanted.

use std::time::Instant;

use super::{
    call_error::CallError, call_events::CallEvents, lease::Lease, loaded::Plugin,
    settings::OnFailure,
};
use crate::{
    message::Message,
    trace::{Change, Outcome, Step},
};

/// The steps of a lease that records.
#[derive(Debug, Default)]
pub(super) struct Recording {
    heard: CallEvents,
    steps: Vec<Step>,
}

/// A call that is recorded, as it begins.
#[derive(Debug)]
pub(super) struct Begun {
    before: Option<Message>,
    at: Instant,
}

impl Plugin {
    /// The step of a call for which there was no instance.
    pub fn missed(&self, error: &CallError) -> Step {
        Step {
            plugin: self.id(),
            call: "no instance",
            outcome: self.failed(error),
            change: None,
            lines: Vec::new(),
            host_calls: Vec::new(),
            took: std::time::Duration::ZERO,
        }
    }

    fn failed(&self, error: &CallError) -> Outcome {
        let bypassed = self.settings.on_failure == OnFailure::Bypass;
        Outcome::Failed { why: error.to_string(), bypassed }
    }
}

impl Lease {
    /// From now on every call is written down, for [`Lease::take_steps`].
    pub fn record(&mut self) {
        self.recording.get_or_insert_default();
    }

    /// What was written down since the last time; a burst of a partitioner is a step a message.
    pub fn take_steps(&mut self) -> Vec<Step> {
        self.recording
            .as_mut()
            .map(|recording| std::mem::take(&mut recording.steps))
            .unwrap_or_default()
    }

    pub(super) fn is_recorded(&self) -> bool {
        self.recording.is_some()
    }

    /// A failure of a burst is a step for each of its messages.
    pub(super) fn repeat_failure(&mut self, messages: usize) {
        if let Some(Recording { steps, .. }) = self.recording.as_deref_mut()
            && let [.., last] = steps.as_slice()
            && steps.len() < messages
        {
            let last = last.clone();
            steps.resize(messages, last);
        }
    }

    /// Called before a call; `None` where nothing is written down.
    pub(super) fn begin(&self, message: Option<&Message>) -> Option<Begun> {
        self.is_recorded().then(|| Begun { before: message.cloned(), at: Instant::now() })
    }

    /// Called as the guest has answered: what it said is for the step.
    pub(super) fn listen_back(&mut self) {
        if let (Some(recording), Some(instance)) = (&mut self.recording, &mut self.instance)
            && let Some(heard) = instance.state().events.take()
        {
            recording.heard = *heard;
        }
    }

    /// Writes down how a call ended: for each outcome a step, what it said with the first.
    pub(super) fn end(
        &mut self,
        begun: Option<Begun>,
        call: &'static str,
        after: Option<Message>,
        outcomes: Result<Vec<Outcome>, &CallError>,
    ) {
        let Some(Begun { before, at }) = begun else { return };
        let plugin = self.plugin.id();
        let outcomes = outcomes.unwrap_or_else(|error| vec![self.plugin.failed(error)]);
        let Some(recording) = &mut self.recording else { return };
        let mut heard = std::mem::take(&mut recording.heard);
        let change = before.zip(after).map(|(before, after)| Change { before, after });
        for outcome in outcomes {
            recording.steps.push(Step {
                plugin: plugin.clone(),
                call,
                outcome,
                change: change.clone(),
                lines: std::mem::take(&mut heard.lines),
                host_calls: std::mem::take(&mut heard.host_calls),
                took: at.elapsed(),
            });
        }
    }
}
