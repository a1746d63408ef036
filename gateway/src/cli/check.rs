//! `sluicegate check`: every problem at once, the plugins loaded and Kafka asked as `serve` would.

use super::Options;
use crate::{config, startup};

pub(super) fn run(options: &Options) -> anyhow::Result<()> {
    let settings = config::read(options.config.as_deref(), &options.overrides())?;
    let (_, chain) = if settings.plugins.folder.exists() {
        let (reloader, chain) = startup::load_plugins(&settings)?;
        (Some(reloader), chain)
    } else {
        (None, crate::pipeline::Chain::new(1, Vec::new()))
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let clusters = runtime.block_on(startup::check_clusters(&settings))?;
    #[expect(clippy::print_stdout, reason = "the answer to `check`")]
    {
        for plugin in chain.plugins() {
            let roles: Vec<_> = plugin.roles().iter().map(|role| role.name()).collect();
            println!("plugin {}: {}", plugin.name(), roles.join(", "));
        }
        for (cluster, warnings) in clusters {
            println!("kafka {cluster}");
            warnings.iter().for_each(|warning| println!("{warning}"));
        }
        println!("ok: the configuration and {} plugins are good", chain.plugins().len());
    }
    Ok(())
}
