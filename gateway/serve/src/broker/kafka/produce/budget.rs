//! A limit for the bytes that wait to be stored.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

/// Bytes that wait, and their limit.
#[derive(Debug)]
pub(super) struct MemoryBudget {
    max: usize,
    used: AtomicUsize,
}

/// Bytes taken from a [`MemoryBudget`]; given back when dropped.
#[derive(Debug)]
pub(super) struct BudgetPermit {
    budget: Arc<MemoryBudget>,
    bytes: usize,
}

impl MemoryBudget {
    pub(super) fn new(max: usize) -> Self {
        Self { max, used: AtomicUsize::new(0) }
    }

    /// Takes `bytes`, if they are within the limit. When nothing waits any size fits, so that a large
    /// append is not refused for ever.
    pub(super) fn take(self: &Arc<Self>, bytes: usize) -> Option<BudgetPermit> {
        let before = self.used.fetch_add(bytes, Ordering::AcqRel);
        let permit = BudgetPermit { budget: Arc::clone(self), bytes };
        (before == 0 || before + bytes <= self.max).then_some(permit)
    }
}

impl Drop for BudgetPermit {
    fn drop(&mut self) {
        self.budget.used.fetch_sub(self.bytes, Ordering::AcqRel);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_given_back_can_be_taken_again() {
        let budget = Arc::new(MemoryBudget::new(10));
        let all = budget.take(10).unwrap();
        assert!(budget.take(1).is_none());
        drop(all);
        let some = budget.take(6).unwrap();
        assert!(budget.take(5).is_none());
        let rest = budget.take(4).unwrap();
        drop((some, rest));
        assert!(budget.take(11).is_some(), "alone, even what is too large is taken");
    }
}
