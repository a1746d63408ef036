//! `sluicegate plugin contract`.

use std::io::Write as _;

use clap::Args;

use crate::sdk::{CONTRACT_WIT, contract_page};

/// What `plugin contract` takes.
#[derive(Args, Debug)]
pub(super) struct ContractOptions {
    /// The WIT itself.
    #[arg(long)]
    wit: bool,
}

pub(super) fn run(options: &ContractOptions) -> anyhow::Result<()> {
    let text = if options.wit { CONTRACT_WIT.to_owned() } else { contract_page()? };
    // A reader that went away wants no more.
    let _ = std::io::stdout().lock().write_all(text.as_bytes());
    Ok(())
}
