//! `sluicegate plugin contract`.

use std::io::Write as _;

use super::ContractOptions;
use crate::sdk::CONTRACT_WIT;

pub(super) fn run(options: &ContractOptions) -> anyhow::Result<()> {
    if !options.wit {
        anyhow::bail!("the page is not built yet; `--wit` prints the contract itself")
    }
    // A reader that went away wants no more.
    let _ = std::io::stdout().lock().write_all(CONTRACT_WIT.as_bytes());
    Ok(())
}
