//! What `redis` and `sql` have in common: when they may be called, and what is noted of each call.

use std::time::Instant;

use tracing::{debug, warn};

use super::{HostState, Shared};
use crate::plugin::reach::{ReachError, ReachInHand, is_name};

impl HostState {
    /// The right to reach out; only a login has it.
    pub(super) fn reach_in_hand(&mut self, interface: &str) -> wasmtime::Result<&mut ReachInHand> {
        self.reach.as_mut().ok_or_else(|| {
            wasmtime::Error::msg(format!(
                "`{interface}` was called outside `authenticate`: only a login may wait for stores"
            ))
        })
    }
}

/// One call of a guest, for the log and the counters. Holds names only, never arguments.
pub(super) struct Asked {
    /// `redis.users`.
    reach: String,
    /// Command or name of a statement.
    call: String,
    began: Instant,
}

impl Asked {
    pub(super) fn new(kind: &str, connection: &str, call: &str) -> Self {
        // Other words are none of ours and could hold anything.
        let shown = |word: &str| if is_name(word) { word.to_owned() } else { "?".to_owned() };
        let reach = format!("{kind}.{}", shown(connection));
        Self { reach, call: shown(call), began: Instant::now() }
    }

    /// Counts and logs how it went.
    pub(super) fn note(self, shared: &Shared, error: Option<&ReachError>) {
        let Self { reach, call, began } = self;
        let plugin = &*shared.name;
        let outcome = error.map_or("answered", ReachError::outcome);
        let elapsed_us = u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX);
        shared.counters.add_host_call(error);
        debug!(plugin, reach, call, elapsed_us, outcome, "host call");
        if let Some(error @ ReachError::Denied(_)) = error {
            if shared.log.admit(Instant::now()) {
                warn!(plugin, reach, call, error = error.words(), "host call denied");
            } else {
                shared.counters.add_log_line_dropped();
            }
        }
    }
}
