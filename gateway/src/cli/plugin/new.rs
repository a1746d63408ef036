//! `sluicegate plugin new`.

use super::NewOptions;
use crate::{
    message::Role,
    sdk::{Roles, Template},
};

pub(super) fn run(options: NewOptions) -> anyhow::Result<()> {
    let roles: Vec<_> = options.role.iter().filter_map(|name| Role::parse(name)).collect();
    let language = options.lang.parse().map_err(anyhow::Error::msg)?;
    let folder = options.folder.unwrap_or_else(|| options.name.clone().into());
    let template = Template { name: options.name, language, roles: Roles::new(&roles) };
    let files = template.write(&folder)?;
    #[expect(clippy::print_stdout, reason = "the answer to `plugin new`")]
    {
        files.iter().for_each(|file| println!("{}", folder.join(file).display()));
        println!("\nnext: read {}", folder.join("README.md").display());
    }
    Ok(())
}
