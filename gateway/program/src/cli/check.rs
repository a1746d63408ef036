//! `sluicegate check`: every problem at once, the plugins loaded, their stores and Kafka asked, as `serve` would.

use anyhow::anyhow;
use sluicegate::{config, pipeline::Chain, startup};

use super::options::Options;

pub(super) fn run(options: &Options) -> anyhow::Result<()> {
    let settings = config::read(options.config.as_deref(), &options.overrides())?;
    let (_, chain) = if settings.plugins.folder.exists() {
        let (reloader, chain) = startup::load_plugins(&settings)?;
        (Some(reloader), chain)
    } else {
        (None, Chain::new(1, Vec::new()))
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let stores = runtime.block_on(stores(&chain))?;
    let clusters = runtime.block_on(startup::check_clusters(&settings))?;
    #[expect(clippy::print_stdout, reason = "the answer to `check`")]
    {
        for plugin in chain.plugins() {
            let roles: Vec<_> = plugin.roles().iter().map(|role| role.name()).collect();
            println!("plugin {}: {}", plugin.name(), roles.join(", "));
        }
        stores.iter().for_each(|store| println!("{store} answers"));
        for (cluster, warnings) in clusters {
            println!("kafka {cluster}");
            warnings.iter().for_each(|warning| println!("{warning}"));
        }
        println!("ok: the configuration and {} plugins are good", chain.plugins().len());
    }
    Ok(())
}

/// The stores that plugins may ask: each of them answers.
async fn stores(chain: &Chain) -> anyhow::Result<Vec<String>> {
    let mut stores = Vec::new();
    for plugin in chain.plugins() {
        for (section, answer) in plugin.greet_stores().await {
            let store = format!("store `{section}` of plugin `{}`", plugin.name());
            answer.map_err(|why| {
                let hint = "look at `url` there, at the variables in it, and at the store";
                let file = format!("{}.toml, `{section}`", plugin.name());
                anyhow!("{store} does not answer\n  where: {file}\n  cause: {why}\n  hint:  {hint}")
            })?;
            stores.push(store);
        }
    }
    Ok(stores)
}
