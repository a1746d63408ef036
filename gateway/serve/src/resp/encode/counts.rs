//! Counts and lines, which many commands send.

use super::Replies;

impl Replies {
    /// A number without a sign; one that RESP cannot hold is sent as the largest it can.
    pub fn unsigned(&mut self, value: u64) {
        self.integer(i64::try_from(value).unwrap_or(i64::MAX));
    }

    /// How many of something there are.
    pub fn count(&mut self, count: usize) {
        self.integer(i64::try_from(count).unwrap_or(i64::MAX));
    }

    /// An array of statuses, one a line: what HELP answers.
    pub fn lines<T: AsRef<str>>(&mut self, lines: &[T]) {
        self.array(lines.len());
        lines.iter().for_each(|line| self.simple(line.as_ref()));
    }
}
