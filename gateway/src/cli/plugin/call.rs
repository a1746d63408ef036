//! `sluicegate plugin call`.

use super::CallOptions;

pub(super) fn run(options: &CallOptions) -> anyhow::Result<()> {
    anyhow::bail!("not built yet: {options:?}")
}
