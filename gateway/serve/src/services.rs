//! What all sessions share.

use std::{sync::Arc, time::Duration};

use tokio::{sync::mpsc, time::Instant};

use crate::{
    broker::Cluster,
    channels::Channels,
    clients::{Monitors, Registry},
    clock::Clock,
    config::DatabusSettings,
    consumer::Groups,
    entry::Streams,
    idempotence::Windows,
    login::{Login, LoginCache},
    message::{Grant, Rejection},
    order::Orders,
    pipeline::Pipeline,
    plugin::PluginLogs,
    reload::{Refusals, ReloadRequest},
    resp::Limits,
    telemetry::{Counters, RateSampler, Slowlog},
};

/// Times and sizes of sessions.
#[derive(Clone, Debug)]
pub struct SessionSettings {
    /// Ends connections that sent nothing for so long; `None` never.
    pub idle_timeout: Option<Duration>,
    /// The same before login.
    pub login_timeout: Duration,
    /// Ends connections that do not take their replies for so long.
    pub write_timeout: Duration,
    /// Largest single reply, in bytes.
    pub output_bytes_max: usize,
    /// A publish is answered within this time.
    pub publish_deadline: Duration,
    /// Largest value a client may publish, in bytes.
    pub value_bytes_max: usize,
    /// Request limits of logged-in clients.
    pub limits: Limits,
    /// Defaults of the databus commands.
    pub databus: DatabusSettings,
    /// How long the gateway stays in a stream group that no connection uses.
    pub group_linger: Duration,
    /// Commands that take as long are noted in the slow log.
    pub slow_after: Duration,
    /// TCP port in the settings; 0 where there is none.
    pub port: u16,
    /// Most connections at once.
    pub connections_max: usize,
    /// Partitions of topics made without saying how many.
    pub partitions: u32,
    /// DEL deletes topics, for those who may.
    pub delete_topics: bool,
    /// How topics are used as streams.
    pub streams: Streams,
    /// True if the gateway listens for this machine only: clients may then do without login where
    /// there is no authenticator.
    pub is_local: bool,
}

/// Made once at start-up, shared by all sessions.
#[derive(Debug)]
pub struct Services {
    /// The way of messages.
    pub pipeline: Arc<Pipeline>,
    /// Who is logged in.
    pub logins: Arc<LoginCache>,
    /// Consumer groups.
    pub groups: Arc<Groups>,
    /// What idempotent producers sent lately.
    pub windows: Windows,
    /// The order of topics with several partitions.
    pub orders: Orders,
    /// Who listens to topics.
    pub channels: Arc<Channels>,
    /// Times and sizes.
    pub settings: SessionSettings,
    /// What is counted.
    pub counters: Arc<Counters>,
    /// How fast commands come, and bytes come and go.
    pub rates: RateSampler<3>,
    /// The commands that took long.
    pub slowlog: Slowlog,
    /// Who is connected.
    pub registry: Arc<Registry>,
    /// The clients that run MONITOR.
    pub monitors: Arc<Monitors>,
    /// Where `PLUGIN RELOAD` sends its wish.
    pub reload: mpsc::Sender<ReloadRequest>,
    /// Plugin files that were refused: name and reason.
    pub refusals: Arc<Refusals>,
    /// The last lines about each plugin.
    pub plugin_logs: PluginLogs,
    /// What time it is.
    pub clock: Clock,
    /// When the gateway started.
    pub started: Instant,
}

impl Services {
    /// The login of a client that need not log in, where that is allowed.
    pub(crate) fn open_login(&self) -> Option<Login> {
        self.logins.open().filter(|_| self.settings.is_local)
    }

    /// The cluster that a grant names.
    pub(crate) fn cluster_of(&self, grant: &Grant) -> Result<Cluster, Rejection> {
        let name = grant.cluster.as_deref();
        self.pipeline.clusters().get(name).cloned().ok_or_else(|| {
            tracing::warn!(
                cluster = name,
                principal = grant.principal,
                "grant names a cluster that is not configured"
            );
            Rejection::err("cluster not exist: the cluster of this login is not configured here")
        })
    }
}
