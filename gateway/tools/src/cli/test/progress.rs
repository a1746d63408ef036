//! How far it is, on a terminal only.

use console::Term;

/// One line that is written over and over.
pub(super) struct Progress {
    /// `None` where nobody looks.
    terminal: Option<Term>,
    all: usize,
}

impl Progress {
    pub(super) fn new(all: usize, is_quiet: bool) -> Self {
        let terminal = Some(Term::stderr()).filter(|terminal| terminal.is_term() && !is_quiet);
        Self { terminal, all }
    }

    /// `done` conversations are through. A terminal that went away is no reason to stop.
    pub(super) fn show(&self, done: usize) {
        if let Some(terminal) = &self.terminal {
            let _ = terminal.write_str(&format!("\r{done} of {} conversations", self.all));
        }
    }

    pub(super) fn clear(&self) {
        if let Some(terminal) = &self.terminal {
            let _ = terminal.clear_line();
        }
    }
}
