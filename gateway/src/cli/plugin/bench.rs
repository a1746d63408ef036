//! `sluicegate plugin bench`.

use super::BenchOptions;

pub(super) fn run(options: &BenchOptions) -> anyhow::Result<()> {
    anyhow::bail!("not built yet: {options:?}")
}
