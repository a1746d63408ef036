//! Settings become a gateway: the one place where parts are joined.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context as _, bail};
use tokio::sync::mpsc;

use crate::{
    broker::Clusters,
    channels::Channels,
    config::{PluginFolder, Settings},
    http::HttpListener,
    idempotence::Windows,
    listener::Listener,
    login::Logins,
    order::Orders,
    pipeline::{Chain, Pipeline, PipelineSettings},
    plugin::{Engine, EngineSettings, LogBooks},
    reload::{self, Refusals, Reloader, Watch},
    resp::Limits,
    session::{Registry, ReloadRequest, Services, SessionSettings},
    telemetry::{Counters, Pace, Slowlog},
};

/// Longest time a gateway that stops takes to leave its consumer groups.
const GROUPS_LEAVE: Duration = Duration::from_secs(5);

mod brokers;

pub use brokers::check as check_clusters;

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
    let PluginFolder { folder, cache_folder } = settings.plugins.clone();
    let engine_settings = EngineSettings { cache_folder, ..EngineSettings::default() };
    let engine = Engine::new(&engine_settings).context("starting the WebAssembly engine")?;
    let mut reloader = Reloader::new(Arc::new(engine), folder.clone());
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
    let clusters = brokers::open(&settings).await?;
    let (reload, requests) = mpsc::channel(reload::REQUESTS_MAX);
    let logbooks = reloader.logbooks();
    let services = Arc::new(services(&settings, chain, clusters, reload, logbooks));
    let reloader = tokio::spawn(reload::run(reloader, Arc::clone(&services), watch, requests));
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

fn services(
    settings: &Settings,
    chain: Chain,
    clusters: Clusters,
    reload: mpsc::Sender<ReloadRequest>,
    logbooks: LogBooks,
) -> Services {
    let counters = Arc::new(Counters::default());
    let pipeline_settings = PipelineSettings {
        publish_deadline: settings.limits.publish_deadline,
        create_topics: settings.topics.create,
        partitions: settings.topics.partitions,
        topics_max: settings.topics.max,
    };
    let request_bytes_max = u32::try_from(settings.limits.request_bytes_max).unwrap_or(u32::MAX);
    let session_settings = SessionSettings {
        idle_timeout: settings.listen.idle_timeout,
        login_timeout: settings.listen.login_timeout,
        write_timeout: settings.listen.write_timeout,
        publish_deadline: settings.limits.publish_deadline,
        output_bytes_max: settings.listen.output_bytes_max,
        value_bytes_max: settings.limits.value_bytes_max,
        limits: Limits { request_bytes_max, ..Limits::AUTHENTICATED },
        databus: settings.databus.clone(),
        group_linger: settings.groups.linger,
        slow_after: settings.limits.slow_after,
        port: settings.listen.address.map_or(0, |address| address.port()),
        connections_max: settings.listen.connections_max,
        partitions: settings.topics.partitions,
        delete_topics: settings.topics.delete,
        streams: settings.streams.clone(),
        is_local: settings.is_local(),
    };
    let pipeline = Pipeline::new(chain, clusters, pipeline_settings, Arc::clone(&counters));
    let pipeline = Arc::new(pipeline);
    let channels = Channels::new(Arc::clone(&pipeline), settings.listen.subscriber_bytes_max);
    Services {
        logins: Logins::new(Arc::clone(&pipeline) as _, Arc::clone(&counters)),
        pipeline,
        groups: Arc::default(),
        windows: Windows::default(),
        orders: Orders::default(),
        channels,
        settings: session_settings,
        counters,
        pace: Pace::default(),
        slowlog: Slowlog::default(),
        registry: Arc::new(Registry::default()),
        reload,
        refusals: Arc::new(Refusals::default()),
        logbooks,
        started: Instant::now(),
    }
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

async fn accept_http(http: Option<&mut HttpListener>) {
    match http {
        Some(http) => http.accept_all().await,
        None => std::future::pending().await,
    }
}
