//! Memory and tables of one instance: how much there is, and how much there may be.

use std::sync::Arc;

use wasmtime::ResourceLimiter;

use crate::plugin::{
    limits::{PARTS_MAX, PluginLimits},
    shared::Shared,
};

/// Answers each request of an instance to grow, and remembers what it refused.
#[derive(Debug)]
pub(in crate::plugin) struct MemoryGuard {
    shared: Arc<Shared>,
    bytes_max: usize,
    table_elements_max: usize,
    /// Of the largest table so far.
    table_elements: usize,
    /// All linear memories of the instance together.
    bytes: usize,
    /// The growth allowed last, in case the system refuses it.
    grown: usize,
    /// Size that was refused; a trap soon after is most likely for want of memory.
    refused: Option<usize>,
}

impl MemoryGuard {
    pub(super) fn new(shared: Arc<Shared>, limits: &PluginLimits) -> Self {
        Self {
            shared,
            bytes_max: limits.memory_bytes_max,
            table_elements_max: limits.table_elements_max,
            table_elements: 0,
            bytes: 0,
            grown: 0,
            refused: None,
        }
    }

    pub(in crate::plugin) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Elements of the largest table.
    pub(in crate::plugin) fn table_elements(&self) -> usize {
        self.table_elements
    }

    /// The size refused in the call now running.
    pub(in crate::plugin) fn refused(&self) -> Option<usize> {
        self.refused
    }

    /// Called as a call begins: a guest that survived a refusal may trap later for another reason.
    pub(in crate::plugin) fn forget_refused(&mut self) {
        self.refused = None;
    }
}

impl Drop for MemoryGuard {
    fn drop(&mut self) {
        self.shared.counters.sub_memory(self.bytes);
    }
}

impl ResourceLimiter for MemoryGuard {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        self.grown = 0;
        let more = desired.saturating_sub(current);
        let wanted = self.bytes.saturating_add(more);
        if wanted > self.bytes_max {
            self.refused = Some(wanted);
            return Ok(false);
        }
        self.grown = more;
        self.bytes = wanted;
        self.shared.counters.add_memory(more);
        Ok(true)
    }

    fn memory_grow_failed(&mut self, _error: wasmtime::Error) -> wasmtime::Result<()> {
        let not_grown = std::mem::take(&mut self.grown);
        self.bytes -= not_grown;
        self.shared.counters.sub_memory(not_grown);
        Ok(())
    }

    fn table_growing(
        &mut self,
        _current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        let fits = desired <= self.table_elements_max;
        if fits {
            self.table_elements = self.table_elements.max(desired);
        }
        Ok(fits)
    }

    fn instances(&self) -> usize {
        PARTS_MAX
    }

    fn tables(&self) -> usize {
        PARTS_MAX
    }

    fn memories(&self) -> usize {
        PARTS_MAX
    }
}
