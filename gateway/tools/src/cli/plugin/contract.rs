//! `sluicegate plugin contract`.

use std::io::Write as _;

use super::ContractOptions;
use crate::sdk::{CONTRACT_WIT, contract_page};

pub(super) fn run(options: &ContractOptions) -> anyhow::Result<()> {
    let text = if options.wit { CONTRACT_WIT.to_owned() } else { contract_page()? };
    // A reader that went away wants no more.
    let _ = std::io::stdout().lock().write_all(text.as_bytes());
    Ok(())
}
