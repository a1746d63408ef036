//! `sluicegate record`: what clients say to a running gateway, as a conversation file.

use clap::Args;

/// What `record` takes.
#[derive(Args, Clone, Debug)]
pub(super) struct RecordOptions {
    /// Address of the gateway.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:6380")]
    from: String,
}

pub(super) fn run(_options: &RecordOptions) -> anyhow::Result<()> {
    anyhow::bail!("not yet")
}
