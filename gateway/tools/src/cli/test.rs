//! `sluicegate test`: conversations played against the real gateway, compared with their snapshots.

use crate::conversation::{
    discover::{self, Discovered},
    snapshot,
    suite::{TestOutcome, TestResult, run_all},
};

mod options; //  the arguments
mod runner; //   runs conversations
mod progress; // while it runs, on a terminal
mod report; //   for people, and as JSON
mod junit; //    for build servers
mod review; //   pending snapshots, decided with one key each

pub use options::TestOptions;

use report::{Colours, Unused};
use review::Pending;
use runner::Runner;

/// Does what the arguments of `sluicegate test` ask for.
///
/// # Errors
/// What could not be done, for a person to read.
pub fn run(options: &TestOptions) -> anyhow::Result<()> {
    let Discovered { conversations, unused } =
        discover::find_conversations(&options.paths, options.filter.as_deref())?;
    let files: Vec<_> = conversations.into_iter().collect();
    let runner = Runner::new(options, &files);
    let progress = progress::Progress::new(files.len(), options.json);
    let suite = options.suite();
    let mut results = run_all(&files, suite, |file| runner.run(file), |n| progress.show(n));
    progress.clear();
    let mut accepted = 0;
    for result in &mut results {
        match result.update_snapshots(options.update()) {
            Ok(is_accepted) => accepted += usize::from(is_accepted),
            Err(error) => result.outcome = TestOutcome::Failed(error),
        }
    }
    if options.remove_unused {
        unused.iter().try_for_each(|path| snapshot::remove(path))?;
    }
    let summary = report::Summary::of(&results, accepted);
    let report = if options.json {
        report::json(&results, &unused, &summary)
    } else {
        let unused_are = if options.remove_unused { Unused::Removed } else { Unused::Kept };
        report::text(&results, &unused, &summary, unused_are, Colours::of_terminal())
    };
    print(&report);
    if let Some(path) = &options.junit {
        junit::write(path, &results)?;
    }
    let open = if options.review { review(&results)? } else { options.open(&summary) };
    options.conclude(open, summary.all)
}

/// Asks about all that is new or differs; how many conversations are not as accepted then.
fn review(results: &[TestResult]) -> anyhow::Result<usize> {
    let is_failed = |result: &&TestResult| matches!(result.outcome, TestOutcome::Failed(_));
    let failed = results.iter().filter(is_failed).count();
    let pending: Vec<_> = results.iter().filter_map(pending).collect();
    if pending.is_empty() {
        return Ok(failed);
    }
    let reviewed = review::review(&pending)?;
    Ok(failed + reviewed.rejected.len() + reviewed.skipped.len())
}

fn pending(result: &TestResult) -> Option<Pending> {
    let cause = match &result.outcome {
        TestOutcome::AsAccepted | TestOutcome::Failed(_) => return None,
        TestOutcome::New => String::new(),
        TestOutcome::Differs(it) => {
            report::cause(&result.file.display().to_string(), it.line, &it.kind.describe())
        }
    };
    Some(Pending {
        snapshot: snapshot::accepted(&result.file),
        old: result.accepted.clone(),
        new: result.text.trim_end().to_owned(),
        cause,
    })
}

/// A reader that went away wants no more lines.
fn print(text: &str) {
    use std::io::Write as _;
    let _ = std::io::stdout().lock().write_all(text.as_bytes());
}
