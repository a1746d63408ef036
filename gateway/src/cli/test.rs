//! `sluicegate test`: conversations played against the real gateway, compared with their snapshots.

use std::path::PathBuf;

use clap::Args;

#[allow(dead_code, reason = "called once the tool writes pending snapshots")]
mod review; // pending snapshots, decided with one key each

/// What `test` takes.
#[derive(Args, Clone, Debug)]
pub(super) struct TestOptions {
    /// Conversation files (`*.resp`) and folders of them.
    #[arg(default_value = ".")]
    paths: Vec<PathBuf>,
    /// Configuration of the gateway under test; its plugins are used too.
    #[arg(long, env = "SLUICEGATE_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    /// Folder of plugins, in place of the configuration's.
    #[arg(long, env = "SLUICEGATE_PLUGINS", value_name = "DIR")]
    plugins: Option<PathBuf>,
}

pub(super) fn run(_options: &TestOptions) -> anyhow::Result<()> {
    anyhow::bail!("not yet")
}
