//! How a call of a plugin becomes steps of a trace.
//!
//! The calls themselves know nothing of traces: what a call is about and what it answers say through
//! two traits how a trace shows them, and [`CallTracer`] exists only where a trace is wanted.

use std::{iter::repeat_n, time::Duration};

use super::{
    burst::{Burst, Placements},
    call_events::CallEvents,
};
use crate::{
    message::{Denial, Destination, Grant, Message, Rejection, Verdict},
    trace::{Change, Outcome, PluginId, Step},
};

/// What a call is about.
pub(super) trait TracedSubject {
    /// The message as it is now; `None` where the call is not about one message.
    fn message(&self) -> Option<Message> {
        None
    }

    /// How many messages the call is about: a failure is a step for each of them.
    fn messages(&self) -> usize {
        1
    }
}

/// What a call answers.
pub(super) trait TracedAnswer {
    /// One outcome for each message that the call is about.
    fn outcomes(&self) -> Vec<Outcome>;

    /// Changes `message` as the caller of the plugin will, so that the trace shows it.
    fn apply(&self, message: &mut Message);
}

/// The steps of an instance whose calls are traced.
#[derive(Debug, Default)]
pub(super) struct CallTracer {
    /// What the guest logged and asked in the current call.
    pub(super) events: CallEvents,
    pub(super) steps: Vec<Step>,
}

/// A traced call that has ended.
pub(super) struct EndedCall {
    pub(super) plugin: PluginId,
    /// `interface.function` of the contract.
    pub(super) function: &'static str,
    /// The message before the call and after it, if the call was about one.
    pub(super) before: Option<Message>,
    pub(super) after: Option<Message>,
    pub(super) took: Duration,
}

impl CallTracer {
    /// Adds a step for each outcome; what the guest logged and asked is in the first one.
    pub(super) fn answered(&mut self, mut call: EndedCall, answer: &impl TracedAnswer) {
        if let Some(after) = &mut call.after {
            answer.apply(after);
        }
        for outcome in answer.outcomes() {
            let events = std::mem::take(&mut self.events);
            self.steps.push(call.step(outcome, events));
        }
    }

    /// Adds the same step for each of `messages`.
    pub(super) fn failed(&mut self, call: &EndedCall, outcome: Outcome, messages: usize) {
        let events = std::mem::take(&mut self.events);
        self.steps.extend(repeat_n(call.step(outcome, events), messages.max(1)));
    }
}

impl EndedCall {
    fn step(&self, outcome: Outcome, events: CallEvents) -> Step {
        let change = self.before.clone().zip(self.after.clone());
        Step {
            plugin: self.plugin.clone(),
            call: self.function,
            outcome,
            change: change.map(|(before, after)| Change { before, after }),
            lines: events.lines,
            host_calls: events.host_calls,
            took: self.took,
        }
    }
}

impl TracedSubject for Message {
    fn message(&self) -> Option<Message> {
        Some(self.clone())
    }
}

impl TracedSubject for Burst<'_> {
    fn messages(&self) -> usize {
        self.ends.len()
    }
}

/// A login: nothing of it is in the steps, for it holds a secret.
pub(super) struct Login;

impl TracedSubject for Login {}

impl TracedAnswer for Verdict {
    fn outcomes(&self) -> Vec<Outcome> {
        vec![match self {
            Self::Forward | Self::Replace(_) => Outcome::Forward,
            Self::Drop => Outcome::Drop,
            Self::Reject(rejection) => Outcome::Reject(rejection.public.to_string()),
        }]
    }

    fn apply(&self, message: &mut Message) {
        match self {
            Self::Replace(value) => message.record.value = Some(value.clone()),
            Self::Forward | Self::Drop | Self::Reject(_) => {}
        }
    }
}

impl TracedAnswer for Result<Destination, Rejection> {
    fn outcomes(&self) -> Vec<Outcome> {
        vec![match self {
            Ok(destination) => Outcome::Route(destination.clone()),
            Err(rejection) => Outcome::Reject(rejection.public.to_string()),
        }]
    }

    fn apply(&self, message: &mut Message) {
        if let Ok(destination) = self {
            message.topic = destination.topic.clone();
        }
    }
}

/// A transcoder's answer.
impl TracedAnswer for Result<Option<bytes::Bytes>, Rejection> {
    fn outcomes(&self) -> Vec<Outcome> {
        vec![match self {
            Ok(_) => Outcome::Transcoded,
            Err(rejection) => Outcome::Reject(rejection.public.to_string()),
        }]
    }

    fn apply(&self, message: &mut Message) {
        if let Ok(value) = self {
            message.record.value.clone_from(value);
        }
    }
}

impl TracedAnswer for Placements {
    fn outcomes(&self) -> Vec<Outcome> {
        let of = self.partitions();
        self.iter().map(|chosen| Outcome::Partition { chosen, of }).collect()
    }

    fn apply(&self, _message: &mut Message) {}
}

impl TracedAnswer for Result<Grant, Denial> {
    fn outcomes(&self) -> Vec<Outcome> {
        vec![match self {
            Ok(grant) => Outcome::Granted(Box::new(grant.clone())),
            Err(Denial::NotMine) => Outcome::Denied("not mine".into()),
            Err(Denial::Refused(rejection)) => Outcome::Denied(rejection.to_string()),
            Err(Denial::Unavailable(why)) => Outcome::Denied(format!("unavailable: {why}")),
        }]
    }

    fn apply(&self, _message: &mut Message) {}
}
