//! Instances for the length of one burst.

use std::{
    sync::{Arc, LazyLock},
    time::Duration,
};

use super::Chain;
use crate::{
    plugin::{CallError, Lease, OnFailure, Plugin},
    telemetry::{Counters, Occasionally},
    trace::Step,
};

/// A failing plugin may fail with every message; its log line comes once in so long.
const LINE_PERIOD: Duration = Duration::from_secs(1);
static LINES: LazyLock<Occasionally> = LazyLock::new(|| Occasionally::new(LINE_PERIOD));

/// One instance of each plugin that a burst meets, taken when first needed.
pub(super) struct Leases<'c> {
    chain: &'c Chain,
    counters: &'c Counters,
    slots: Vec<Option<Lease>>,
    /// What the calls since the last look were, where that is wanted.
    steps: Option<Vec<Step>>,
}

/// What a failed call means for the message in hand.
pub(super) enum Failed {
    /// The plugin is passed over.
    Bypass,
    /// The message is refused.
    Refuse(CallError),
}

impl<'c> Leases<'c> {
    pub(super) fn new(chain: &'c Chain, counters: &'c Counters, records: bool) -> Self {
        Self { chain, counters, slots: Vec::new(), steps: records.then(Vec::new) }
    }

    pub(super) fn records(&self) -> bool {
        self.steps.is_some()
    }

    /// The calls since the last time, as steps.
    pub(super) fn take_steps(&mut self) -> Vec<Step> {
        self.steps.as_mut().map(std::mem::take).unwrap_or_default()
    }

    fn write_down(
        steps: &mut Vec<Step>,
        lease: Option<&mut Lease>,
        plugin: &Plugin,
        error: Option<&CallError>,
    ) {
        match (lease, error) {
            (Some(lease), _) => steps.append(&mut lease.take_steps()),
            (None, Some(error)) => steps.push(plugin.missed(error)),
            (None, None) => {}
        }
    }

    /// Calls one plugin; a failed instance is not used again.
    pub(super) fn call<T>(
        &mut self,
        at: usize,
        run: impl FnOnce(&mut Lease) -> Result<T, CallError>,
    ) -> Result<T, Failed> {
        let plugin = &self.chain.plugins()[at];
        if self.slots.len() <= at {
            self.slots.resize_with(at + 1, || None);
        }
        let slot = &mut self.slots[at];
        let records = self.steps.is_some();
        let answer = match slot {
            Some(lease) => run(lease),
            None => plugin.lease().and_then(|mut lease| {
                if records {
                    lease.record();
                }
                run(slot.insert(lease))
            }),
        };
        if let Some(steps) = &mut self.steps {
            Self::write_down(steps, slot.as_mut(), plugin, answer.as_ref().err());
        }
        answer.map_err(|error| {
            *slot = None;
            fail(self.counters, plugin, error)
        })
    }

    /// The plugin at a place in the chain.
    pub(super) fn plugin(&self, at: usize) -> &Plugin {
        &self.chain.plugins()[at]
    }
}

fn fail(counters: &Counters, plugin: &Arc<Plugin>, error: CallError) -> Failed {
    counters.plugin_failures.add(1);
    if let Some(held_back) = LINES.may() {
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
