//! Many conversations: run side by side, each compared with its snapshot.

use std::{
    hash::{DefaultHasher, Hash as _, Hasher as _},
    path::{Path, PathBuf},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use super::{
    compare::{Difference, compare},
    run::CaseResult,
    snapshot,
};

/// The result of one conversation.
#[derive(Debug)]
pub struct TestResult {
    /// The conversation's file.
    pub file: PathBuf,
    /// How it compares with its snapshot.
    pub outcome: TestOutcome,
    /// The accepted text, where there is one.
    pub accepted: Option<String>,
    /// The new text; empty if it could not be played.
    pub text: String,
    /// Notes for the user.
    pub notes: Vec<String>,
    /// How long it took to play.
    pub took: Duration,
}

/// How a conversation compares with its snapshot.
#[derive(Debug)]
pub enum TestOutcome {
    /// It is the same.
    AsAccepted,
    /// It is not.
    Differs(Difference),
    /// There is no snapshot yet.
    New,
    /// It could not be run, or its snapshot not be read or written.
    Failed(anyhow::Error),
}

/// What to do with snapshot files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SnapshotUpdate {
    /// What differs or is new becomes a pending snapshot.
    Pending,
    /// What differs or is new is the accepted snapshot from now on.
    Accept,
    /// Nothing is written.
    Nothing,
}

/// How a suite is run.
#[derive(Clone, Copy, Debug)]
pub struct SuiteOptions {
    /// How many at once.
    pub jobs: usize,
    /// Seed of another order; `None` is the order of the files.
    pub shuffle: Option<u64>,
}

/// Runs `files` and compares each with its snapshot; the results are in the order of `files`.
/// `done` gets the number of those that are through, after each.
///
/// # Panics
/// If `run` does.
pub fn run_all(
    files: &[PathBuf],
    options: SuiteOptions,
    run: impl Fn(&Path) -> anyhow::Result<CaseResult> + Sync,
    done: impl Fn(usize) + Sync,
) -> Vec<TestResult> {
    let mut order: Vec<_> = (0..files.len()).collect();
    if let Some(seed) = options.shuffle {
        order.sort_by_cached_key(|&index| {
            let mut hasher = DefaultHasher::new();
            (seed, index).hash(&mut hasher);
            hasher.finish()
        });
    }
    let (next, through) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let results: Mutex<Vec<Option<TestResult>>> = Mutex::new(files.iter().map(|_| None).collect());
    let work = || {
        while let Some(&index) = order.get(next.fetch_add(1, Ordering::Relaxed)) {
            let result = run_one(&files[index], &run);
            results.lock().unwrap_or_else(PoisonError::into_inner)[index] = Some(result);
            done(through.fetch_add(1, Ordering::Relaxed) + 1);
        }
    };
    thread::scope(|scope| {
        for _ in 0..options.jobs.clamp(1, files.len().max(1)) {
            scope.spawn(work);
        }
    });
    let results = results.into_inner().unwrap_or_else(PoisonError::into_inner);
    results.into_iter().map(|result| result.expect("each file was played")).collect()
}

fn run_one(file: &Path, run: impl Fn(&Path) -> anyhow::Result<CaseResult>) -> TestResult {
    let begun = Instant::now();
    let mut result = TestResult {
        file: file.to_owned(),
        outcome: TestOutcome::New,
        accepted: None,
        text: String::new(),
        notes: Vec::new(),
        took: Duration::ZERO,
    };
    result.outcome = match (run(file), snapshot::read(&snapshot::accepted(file))) {
        (Err(error), _) | (_, Err(error)) => TestOutcome::Failed(error),
        (Ok(CaseResult { text, line_numbers, notes }), Ok(accepted)) => {
            let difference = accepted.as_deref().map(|it| compare(it, &text, &line_numbers));
            (result.text, result.accepted, result.notes) = (text, accepted, notes);
            match difference {
                None => TestOutcome::New,
                Some(None) => TestOutcome::AsAccepted,
                Some(Some(difference)) => TestOutcome::Differs(difference),
            }
        }
    };
    result.took = begun.elapsed();
    result
}

