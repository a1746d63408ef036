//! Where the pipeline writes down what it does.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::Trace;

/// Traces in the order in which their ways began.
#[derive(Debug, Default)]
pub struct Recorder(Mutex<Vec<Trace>>);

impl Recorder {
    fn traces(&self) -> MutexGuard<'_, Vec<Trace>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds finished traces.
    pub(crate) fn add(&self, traces: impl IntoIterator<Item = Trace>) {
        self.traces().extend(traces);
    }

    /// What was recorded since the last call.
    pub fn take(&self) -> Vec<Trace> {
        std::mem::take(&mut self.traces())
    }
}
