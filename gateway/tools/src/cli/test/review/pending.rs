//! What a review is about, and its result.

use std::path::PathBuf;

/// A snapshot that is not accepted yet.
#[derive(Clone, Debug)]
pub(in crate::cli::test) struct Pending {
    /// Where the accepted one lies or will lie, `NAME.snap`; this one is `NAME.snap.new` beside it.
    pub(in crate::cli::test) snapshot: PathBuf,
    /// The accepted text, where there is one.
    pub(in crate::cli::test) old: Option<String>,
    /// The text that waits.
    pub(in crate::cli::test) new: String,
    /// Where the texts differ, and which plugin caused it; empty if that is not known.
    pub(in crate::cli::test) cause: String,
}

/// The decisions, in order.
#[derive(Debug, Default)]
pub(in crate::cli::test) struct Reviewed {
    /// Snapshots that were replaced.
    pub(in crate::cli::test) accepted: Vec<PathBuf>,
    /// Snapshots whose pending text was deleted.
    pub(in crate::cli::test) rejected: Vec<PathBuf>,
    /// Snapshots that still have both texts, also where the review ended before.
    pub(in crate::cli::test) skipped: Vec<PathBuf>,
}
