//! The command line: arguments, and one file a subcommand.
//!
//! Exit codes: 0 done, 1 it could not be done (the reason is on standard error), 2 the arguments
//! are wrong.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use sluicegate_tools::cli::{plugin, record, test};

mod check;
mod databus;
mod options;
mod serve;

use options::Options;

/// Redis clients in front, Kafka or a durable log behind, WebAssembly plugins between.
#[derive(Debug, Parser)]
#[command(name = "sluicegate", version, about, after_help = EXAMPLES)]
pub(crate) struct Cli {
    #[command(subcommand)]
    action: Action,
}

const EXAMPLES: &str = "\
Examples:
  sluicegate serve                                  loopback, port 6380, log in ./data
  sluicegate serve --config config/gateway.toml     everything as the file says
  sluicegate check --config config/gateway.toml     report all problems, load the plugins, end
  sluicegate check --databus databus.toml           print the equivalent configuration
  sluicegate check --databus databus.toml --write . write it to gateway.toml and plugins.d
  sluicegate plugin new shout --lang go --role filter    a project to begin with
  sluicegate plugin build shout                          shout/build/shout.wasm

Exit codes: 0 done, 1 it could not be done, 2 wrong arguments.";

#[derive(Debug, Subcommand)]
enum Action {
    /// Serve clients until SIGTERM or SIGINT, then drain.
    Serve(Options),
    /// Report every problem of the configuration, load the plugins, and end.
    Check(CheckOptions),
    /// Write, build, look at and try plugins.
    Plugin(plugin::PluginOptions),
    /// Play conversations and compare them with their snapshots.
    Test(test::TestOptions),
    /// Write down what clients say to a running gateway, as a conversation.
    Record(record::RecordOptions),
    /// Print the version.
    Version,
}

/// What `check` takes.
#[derive(Args, Clone, Debug)]
struct CheckOptions {
    #[command(flatten)]
    options: Options,
    /// Print what this databus.toml means here, and what becomes of each of its
    /// keys; nothing else is checked then.
    #[arg(long, value_name = "FILE")]
    databus: Option<PathBuf>,
    /// Write the files that `--databus` would print below this folder; none is overwritten.
    #[arg(long, value_name = "FOLDER", requires = "databus")]
    write: Option<PathBuf>,
}

impl Cli {
    /// Does what the arguments ask for.
    ///
    /// # Errors
    /// What could not be done, for a person to read.
    pub(crate) fn run(self) -> anyhow::Result<()> {
        match self.action {
            Action::Serve(options) => serve::run(&options),
            Action::Check(CheckOptions { databus: Some(file), write, .. }) => {
                databus::run(&file, write.as_deref())
            }
            Action::Check(CheckOptions { options, .. }) => check::run(&options),
            Action::Plugin(options) => plugin::run(options),
            Action::Test(options) => test::run(&options),
            Action::Record(options) => record::run(&options),
            Action::Version => {
                #[expect(clippy::print_stdout, reason = "the answer to `version`")]
                {
                    println!("sluicegate {}", env!("CARGO_PKG_VERSION"));
                }
                Ok(())
            }
        }
    }
}
