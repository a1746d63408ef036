//! Many conversations: played side by side, each held against its snapshot, told in their order.

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
    perform::Told,
    snapshot,
};

/// What became of one conversation.
#[derive(Debug)]
pub struct Verdict {
    /// The conversation's file.
    pub file: PathBuf,
    /// How it compares with its snapshot.
    pub outcome: Outcome,
    /// The accepted text, where there is one.
    pub accepted: Option<String>,
    /// The text of this time; empty where it could not be played.
    pub text: String,
    /// What a person should know besides.
    pub notes: Vec<String>,
    /// How long it took to play.
    pub took: Duration,
}

/// How a conversation compares with its snapshot.
#[derive(Debug)]
pub enum Outcome {
    /// It is the same.
    AsAccepted,
    /// It is not.
    Differs(Difference),
    /// There is no snapshot yet.
    New,
    /// It could not be played, or its snapshot not be read or written, for this reason.
    Failed(anyhow::Error),
}

/// What happens to snapshot files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// What differs or is new becomes a pending snapshot.
    Pending,
    /// What differs or is new is the accepted snapshot from now on.
    Accepted,
    /// Nothing is written.
    Nothing,
}

/// How conversations are played.
#[derive(Clone, Copy, Debug)]
pub struct Course {
    /// How many at once.
    pub jobs: usize,
    /// Plays them in another order, which this number decides.
    pub shuffle: Option<u64>,
}

/// Plays `files` and compares each with its snapshot; the verdicts are in the order of `files`.
/// `done` is told how many are through.
///
/// # Panics
/// If `play` does.
pub fn play_all(
    files: &[PathBuf],
    course: Course,
    play: impl Fn(&Path) -> anyhow::Result<Told> + Sync,
    done: impl Fn(usize) + Sync,
) -> Vec<Verdict> {
    let mut order: Vec<_> = (0..files.len()).collect();
    if let Some(seed) = course.shuffle {
        order.sort_by_cached_key(|&index| {
            let mut hasher = DefaultHasher::new();
            (seed, index).hash(&mut hasher);
            hasher.finish()
        });
    }
    let (next, through) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let verdicts: Mutex<Vec<Option<Verdict>>> = Mutex::new(files.iter().map(|_| None).collect());
    let work = || {
        while let Some(&index) = order.get(next.fetch_add(1, Ordering::Relaxed)) {
            let verdict = judge(&files[index], &play);
            verdicts.lock().unwrap_or_else(PoisonError::into_inner)[index] = Some(verdict);
            done(through.fetch_add(1, Ordering::Relaxed) + 1);
        }
    };
    thread::scope(|scope| {
        for _ in 0..course.jobs.clamp(1, files.len().max(1)) {
            scope.spawn(work);
        }
    });
    let verdicts = verdicts.into_inner().unwrap_or_else(PoisonError::into_inner);
    verdicts.into_iter().map(|verdict| verdict.expect("each file was played")).collect()
}

fn judge(file: &Path, play: impl Fn(&Path) -> anyhow::Result<Told>) -> Verdict {
    let begun = Instant::now();
    let mut verdict = Verdict {
        file: file.to_owned(),
        outcome: Outcome::New,
        accepted: None,
        text: String::new(),
        notes: Vec::new(),
        took: Duration::ZERO,
    };
    verdict.outcome = match (play(file), snapshot::read(&snapshot::accepted(file))) {
        (Err(error), _) | (_, Err(error)) => Outcome::Failed(error),
        (Ok(Told { text, numbers, notes }), Ok(accepted)) => {
            let difference = accepted.as_deref().map(|it| compare(it, &text, &numbers));
            (verdict.text, verdict.accepted, verdict.notes) = (text, accepted, notes);
            match difference {
                None => Outcome::New,
                Some(None) => Outcome::AsAccepted,
                Some(Some(difference)) => Outcome::Differs(difference),
            }
        }
    };
    verdict.took = begun.elapsed();
    verdict
}