impl TestResult {
    /// Writes and removes snapshot files as `update` says; true if a snapshot was accepted.
    ///
    /// # Errors
    /// A file cannot be written or removed.
    pub fn update_snapshots(&self, update: SnapshotUpdate) -> anyhow::Result<bool> {
        let (accepted, pending) = (snapshot::accepted(&self.file), snapshot::pending(&self.file));
        match (update, &self.outcome) {
            (SnapshotUpdate::Nothing, _) | (_, TestOutcome::Failed(_)) => Ok(false),
            // A pending one of an earlier run is outdated.
            (_, TestOutcome::AsAccepted) => snapshot::remove(&pending).map(|()| false),
            (SnapshotUpdate::Pending, TestOutcome::New | TestOutcome::Differs(_)) => {
                snapshot::write(&pending, &self.file, &self.text).map(|()| false)
            }
            (SnapshotUpdate::Accept, TestOutcome::New | TestOutcome::Differs(_)) => {
                snapshot::write(&accepted, &self.file, &self.text)?;
                snapshot::remove(&pending).map(|()| true)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn options(jobs: usize, shuffle: Option<u64>) -> SuiteOptions {
        SuiteOptions { jobs, shuffle }
    }

    fn result(text: &str) -> CaseResult {
        CaseResult { text: text.to_owned(), line_numbers: vec![1], notes: Vec::new() }
    }

    #[test]
    fn verdicts_stand_in_order_whatever_the_options() {
        let files: Vec<_> = (0..40).map(|n| PathBuf::from(format!("none/{n:02}.resp"))).collect();
        for (jobs, shuffle) in [(1, None), (1, Some(7)), (8, None), (8, Some(8)), (0, None)] {
            let seen = Mutex::new(Vec::new());
            let play = |file: &Path| {
                seen.lock().unwrap().push(file.to_owned());
                Ok(result(&file.display().to_string()))
            };
            let results = run_all(&files, options(jobs, shuffle), play, |_| ());
            assert!(results.iter().map(|result| &result.file).eq(&files));
            let seen = seen.into_inner().unwrap();
            assert_eq!(seen.len(), files.len());
            assert!(jobs > 1 || (seen == files) == shuffle.is_none(), "{jobs} {shuffle:?}");
        }
        assert!(run_all(&[], options(4, None), |_| Ok(result("")), |_| ()).is_empty());
    }

    #[test]
    fn a_snapshot_goes_from_new_to_accepted_to_differing() {
        let folder = tempfile::tempdir().unwrap();
        let files = [folder.path().join("a.resp")];
        let (accepted, pending) = (snapshot::accepted(&files[0]), snapshot::pending(&files[0]));
        let play = |text: &'static str| {
            run_all(&files, options(1, None), move |_| Ok(result(text)), |_| ()).remove(0)
        };

        let new = play("x> A\n");
        assert!(matches!(new.outcome, TestOutcome::New));
        assert!(!new.update_snapshots(SnapshotUpdate::Nothing).unwrap() && !pending.exists());
        assert!(
            !new.update_snapshots(SnapshotUpdate::Pending).unwrap()
                && pending.exists()
                && !accepted.exists()
        );
        assert!(
            new.update_snapshots(SnapshotUpdate::Accept).unwrap()
                && !pending.exists()
                && accepted.exists()
        );

        let differs = play("x> A\n  < 1\n");
        assert!(matches!(&differs.outcome, TestOutcome::Differs(it) if it.line == 1));
        let before = fs::read(&accepted).unwrap();
        differs.update_snapshots(SnapshotUpdate::Pending).unwrap();
        assert!(pending.exists() && fs::read(&accepted).unwrap() == before);

        let same = play("x> A");
        assert!(matches!(same.outcome, TestOutcome::AsAccepted));
        same.update_snapshots(SnapshotUpdate::Pending).unwrap();
        assert!(!pending.exists(), "the pending snapshot is outdated");
    }

    #[test]
    fn what_cannot_be_played_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let files = [folder.path().join("a.resp")];
        let fails = |_: &Path| anyhow::bail!("no");
        let result = run_all(&files, options(1, None), fails, |_| ()).remove(0);
        assert!(matches!(result.outcome, TestOutcome::Failed(_)));
        assert!(!result.update_snapshots(SnapshotUpdate::Accept).unwrap());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
