//! Where the pipeline writes down what it does.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::model::Trace;

/// Traces in the order in which their ways began.
#[derive(Debug)]
pub struct Recorder {
    kept: Mutex<Kept>,
    /// Most traces that are kept until they are taken.
    most: usize,
}

#[derive(Debug, Default)]
struct Kept {
    traces: Vec<Trace>,
    /// How many more there were.
    others: usize,
}

impl Default for Recorder {
    /// Keeps all of them.
    fn default() -> Self {
        Self::at_most(usize::MAX)
    }
}

impl Recorder {
    /// Keeps the first `most` traces and counts the others.
    pub fn at_most(most: usize) -> Self {
        Self { kept: Mutex::default(), most }
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds finished traces.
    pub(crate) fn add(&self, traces: impl IntoIterator<Item = Trace>) {
        let mut kept = self.kept();
        for trace in traces {
            if kept.traces.len() < self.most {
                kept.traces.push(trace);
            } else {
                kept.others += 1;
            }
        }
    }

    /// What was recorded since the last call.
    pub fn take(&self) -> Vec<Trace> {
        std::mem::take(&mut self.kept().traces)
    }

    /// How many were not kept.
    pub fn others(&self) -> usize {
        self.kept().others
    }
}
