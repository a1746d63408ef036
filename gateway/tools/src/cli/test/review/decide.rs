//! The state of a review, what each key does to it, and what becomes of the files.

use std::{
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use console::Key;

use super::{
    diff::Extent,
    pending::{Pending, Reviewed},
};

/// Where a review is.
#[derive(Debug)]
pub(super) struct Review<'a> {
    pending: &'a [Pending],
    /// The one on the screen.
    at: usize,
    reviewed: Reviewed,
    pub(super) view: View,
}

/// What of a snapshot is on the screen.
#[derive(Debug, Default)]
pub(super) struct View {
    pub(super) extent: Extent,
    /// The help is shown instead.
    pub(super) is_help: bool,
    /// The first row shown; the screen lowers it to the last one that makes sense.
    pub(super) top: usize,
    /// Rows that fitted when it was last shown.
    pub(super) room: usize,
}

/// What the user decides about a snapshot.
#[derive(Clone, Copy, Debug)]
enum Decision {
    Accept,
    Reject,
    Skip,
}

impl<'a> Review<'a> {
    pub(super) fn new(pending: &'a [Pending]) -> Self {
        Self { pending, at: 0, reviewed: Reviewed::default(), view: View::default() }
    }

    /// The snapshot in question and its number, from 1.
    pub(super) fn current(&self) -> Option<(usize, &'a Pending)> {
        self.pending.get(self.at).map(|pending| (self.at + 1, pending))
    }

    pub(super) fn count(&self) -> usize {
        self.pending.len()
    }

    pub(super) fn is_over(&self) -> bool {
        self.at >= self.pending.len()
    }

    /// Does what a key says. One that says nothing changes nothing.
    pub(super) fn press(&mut self, key: &Key) -> anyhow::Result<()> {
        // Any key leaves the help and does nothing else.
        if std::mem::take(&mut self.view.is_help) {
            return Ok(());
        }
        match key {
            Key::Char('a') => self.decide(Decision::Accept)?,
            Key::Char('r') => self.decide(Decision::Reject)?,
            Key::Char('s') => self.decide(Decision::Skip)?,
            Key::Char('A') => self.decide_rest(Decision::Accept)?,
            Key::Char('R') => self.decide_rest(Decision::Reject)?,
            Key::Char('S' | 'q') => self.leave(),
            Key::Char('d') => {
                let extent = match self.view.extent {
                    Extent::Differences => Extent::WholeFile,
                    Extent::WholeFile => Extent::Differences,
                };
                self.view = View { extent, ..View::default() };
            }
            Key::Char('?' | 'h') => self.view.is_help = true,
            key => self.view.scroll(key),
        }
        Ok(())
    }

    /// Leaves what is not decided as it is.
    pub(super) fn leave(&mut self) {
        let rest = self.pending.iter().skip(self.at);
        self.reviewed.skipped.extend(rest.map(|pending| pending.snapshot.clone()));
        self.at = self.pending.len();
    }

    pub(super) fn into_reviewed(self) -> Reviewed {
        self.reviewed
    }

    fn decide_rest(&mut self, decision: Decision) -> anyhow::Result<()> {
        while !self.is_over() {
            self.decide(decision)?;
        }
        Ok(())
    }

    fn decide(&mut self, decision: Decision) -> anyhow::Result<()> {
        let Some(pending) = self.pending.get(self.at) else { return Ok(()) };
        let reviewed = &mut self.reviewed;
        let list = match decision {
            Decision::Accept => {
                accept(&pending.snapshot)?;
                &mut reviewed.accepted
            }
            Decision::Reject => {
                reject(&pending.snapshot)?;
                &mut reviewed.rejected
            }
            Decision::Skip => &mut reviewed.skipped,
        };
        list.push(pending.snapshot.clone());
        self.at += 1;
        self.view = View::default();
        Ok(())
    }
}

impl View {
    fn scroll(&mut self, key: &Key) {
        let page = self.room.max(1);
        self.top = match key {
            Key::ArrowDown | Key::Char('j') => self.top.saturating_add(1),
            Key::ArrowUp | Key::Char('k') => self.top.saturating_sub(1),
            Key::PageDown | Key::Char(' ') => self.top.saturating_add(page),
            Key::PageUp | Key::Char('b') => self.top.saturating_sub(page),
            Key::Home | Key::Char('g') => 0,
            Key::End | Key::Char('G') => usize::MAX,
            _ => self.top,
        };
    }

    /// Fits the rows there are into the room there is, and says which ones are shown.
    pub(super) fn shown(&mut self, rows: usize, room: usize) -> std::ops::Range<usize> {
        self.room = room;
        self.top = self.top.min(rows.saturating_sub(room));
        self.top..rows.min(self.top + room)
    }
}

/// `NAME.snap.new`, beside `NAME.snap`.
fn waiting(snapshot: &Path) -> PathBuf {
    let mut name = OsString::from(snapshot);
    name.push(".new");
    PathBuf::from(name)
}

/// A rename: readers find the old text or the new one, never half of it.
fn accept(snapshot: &Path) -> anyhow::Result<()> {
    let waiting = waiting(snapshot);
    fs::rename(&waiting, snapshot).with_context(|| {
        format!("accepting `{}`: moving `{}` there", snapshot.display(), waiting.display())
    })
}

fn reject(snapshot: &Path) -> anyhow::Result<()> {
    let waiting = waiting(snapshot);
    fs::remove_file(&waiting).with_context(|| format!("removing `{}`", waiting.display()))
}

#[cfg(test)]
mod tests;
