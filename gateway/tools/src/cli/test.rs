//! `sluicegate test`: conversations played against the real gateway, compared with their snapshots.

use std::{num::NonZeroUsize, path::PathBuf};

use anyhow::bail;
use clap::{Args, ValueEnum};
use sluicegate::config::BrokerKind;

use crate::conversation::{
    discover::{self, Discovered},
    snapshot,
    suite::{SnapshotUpdate, SuiteOptions, TestOutcome, TestResult, run_all},
};

mod runner; //   runs conversations
mod progress; // while it runs, on a terminal
mod report; //   for people, and as JSON
mod junit; //    for build servers
mod review; //   pending snapshots, decided with one key each

use report::{Colours, Unused};
use review::Pending;
use runner::Runner;

/// What `test` takes.
#[derive(Args, Clone, Debug)]
#[command(after_help = EXAMPLES)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub struct TestOptions {
    /// Conversation files (`*.resp`) and folders of them.
    #[arg(default_value = ".", value_name = "PATH", value_parser = existing)]
    paths: Vec<PathBuf>,
    /// Configuration of the gateway under test; its plugins are used too.
    #[arg(long, env = "SLUICEGATE_CONFIG", value_name = "FILE", value_parser = existing)]
    config: Option<PathBuf>,
    /// Folder of plugins, in place of the configuration's.
    #[arg(long, env = "SLUICEGATE_PLUGINS", value_name = "DIR")]
    plugins: Option<PathBuf>,
    /// Accept whatever differs or is new.
    #[arg(long, conflicts_with_all = ["check", "review"])]
    accept: bool,
    /// Write nothing; what is new is a failure too. For build servers.
    #[arg(long, conflicts_with_all = ["review", "remove_unused", "record"])]
    check: bool,
    /// Decide about each difference with a key.
    #[arg(long, conflicts_with = "json")]
    review: bool,
    /// Only conversations whose path contains this text.
    #[arg(long, value_name = "TEXT")]
    filter: Option<String>,
    /// What stands behind the gateway.
    #[arg(long, value_enum, default_value = "memory")]
    broker: Broker,
    /// How many conversations are played at once; default: one a processor.
    #[arg(long, value_name = "N")]
    jobs: Option<NonZeroUsize>,
    /// Play them in another order, which this number decides.
    #[arg(long, value_name = "SEED")]
    shuffle: Option<u64>,
    /// Write a report for build servers.
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    /// Print one JSON object a conversation, and one about all.
    #[arg(long)]
    json: bool,
    /// Delete snapshots whose conversation is gone.
    #[arg(long)]
    remove_unused: bool,
    /// Ask the real stores, and write down what they answer as fixtures.
    #[arg(long)]
    record: bool,
}

const EXAMPLES: &str = "\
Examples:
  sluicegate test                          all conversations here and below
  sluicegate test --review                 then decide about each difference
  sluicegate test --accept orders.resp     what this one gives now is right
  sluicegate test --check --junit out.xml  in CI: writes no snapshot
  sluicegate test --plugins plugins.d tests/conversations

A conversation NAME.resp has one command a line, as typed in redis-cli; `shop> PING` is said
by another client, `# …` is a comment. Lines with `@` direct: `@wait 5s`, `@close shop`,
`@fixtures FILE`, `@plugins DIR`, `@config FILE`, `@secret NAME`. What is accepted lies in
NAME.snap beside it, what differs or is new in NAME.snap.new; cargo-insta knows both.

Exit codes: 0 all as accepted, 1 something differs, is new or could not be played,
2 wrong arguments.";

/// The broker under test; `kafka` is the one of the configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Broker {
    Memory,
    Embedded,
    Kafka,
}

impl Broker {
    fn kind(self) -> BrokerKind {
        match self {
            Self::Memory => BrokerKind::Memory,
            Self::Embedded => BrokerKind::Embedded,
            Self::Kafka => BrokerKind::Kafka,
        }
    }
}

fn existing(path: &str) -> Result<PathBuf, String> {
    let path = PathBuf::from(path);
    if path.exists() { Ok(path) } else { Err("there is no such file or folder".into()) }
}

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

impl TestOptions {
    fn suite(&self) -> SuiteOptions {
        let processors = std::thread::available_parallelism().ok();
        let jobs = self.jobs.or(processors).map_or(1, NonZeroUsize::get);
        SuiteOptions { jobs, shuffle: self.shuffle }
    }

    fn update(&self) -> SnapshotUpdate {
        match (self.accept, self.check) {
            (true, _) => SnapshotUpdate::Accept,
            (_, true) => SnapshotUpdate::Nothing,
            _ => SnapshotUpdate::Pending,
        }
    }

    /// How many conversations are not as accepted.
    fn open(&self, summary: &report::Summary) -> usize {
        if self.accept { summary.failed } else { summary.bad() }
    }

    /// An error if not all conversations are as accepted.
    fn conclude(&self, open: usize, all: usize) -> anyhow::Result<()> {
        let hint = match (self.accept, self.check) {
            _ if open == 0 => return Ok(()),
            (true, _) => "mend what could not be played",
            (_, true) => "play them without --check, review and commit the snapshots",
            _ => "`sluicegate test --review` decides about each, `--accept` accepts all",
        };
        let are = if open == 1 { "is" } else { "are" };
        bail!("{open} of {} {are} not as accepted\n  hint:  {hint}", report::conversations(all))
    }
}
