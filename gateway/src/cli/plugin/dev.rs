//! `sluicegate plugin dev`.

use super::DevOptions;

pub(super) fn run(options: &DevOptions) -> anyhow::Result<()> {
    anyhow::bail!("not built yet: {options:?}")
}
