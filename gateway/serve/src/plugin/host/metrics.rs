//! `metrics`: counters of the plugin's own.

use super::HostState;
use crate::plugin::bindings::sluicegate::plugin::metrics::Host;

impl Host for HostState {
    fn count(&mut self, name: String, by: u64) -> wasmtime::Result<()> {
        self.shared.counters.count(&name, by);
        Ok(())
    }
}
