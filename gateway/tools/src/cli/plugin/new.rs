//! `sluicegate plugin new`.

use std::io::Write as _;

use sluicegate::message::Role;

use super::NewOptions;
use crate::sdk::{Roles, Template};

pub(super) fn run(options: NewOptions) -> anyhow::Result<()> {
    let roles: Vec<_> = options.role.iter().filter_map(|name| Role::parse(name)).collect();
    let language = options.lang.parse().map_err(anyhow::Error::msg)?;
    let folder = options.folder.unwrap_or_else(|| options.name.clone().into());
    let template = Template { name: options.name, language, roles: Roles::new(&roles) };
    let files = template.write(&folder)?;
    let mut out = std::io::stdout().lock();
    // A reader that went away wants no more lines.
    for file in &files {
        let _ = writeln!(out, "{}", folder.join(file).display());
    }
    let _ = writeln!(out, "\nnext: read {}", folder.join("README.md").display());
    Ok(())
}
