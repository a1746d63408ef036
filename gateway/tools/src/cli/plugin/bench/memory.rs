//! Linear memory of a plugin that works, burst after burst, as in a gateway.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use sluicegate::{plugin::Plugin, trace::Tracing};

use super::{
    call_kind::CallKind,
    call_time::{CHUNK, chunk},
    sample::Sample,
};

/// Longest time to look at it.
const TIME_MAX: Duration = Duration::from_mins(1);

/// Linear memory of the instance that works, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Memory {
    /// Once configured.
    pub(super) start: usize,
    /// The most that was seen after a burst.
    pub(super) highest: usize,
    /// After the last burst.
    pub(super) last: usize,
    /// Calls that were made.
    pub(super) calls: u64,
    /// Instances that took the place of one that had grown or failed.
    pub(super) replaced: u64,
}

impl Memory {
    /// Makes `calls` calls, a burst of each kind in turn, and looks after each burst.
    pub(super) async fn after(
        plugin: &Arc<Plugin>,
        sample: &Sample,
        kinds: &[CallKind],
        calls: u64,
        start: usize,
    ) -> Self {
        let mut memory = Self { start, highest: start, last: start, ..Self::default() };
        let began = Instant::now();
        for kind in kinds.iter().copied().cycle() {
            if memory.calls >= calls || began.elapsed() > TIME_MAX {
                break;
            }
            memory.calls += burst(plugin, kind, sample).await;
            let stats = plugin.stats();
            // None is left where the instance was replaced: the next burst makes one.
            if stats.instances > 0 {
                memory.last = stats.memory_bytes;
                memory.highest = memory.highest.max(stats.memory_bytes);
            }
            memory.replaced = stats.instances_made.saturating_sub(1);
        }
        memory
    }
}

/// Makes some calls, and says how many.
async fn burst(plugin: &Arc<Plugin>, kind: CallKind, sample: &Sample) -> u64 {
    if kind == CallKind::Authenticate {
        // What it answers was told already.
        let _ = plugin.authenticate(sample.input.credentials.clone(), Tracing::Off).await;
        return 1;
    }
    // A failure costs the instance, and that is counted.
    let _ = chunk(plugin, kind, &sample.input.message, sample);
    u64::from(CHUNK)
}
