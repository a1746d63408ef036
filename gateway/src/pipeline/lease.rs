//! Instances for the length of one burst.

use std::{
    sync::{Arc, LazyLock},
    time::Duration,
};

use super::Chain;
use crate::{
    plugin::{CallError, Lease, OnFailure, Plugin},
    telemetry::{Counters, Occasionally},
};

/// A failing plugin may fail with every message; its log line comes once in so long.
const LINE_PERIOD: Duration = Duration::from_secs(1);
static LINES: LazyLock<Occasionally> = LazyLock::new(|| Occasionally::new(LINE_PERIOD));

/// One instance of each plugin that a burst meets, taken when first needed.
pub(super) struct Leases<'c> {
    chain: &'c Chain,
    counters: &'c Counters,
    slots: Vec<Option<Lease>>,
}

/// What a failed call means for the message in hand.
pub(super) enum Failed {
    /// The plugin is passed over.
    Bypass,
    /// The message is refused.
    Refuse(CallError),
}

impl<'c> Leases<'c> {
    pub(super) fn new(chain: &'c Chain, counters: &'c Counters) -> Self {
        Self { chain, counters, slots: Vec::new() }
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
        let answer = match slot {
            Some(lease) => run(lease),
            None => plugin.lease().and_then(|lease| run(slot.insert(lease))),
        };
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
