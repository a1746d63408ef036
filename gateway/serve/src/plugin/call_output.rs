//! What a guest said before it failed: its words tell more than the trap that follows them.

use std::fmt;

use super::{limits::SAID_BYTES_MAX, text::one_line};

/// The error lines that a guest wrote in the call now running, joined by spaces and bounded.
///
/// Empty, and without memory of its own, for a call that wrote none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CallOutput(String);

impl CallOutput {
    /// Called as a call begins: words are about one call only.
    pub(super) fn forget(&mut self) {
        self.0.clear();
    }

    /// Keeps an error line, as far as there is room.
    pub(super) fn keep(&mut self, line: &str) {
        let room = SAID_BYTES_MAX.saturating_sub(self.0.len());
        let gap = usize::from(!self.0.is_empty());
        if room > gap {
            self.0.push_str(&" "[..gap]);
            self.0.push_str(&one_line(line.trim(), room - gap));
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The guest's words before the engine's, which say what became of the call.
    pub(super) fn before(&self, trap: &str) -> String {
        if self.0.is_empty() { trap.to_owned() } else { format!("{} ({trap})", self.0) }
    }
}

impl fmt::Display for CallOutput {
    /// Nothing, or `; it said: …` for the end of a sentence.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() { Ok(()) } else { write!(f, "; it said: {}", self.0) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_joined_cut_and_forgotten() {
        let mut said = CallOutput::default();
        assert_eq!((said.to_string(), said.before("trap")), (String::new(), "trap".into()));
        said.keep(" boom\n");
        said.keep("at main.c:7");
        assert_eq!(said.to_string(), "; it said: boom at main.c:7");
        assert_eq!(said.before("unreachable"), "boom at main.c:7 (unreachable)");
        for _ in 0..100 {
            said.keep("ééééééééé");
        }
        assert!(said.0.len() <= SAID_BYTES_MAX);
        said.forget();
        assert_eq!(said, CallOutput::default());
    }
}
