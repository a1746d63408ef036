//! How many bytes may wait to be stored.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

/// Bytes that wait, against the most that may.
#[derive(Debug)]
pub(super) struct Budget {
    max: usize,
    used: AtomicUsize,
}

/// Bytes taken from a [`Budget`]; given back when dropped.
#[derive(Debug)]
pub(super) struct Hold {
    budget: Arc<Budget>,
    bytes: usize,
}

impl Budget {
    pub(super) fn new(max: usize) -> Self {
        Self { max, used: AtomicUsize::new(0) }
    }

    /// Takes `bytes`, or nothing where that is too much. When nothing waits anything fits, so
    /// that a large append is not refused for ever.
    pub(super) fn take(self: &Arc<Self>, bytes: usize) -> Option<Hold> {
        let before = self.used.fetch_add(bytes, Ordering::AcqRel);
        let hold = Hold { budget: Arc::clone(self), bytes };
        (before == 0 || before + bytes <= self.max).then_some(hold)
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        self.budget.used.fetch_sub(self.bytes, Ordering::AcqRel);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_given_back_can_be_taken_again() {
        let budget = Arc::new(Budget::new(10));
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
