//! `sluicegate test --review`: pending snapshots, one at a time, each decided with one key.
//!
//! Keys go to `decide`, which holds all state; `screen` makes text of it. Only this file touches
//! the terminal. What is decided is done at once, so that leaving half-way loses nothing.

use std::io::{self, IsTerminal as _};

use anyhow::Context as _;
use console::{Key, Term};

mod decide; // which key does what, and what becomes of the files
mod diff; //   what is said otherwise, as rows
mod pending; // what is reviewed, and the result
mod screen; // one snapshot as a page of the terminal
mod wrap; //   texts in a given width

pub(super) use pending::{Pending, Reviewed};

use self::{decide::Review, screen::Size};
use super::report::Colours;

/// Shows each pending snapshot and does what the keys say; tells at the end what was done.
///
/// # Errors
/// If nobody sits at a terminal, or a file cannot be moved or removed; what was decided before that
/// is done.
pub(super) fn review(pending: &[Pending]) -> anyhow::Result<Reviewed> {
    let terminal = Term::stdout();
    anyhow::ensure!(
        terminal.is_term() && io::stdin().is_terminal(),
        "cannot review here: there is no terminal to show snapshots on and to read keys from\n  \
         hint:  `sluicegate test --accept` accepts all of them, `--check` only says what differs"
    );
    let reviewed = {
        let _aside = Aside::begin(&terminal)?;
        decide_all(pending, &terminal)?
    };
    let summary = screen::summary(&reviewed, Colours::of_terminal());
    terminal.write_str(&summary).context("writing to the terminal")?;
    Ok(reviewed)
}

fn decide_all(pending: &[Pending], terminal: &Term) -> anyhow::Result<Reviewed> {
    let mut review = Review::new(pending);
    while !review.is_over() {
        let (height, width) = terminal.size();
        let size = Size { width: width.into(), height: height.into() };
        let page = screen::page(&mut review, size, Colours::of_terminal());
        terminal.clear_screen().context("clearing the terminal")?;
        terminal.write_str(&page).context("writing to the terminal")?;
        // With `read_key`, Ctrl-C would kill the process before the summary.
        let key = terminal.read_key_raw().context("reading a key from the terminal")?;
        match key {
            Key::CtrlC => review.leave(),
            key => review.press(&key)?,
        }
    }
    Ok(review.into_reviewed())
}

/// The terminal's second screen, so that what stood on the first one stands there again afterwards.
struct Aside<'a>(&'a Term);

impl<'a> Aside<'a> {
    fn begin(terminal: &'a Term) -> anyhow::Result<Self> {
        terminal.write_str("\x1b[?1049h").context("writing to the terminal")?;
        Ok(Self(terminal))
    }
}

impl Drop for Aside<'_> {
    fn drop(&mut self) {
        // A terminal that went away has no first screen either.
        let _ = self.0.write_str("\x1b[?1049l");
    }
}
