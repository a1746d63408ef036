//! `sluicegate plugin …`: what plugin authors do; one file an action.

use std::{net::SocketAddr, path::PathBuf};

use clap::{Args, Subcommand, builder::PossibleValuesParser};
use sluicegate::message::Role;

use crate::sdk::Language;

mod bench;
mod build;
mod burst;
mod call;
mod check;
mod contract;
mod dev;
mod file;
mod input;
mod new;
mod words;

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
    New(NewOptions),
    /// Compile projects and make components of them.
    Build(BuildOptions),
    /// Say what plugins are: roles, version, imports and the grants they need, size, limits.
    Check(CheckOptions),
    /// Make one call, and show what the plugin did.
    Call(CallOptions),
    /// Measure calls of each role, memory, and what making an instance takes.
    Bench(BenchOptions),
    /// Build on each save, load it into a running gateway, and show its log lines.
    Dev(DevOptions),
    /// Print the contract as a page.
    Contract(ContractOptions),
}

/// What `plugin new` takes.
#[derive(Args, Debug)]
pub(super) struct NewOptions {
    /// The plugin's name, also its folder's: letters a-z, digits and `-`.
    name: String,
    /// The language to write it in.
    #[arg(long, value_name = "LANGUAGE", value_parser = PossibleValuesParser::new(Language::ALL.map(Language::name)))]
    lang: String,
    /// What it does with messages; several may be given.
    #[arg(long, required = true, value_delimiter = ',', value_name = "ROLE", value_parser = PossibleValuesParser::new(Role::ALL.map(Role::name)))]
    role: Vec<String>,
    /// Where the project goes; default: a folder of its name, here.
    #[arg(long, value_name = "DIR")]
    folder: Option<PathBuf>,
}

/// What `plugin build` takes.
#[derive(Args, Debug)]
pub(super) struct BuildOptions {
    /// Folders of projects.
    #[arg(default_value = ".", value_name = "DIR")]
    folders: Vec<PathBuf>,
    /// Where the components go; default: `build` in each project.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// What `plugin check` takes.
#[derive(Args, Debug)]
pub(super) struct CheckOptions {
    /// Plugin files; the settings file of each is the one beside it.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

/// What `plugin call` takes.
#[derive(Args, Debug)]
pub(super) struct CallOptions {
    /// The plugin file.
    file: PathBuf,
    /// What to call it as; default: the one role it has.
    #[arg(long, value_name = "ROLE", value_parser = PossibleValuesParser::new(Role::ALL.map(Role::name)))]
    role: Option<String>,
    /// What the call is about, as one JSON object: `topic`, `key`, `value`, `headers` (name and
    /// value of each), `principal`, `timestamp_ms`; for a partitioner also `partitions`, `keys`; for
    /// an authenticator `username`, `secret`, `peer`. A key or value is a text, `{"hex": "00ff"}`,
    /// null, or other JSON, which is sent as it is written.
    #[arg(long, value_name = "JSON", default_value = "{}")]
    json: String,
    /// The way back: `on-consume` of a filter, `decode` of a transcoder.
    #[arg(long)]
    consume: bool,
    /// The settings file; default: the one beside the plugin file.
    #[arg(long, value_name = "FILE")]
    settings: Option<PathBuf>,
}

/// What `plugin bench` takes.
#[derive(Args, Debug)]
pub(super) struct BenchOptions {
    /// Plugin files; the settings file of each is the one beside it.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// What the calls are about, as for `plugin call`; default: a message with a key of 12 bytes, a
    /// value of 200 and 3 headers, and the login of user `demo`.
    #[arg(long, value_name = "JSON")]
    json: Option<String>,
    /// Calls after which memory is looked at.
    #[arg(long, default_value_t = 100_000, value_name = "N")]
    calls: u64,
    /// Print a table in Markdown.
    #[arg(long)]
    markdown: bool,
}

/// What `plugin dev` takes.
#[derive(Args, Debug)]
pub(super) struct DevOptions {
    /// The project's folder.
    #[arg(default_value = ".", value_name = "DIR")]
    folder: PathBuf,
    /// The plugin folder of the running gateway.
    #[arg(long, env = "SLUICEGATE_PLUGINS", default_value = "plugins.d", value_name = "DIR")]
    plugins: PathBuf,
    /// The running gateway.
    #[arg(long, env = "SLUICEGATE_LISTEN", default_value = "127.0.0.1:6380", value_name = "ADDR")]
    address: SocketAddr,
    /// Log in with this user and password, `user:password`, or with this password alone.
    #[arg(long, env = "SLUICEGATE_LOGIN", hide_env_values = true, value_name = "LOGIN")]
    login: Option<String>,
}

/// What `plugin contract` takes.
#[derive(Args, Debug)]
pub(super) struct ContractOptions {
    /// The WIT itself.
    #[arg(long)]
    wit: bool,
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
