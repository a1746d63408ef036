//! `metrics`: counters of the plugin's own.

use wasmtime::component::HasData;

use crate::plugin::{bindings::sluicegate::plugin::metrics::Host, stats::Counters};

/// What `metrics` works on.
pub(super) struct GuestMetrics<'a>(pub(super) &'a Counters);

/// Says to the linker what `metrics` works on.
pub(super) struct HasMetrics;

impl HasData for HasMetrics {
    type Data<'a> = GuestMetrics<'a>;
}

impl Host for GuestMetrics<'_> {
    fn count(&mut self, name: String, by: u64) -> wasmtime::Result<()> {
        self.0.count(&name, by);
        Ok(())
    }
}
