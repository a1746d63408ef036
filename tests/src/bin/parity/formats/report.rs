//! One line a comparison.

use sluicegate_tests::command::Finished;

use crate::parity::lines::differing;

/// What was compared so far.
#[derive(Debug, Default)]
pub(super) struct Report {
    same: usize,
    differs: usize,
}

impl Report {
    /// Compares two texts.
    pub(super) fn compare(&mut self, what: &str, old: &str, new: &str) {
        if old == new {
            self.same += 1;
            println!("same: {what} ({} lines)", old.lines().count());
            return;
        }
        self.differs += 1;
        println!("differs: {what}");
        for line in differing(old, new) {
            println!("    {line}");
        }
    }

    /// Says that something is so, or is not.
    pub(super) fn check(&mut self, what: &str, is_so: bool, why: &str) {
        self.compare(what, "", if is_so { "" } else { why });
    }

    /// The last line; true if nothing differs.
    pub(super) fn conclude(&self) -> bool {
        println!("{} same, {} differ", self.same, self.differs);
        self.differs == 0
    }
}

/// All that a run has said, as one text.
pub(super) fn told(finished: &Finished) -> String {
    let Finished { succeeded, output, errors } = finished;
    let end = if *succeeded { "ended well" } else { "ended with a failure" };
    format!("{output}\n[errors]\n{errors}\n[{end}]\n")
}
