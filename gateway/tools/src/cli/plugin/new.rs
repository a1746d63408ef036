//! `sluicegate plugin new`.

use std::{io::Write as _, path::PathBuf};

use clap::{Args, builder::PossibleValuesParser};
use sluicegate::message::Role;

use crate::sdk::{Language, Roles, Template};

/// What `plugin new` takes.
#[derive(Args, Debug)]
pub(super) struct NewOptions {
    /// The plugin's name, also its folder's: letters a-z, digits and `-`.
    name: String,
    /// The language to write it in.
    #[arg(long, value_name = "LANGUAGE", value_parser = PossibleValuesParser::new(Language::ALL.map(Language::name)))]
    lang: String,
    /// What it does with messages; several may be given.
    #[arg(long, required = true, value_delimiter = ',', value_name = "ROLE", value_parser = PossibleValuesParser::new(Role::ALL.map(Role::name)))]
    role: Vec<String>,
    /// Where the project goes; default: a folder of its name, here.
    #[arg(long, value_name = "DIR")]
    folder: Option<PathBuf>,
}

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
