//! The arguments of `sluicegate test`.

use std::{num::NonZeroUsize, path::PathBuf};

use anyhow::bail;
use clap::{Args, ValueEnum};
use sluicegate::config::BrokerKind;

use super::report;
use crate::conversation::suite::{SnapshotUpdate, SuiteOptions};

/// What `test` takes.
#[derive(Args, Clone, Debug)]
#[command(after_help = EXAMPLES)]
#[expect(clippy::struct_excessive_bools, reason = "each is a separate flag")]
pub struct TestOptions {
    /// Conversation files (`*.resp`) and folders of them.
    #[arg(default_value = ".", value_name = "PATH", value_parser = existing)]
    pub(super) paths: Vec<PathBuf>,
    /// Configuration of the gateway under test; its plugins are used too.
    #[arg(long, env = "SLUICEGATE_CONFIG", value_name = "FILE", value_parser = existing)]
    pub(super) config: Option<PathBuf>,
    /// Folder of plugins, in place of the configuration's.
    #[arg(long, env = "SLUICEGATE_PLUGINS", value_name = "DIR")]
    pub(super) plugins: Option<PathBuf>,
    /// Accept whatever differs or is new.
    #[arg(long, conflicts_with_all = ["check", "review"])]
    pub(super) accept: bool,
    /// Write nothing; what is new is a failure too. For build servers.
    #[arg(long, conflicts_with_all = ["review", "remove_unused", "record"])]
    pub(super) check: bool,
    /// Decide about each difference with a key.
    #[arg(long, conflicts_with = "json")]
    pub(super) review: bool,
    /// Only conversations whose path contains this text.
    #[arg(long, value_name = "TEXT")]
    pub(super) filter: Option<String>,
    /// What stands behind the gateway.
    #[arg(long, value_enum, default_value = "memory")]
    pub(super) broker: Broker,
    /// How many conversations are played at once; default: one a processor.
    #[arg(long, value_name = "N")]
    pub(super) jobs: Option<NonZeroUsize>,
    /// Play them in another order, which this number decides.
    #[arg(long, value_name = "SEED")]
    pub(super) shuffle: Option<u64>,
    /// Write a report for build servers.
    #[arg(long, value_name = "FILE")]
    pub(super) junit: Option<PathBuf>,
    /// Print one JSON object a conversation, and one about all.
    #[arg(long)]
    pub(super) json: bool,
    /// Delete snapshots whose conversation is gone.
    #[arg(long)]
    pub(super) remove_unused: bool,
    /// Ask the real stores, and write down what they answer as fixtures.
    #[arg(long)]
    pub(super) record: bool,
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
pub(super) enum Broker {
    Memory,
    Embedded,
    Kafka,
}

impl Broker {
    pub(super) fn kind(self) -> BrokerKind {
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

impl TestOptions {
    pub(super) fn suite(&self) -> SuiteOptions {
        let processors = std::thread::available_parallelism().ok();
        let jobs = self.jobs.or(processors).map_or(1, NonZeroUsize::get);
        SuiteOptions { jobs, shuffle: self.shuffle }
    }

    pub(super) fn update(&self) -> SnapshotUpdate {
        match (self.accept, self.check) {
            (true, _) => SnapshotUpdate::Accept,
            (_, true) => SnapshotUpdate::Nothing,
            _ => SnapshotUpdate::Pending,
        }
    }

    /// How many conversations are not as accepted.
    pub(super) fn open(&self, summary: &report::Summary) -> usize {
        if self.accept { summary.failed } else { summary.bad() }
    }

    /// An error if not all conversations are as accepted.
    pub(super) fn conclude(&self, open: usize, all: usize) -> anyhow::Result<()> {
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
