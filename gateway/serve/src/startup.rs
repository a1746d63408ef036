//! Settings become a gateway: the one place where parts are joined.

use std::{path::PathBuf, sync::Arc, time::Duration};

use anyhow::{Context as _, bail};
use tokio::sync::mpsc;

use crate::{
    clock::Clock,
    config::{PluginFolder, Settings, Variables},
    http::HttpListener,
    listener::Listener,
    pipeline::Chain,
    plugin::{Engine, EngineSettings},
    reload::{self, ReloadTarget, Reloader, Watch},
    services::Services,
};

/// Longest time a gateway that stops takes to leave its consumer groups.
const GROUPS_LEAVE: Duration = Duration::from_secs(5);

mod brokers;
mod services;
mod in_process;

pub use brokers::check as check_clusters;
pub use in_process::InProcessGateway;
use services::{Parts, services};

/// A gateway that is ready to serve.
#[derive(Debug)]
pub struct Gateway {
    listener: Listener,
    http: Option<HttpListener>,
    services: Arc<Services>,
    reloader: tokio::task::JoinHandle<std::io::Result<()>>,
    drain: Duration,
}

/// The plugins of a folder, loaded; what `sluicegate check` looks at.
///
/// # Errors
/// A plugin is refused, or clients beyond this machine could connect without login.
pub fn load_plugins(settings: &Settings) -> anyhow::Result<(Reloader, Chain)> {
    load_plugins_of(settings, None, Variables::Environment)
}

/// The same; of a project only its own plugin, by the settings file of the `project`. `variables` say
/// what `${NAME}` in settings stands for.
///
/// # Errors
/// As [`load_plugins`].
pub fn load_plugins_of(
    settings: &Settings,
    project: Option<PathBuf>,
    variables: Variables,
) -> anyhow::Result<(Reloader, Chain)> {
    let PluginFolder { folder, cache_folder } = settings.plugins.clone();
    let engine_settings = EngineSettings { cache_folder, ..EngineSettings::default() };
    let engine = Engine::new(&engine_settings).context("starting the WebAssembly engine")?;
    let reloader = Reloader::new(Arc::new(engine), folder.clone());
    let mut reloader = reloader.of_project(project).with_variables(variables);
    let chain = reloader.look().context("the plugin folder was looked at already")?;
    let refusals = reloader.refusals();
    if !refusals.is_empty() {
        let lines: Vec<_> = refusals
            .iter()
            .map(|(name, why)| format!("plugin `{name}` was refused\n  cause: {why}"))
            .collect();
        bail!(
            "{}\n  hint:  mend or remove the files in `{}`; a gateway does not start without its plugins",
            lines.join("\n"),
            folder.display()
        );
    }
    if !settings.is_local() && !chain.authenticates() {
        bail!(
            "anyone could connect: `{}` is beyond loopback and no plugin authenticates\n  \
             hint:  put an authenticator such as auth-static.wasm into `{}`, or listen on 127.0.0.1",
            if settings.listen.is_local() { "http.address" } else { "listen.address" },
            folder.display()
        );
    }
    Ok((reloader, chain))
}

/// Builds everything and binds the port; nobody is served yet.
///
/// # Errors
/// Whatever keeps the gateway from serving as its settings say.
pub async fn build(settings: Settings) -> anyhow::Result<Gateway> {
    std::fs::create_dir_all(&settings.plugins.folder).with_context(|| {
        format!("making the plugin folder `{}`", settings.plugins.folder.display())
    })?;
    // Before the plugins are read: a file that comes while they load must not be missed.
    let watch = Watch::new(&settings.plugins.folder)?;
    // Before the port opens: a plugin that does not load must stop the start, not a client.
    let loading = settings.clone();
    let loaded = tokio::task::spawn_blocking(move || load_plugins(&loading)).await;
    let (reloader, chain) = loaded.context("loading the plugins")??;
    // Before the port opens too: what is stored must be readable.
    let clusters = brokers::open(&settings, Clock::System).await?;
    let (reload, requests) = mpsc::channel(reload::REQUESTS_MAX);
    let plugin_logs = reloader.plugin_logs();
    let parts =
        Parts { chain, clusters, reload, plugin_logs, clock: Clock::System, recorder: None };
    let services = Arc::new(services(&settings, parts));
    let reloader = tokio::spawn(reload::run(reloader, reload_target(&services), watch, requests));
    // Last: a client may speak the moment this returns.
    let listener = Listener::bind(&settings.listen, Arc::clone(&services)).await?;
    let http = match settings.http {
        Some(http) => {
            let deadline = settings.limits.publish_deadline;
            Some(HttpListener::bind(http, deadline, Arc::clone(&services)).await?)
        }
        None => None,
    };
    Ok(Gateway { listener, http, services, reloader, drain: settings.listen.drain })
}

impl Gateway {
    /// Serves until `stop` ends.
    pub async fn run_until(&mut self, stop: impl Future<Output = ()>) {
        if let Some(address) = self.http.as_ref().and_then(HttpListener::address) {
            tracing::info!(%address, "listening for http");
        }
        if let Some(address) = self.listener.address() {
            tracing::info!(%address, "listening");
        } else {
            tracing::info!("listening on the unix socket");
        }
        tokio::select! {
            () = self.listener.accept_all() => {}
            () = accept_http(self.http.as_mut()) => {}
            () = stop => {}
        }
    }

    /// Finishes: no new clients, those there may end what they have in hand, everything is stored.
    ///
    /// # Errors
    /// The broker could not store what it had taken.
    pub async fn drain(self) -> anyhow::Result<()> {
        tracing::info!("draining");
        let http = async {
            match self.http {
                Some(http) => http.drain(self.drain).await,
                None => 0,
            }
        };
        let (sessions, requests) = tokio::join!(self.listener.drain(self.drain), http);
        let ended = sessions + requests;
        if ended > 0 {
            tracing::warn!(sessions = ended, "sessions ended before they were done");
        }
        self.reloader.abort();
        // Before the brokers close: others get this gateway's partitions at once.
        self.services.groups.close(GROUPS_LEAVE).await;
        for cluster in self.services.pipeline.clusters().all() {
            let closed = cluster.broker.close().await;
            closed.with_context(|| format!("closing `{}`", cluster.name))?;
        }
        tracing::info!("stopped");
        Ok(())
    }
}

fn reload_target(services: &Services) -> ReloadTarget {
    ReloadTarget {
        pipeline: Arc::clone(&services.pipeline),
        logins: Arc::clone(&services.logins),
        counters: Arc::clone(&services.counters),
        refusals: Arc::clone(&services.refusals),
        is_local: services.settings.is_local,
    }
}

async fn accept_http(http: Option<&mut HttpListener>) {
    match http {
        Some(http) => http.accept_all().await,
        None => std::future::pending().await,
    }
}
