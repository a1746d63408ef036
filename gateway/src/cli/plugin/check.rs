//! `sluicegate plugin check`.

use super::CheckOptions;

pub(super) fn run(options: &CheckOptions) -> anyhow::Result<()> {
    anyhow::bail!("not built yet: {options:?}")
}