impl Verdict {
    /// Does with the snapshot files what `keep` says; true if a snapshot was accepted.
    ///
    /// # Errors
    /// A file cannot be written or removed.
    pub fn keep(&self, keep: Keep) -> anyhow::Result<bool> {
        let (accepted, pending) = (snapshot::accepted(&self.file), snapshot::pending(&self.file));
        match (keep, &self.outcome) {
            (Keep::Nothing, _) | (_, Outcome::Failed(_)) => Ok(false),
            // One that waits from another time is not true any more.
            (_, Outcome::AsAccepted) => snapshot::remove(&pending).map(|()| false),
            (Keep::Pending, Outcome::New | Outcome::Differs(_)) => {
                snapshot::write(&pending, &self.file, &self.text).map(|()| false)
            }
            (Keep::Accepted, Outcome::New | Outcome::Differs(_)) => {
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

    fn course(jobs: usize, shuffle: Option<u64>) -> Course {
        Course { jobs, shuffle }
    }

    fn says(text: &str) -> Told {
        Told { text: text.to_owned(), numbers: vec![1], notes: Vec::new() }
    }

    #[test]
    fn verdicts_stand_in_order_whatever_the_course() {
        let files: Vec<_> = (0..40).map(|n| PathBuf::from(format!("none/{n:02}.resp"))).collect();
        for (jobs, shuffle) in [(1, None), (1, Some(7)), (8, None), (8, Some(8)), (0, None)] {
            let seen = Mutex::new(Vec::new());
            let play = |file: &Path| {
                seen.lock().unwrap().push(file.to_owned());
                Ok(says(&file.display().to_string()))
            };
            let verdicts = play_all(&files, course(jobs, shuffle), play, |_| ());
            assert!(verdicts.iter().map(|verdict| &verdict.file).eq(&files));
            let seen = seen.into_inner().unwrap();
            assert_eq!(seen.len(), files.len());
            assert!(jobs > 1 || (seen == files) == shuffle.is_none(), "{jobs} {shuffle:?}");
        }
        assert!(play_all(&[], course(4, None), |_| Ok(says("")), |_| ()).is_empty());
    }

    #[test]
    fn a_snapshot_goes_from_new_to_accepted_to_differing() {
        let folder = tempfile::tempdir().unwrap();
        let files = [folder.path().join("a.resp")];
        let (accepted, pending) = (snapshot::accepted(&files[0]), snapshot::pending(&files[0]));
        let play = |text: &'static str| {
            play_all(&files, course(1, None), move |_| Ok(says(text)), |_| ()).remove(0)
        };

        let new = play("x> A\n");
        assert!(matches!(new.outcome, Outcome::New));
        assert!(!new.keep(Keep::Nothing).unwrap() && !pending.exists());
        assert!(!new.keep(Keep::Pending).unwrap() && pending.exists() && !accepted.exists());
        assert!(new.keep(Keep::Accepted).unwrap() && !pending.exists() && accepted.exists());

        let differs = play("x> A\n  < 1\n");
        assert!(matches!(&differs.outcome, Outcome::Differs(it) if it.line == 1));
        let before = fs::read(&accepted).unwrap();
        differs.keep(Keep::Pending).unwrap();
        assert!(pending.exists() && fs::read(&accepted).unwrap() == before);

        let same = play("x> A");
        assert!(matches!(same.outcome, Outcome::AsAccepted));
        same.keep(Keep::Pending).unwrap();
        assert!(!pending.exists(), "what waited is not true any more");
    }

    #[test]
    fn what_cannot_be_played_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let files = [folder.path().join("a.resp")];
        let fails = |_: &Path| anyhow::bail!("no");
        let verdict = play_all(&files, course(1, None), fails, |_| ()).remove(0);
        assert!(matches!(verdict.outcome, Outcome::Failed(_)));
        assert!(!verdict.keep(Keep::Accepted).unwrap());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
