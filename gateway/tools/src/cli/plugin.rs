//! `sluicegate plugin …`: what plugin authors do; one file an action.

use clap::{Args, Subcommand};

mod new;
mod build;
mod check;
mod call;
mod bench;
mod dev;
mod contract;
mod file; //  a plugin file with its settings
mod input; // what a call is about
mod units; // sizes and times as text

pub(super) use call::cache_folder;

/// What `plugin` takes.
#[derive(Args, Debug)]
pub struct PluginOptions {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Make a project: source, build file, settings, conversation and a page about it.
    New(new::NewOptions),
    /// Compile projects and make components of them.
    Build(build::BuildOptions),
    /// Say what plugins are: roles, version, imports and the grants they need, size, limits.
    Check(check::CheckOptions),
    /// Make one call, and show what the plugin did.
    Call(call::CallOptions),
    /// Measure calls of each role, memory, and what making an instance takes.
    Bench(bench::BenchOptions),
    /// Build on each save, load it into a running gateway, and show its log lines.
    Dev(dev::DevOptions),
    /// Print the contract as a page.
    Contract(contract::ContractOptions),
}

/// Does what the arguments of `sluicegate plugin` ask for.
///
/// # Errors
/// What could not be done, for a person to read.
pub fn run(options: PluginOptions) -> anyhow::Result<()> {
    match options.action {
        Action::New(options) => new::run(options),
        Action::Build(options) => build::run(&options),
        Action::Check(options) => check::run(&options),
        Action::Call(options) => call::run(&options),
        Action::Bench(options) => bench::run(&options),
        Action::Dev(options) => dev::run(&options),
        Action::Contract(options) => contract::run(&options),
    }
}
