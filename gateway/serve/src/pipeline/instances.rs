//! The plugin instances of one burst, and the one place where their calls become traces.

use std::{
    sync::{Arc, LazyLock},
    time::Duration,
};

use super::{
    Chain,
    traces::{CallSubject, Traces},
};
use crate::{
    plugin::{CallError, OnFailure, Plugin, PooledInstance},
    telemetry::{Counters, LogThrottle},
    trace::Step,
};

/// A failing plugin may fail with every message; its log line comes once in so long.
const LINE_PERIOD: Duration = Duration::from_secs(1);
static LINES: LazyLock<LogThrottle> = LazyLock::new(|| LogThrottle::new(LINE_PERIOD));

/// One instance of each plugin that a burst meets, taken when first needed.
pub(super) struct BurstInstances<'c> {
    chain: &'c Chain,
    counters: &'c Counters,
    slots: Vec<Option<PooledInstance>>,
    pub(super) traces: &'c mut Traces,
}

/// What a failed call means for its message.
pub(super) enum Failed {
    /// The plugin is passed over.
    Bypass,
    /// The message is refused.
    Refuse(CallError),
}

impl<'c> BurstInstances<'c> {
    /// Takes no instance yet. Calls are added to `traces`, if those are wanted.
    pub(super) fn new(chain: &'c Chain, counters: &'c Counters, traces: &'c mut Traces) -> Self {
        Self { chain, counters, slots: Vec::new(), traces }
    }

    /// Calls the plugin at index `at` of the chain about `subject`; a failed instance is not used
    /// again.
    pub(super) fn call<T>(
        &mut self,
        at: usize,
        subject: CallSubject<'_>,
        run: impl FnOnce(&mut PooledInstance) -> Result<T, CallError>,
    ) -> Result<T, Failed> {
        let plugin = &self.chain.plugins()[at];
        if self.slots.len() <= at {
            self.slots.resize_with(at + 1, || None);
        }
        let slot = &mut self.slots[at];
        let answer = match slot {
            Some(instance) => run(instance),
            None => plugin
                .acquire(self.traces.tracing())
                .and_then(|instance| run(slot.insert(instance))),
        };
        if self.traces.are_wanted() {
            let steps = steps(slot.as_mut(), plugin, answer.as_ref().err());
            self.traces.add_steps(subject, steps);
        }
        answer.map_err(|error| {
            *slot = None;
            fail(self.counters, plugin, error)
        })
    }

    /// The plugin at this index of the chain.
    pub(super) fn plugin(&self, at: usize) -> &Plugin {
        &self.chain.plugins()[at]
    }
}

/// The steps of a call; one that says why, where there was no instance for it.
fn steps(
    instance: Option<&mut PooledInstance>,
    plugin: &Plugin,
    error: Option<&CallError>,
) -> Vec<Step> {
    match (instance, error) {
        (Some(instance), _) => instance.take_steps(),
        (None, Some(error)) => vec![plugin.step_without_instance(error)],
        (None, None) => Vec::new(),
    }
}

fn fail(counters: &Counters, plugin: &Arc<Plugin>, error: CallError) -> Failed {
    counters.plugin_failures.add(1);
    if let Some(held_back) = LINES.allow() {
        tracing::warn!(plugin = plugin.name(), %error, held_back, "plugin call failed");
    }
    match plugin.settings().on_failure {
        OnFailure::Bypass => {
            counters.plugin_bypasses.add(1);
            Failed::Bypass
        }
        OnFailure::Reject | OnFailure::LastGood => Failed::Refuse(error),
    }
}
