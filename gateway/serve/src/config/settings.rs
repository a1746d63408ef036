//! Settings as the rest of the gateway uses them: checked, with units in the types.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use crate::{
    broker::kafka::settings::ClusterSettings, entry::Streams, message::StartAt,
    telemetry::LogSettings,
};

/// Everything a gateway is built from.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where clients connect, and how long and how much they may.
    pub listen: ListenSettings,
    /// The HTTP surface; `None` where there is none.
    pub http: Option<HttpSettings>,
    /// What one request may cost.
    pub limits: LimitSettings,
    /// What stands behind the gateway.
    pub broker: BrokerSettings,
    /// How topics come to be.
    pub topics: TopicSettings,
    /// How topics are used as streams.
    pub streams: Streams,
    /// Defaults of the databus commands.
    pub databus: DatabusSettings,
    /// Consumer groups of streams.
    pub groups: GroupSettings,
    /// Where plugins are.
    pub plugins: PluginFolder,
    /// What is logged.
    pub log: LogSettings,
}

impl Settings {
    /// True if only this machine can connect, whatever it speaks.
    pub fn is_local(&self) -> bool {
        let http = self.http.as_ref();
        self.listen.is_local() && http.is_none_or(|http| http.address.ip().is_loopback())
    }
}

/// `[listen]`.
#[derive(Clone, Debug)]
pub struct ListenSettings {
    /// TCP address; `None` listens on the unix socket only.
    pub address: Option<SocketAddr>,
    /// Path of the unix socket.
    pub unix_socket: Option<PathBuf>,
    /// Most connections at once, over all listeners.
    pub connections_max: usize,
    /// Ends connections that sent nothing for so long; `None` never.
    pub idle_timeout: Option<Duration>,
    /// The same before the client has logged in.
    pub login_timeout: Duration,
    /// Ends connections that do not take their replies for so long.
    pub write_timeout: Duration,
    /// Largest single reply, in bytes.
    pub output_bytes_max: usize,
    /// Most bytes that wait for one subscriber before it is cut off.
    pub subscriber_bytes_max: usize,
    /// How long connections may finish after SIGTERM.
    pub drain: Duration,
}

impl ListenSettings {
    /// True if only this machine can connect.
    pub fn is_local(&self) -> bool {
        self.address.is_none_or(|address| address.ip().is_loopback())
    }
}

/// `[http]`.
#[derive(Clone, Debug)]
pub struct HttpSettings {
    /// TCP address.
    pub address: SocketAddr,
    /// Most connections at once.
    pub connections_max: usize,
    /// A request's head must have come within this time; it also ends connections that are silent
    /// for so long between requests.
    pub header_timeout: Duration,
    /// The body must have come within this time.
    pub body_timeout: Duration,
    /// Largest body of a request.
    pub body_bytes_max: usize,
}

/// `[limits]`.
#[derive(Clone, Debug)]
pub struct LimitSettings {
    /// Largest value a client may publish.
    pub value_bytes_max: usize,
    /// Largest request of a logged-in client.
    pub request_bytes_max: usize,
    /// A publish is answered within this time.
    pub publish_deadline: Duration,
    /// Commands that take as long show in SLOWLOG.
    pub slow_after: Duration,
}

/// `[broker]`.
#[derive(Clone, Debug)]
pub struct BrokerSettings {
    /// Which implementation.
    pub kind: BrokerKind,
    /// Data folder of the embedded log.
    pub folder: PathBuf,
    /// A segment is sealed when it passes this size.
    pub segment_bytes: u64,
    /// Oldest segments go when a partition passes this size.
    pub retention_bytes: Option<u64>,
    /// Segments go when all their records are older.
    pub retention: Option<Duration>,
    /// Most bytes waiting to be stored.
    pub queue_bytes_max: usize,
    /// Kafka clusters; empty for the other kinds.
    pub clusters: Vec<ClusterSettings>,
    /// Name of the cluster of clients whose login names none.
    pub cluster: String,
}

/// Which broker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BrokerKind {
    /// The durable log in a folder.
    Embedded,
    /// The same without a folder: gone when the process ends.
    Memory,
    /// Apache Kafka.
    Kafka,
}

/// `[topics]`.
#[derive(Clone, Debug)]
pub struct TopicSettings {
    /// Publishing to a topic that does not exist makes it.
    pub create: bool,
    /// Partitions of topics made without saying how many.
    pub partitions: u32,
    /// DEL deletes topics, for logins with admin rights.
    pub delete: bool,
    /// Most topics there may be.
    pub max: usize,
}

/// `[groups]`.
#[derive(Clone, Copy, Debug)]
pub struct GroupSettings {
    /// How long the gateway stays in a consumer group of streams that no connection uses.
    pub linger: Duration,
}

/// `[databus]`.
#[derive(Clone, Debug)]
pub struct DatabusSettings {
    /// Longest wait of an MGET.
    pub block: Duration,
    /// Most messages of an MGET.
    pub batch: u32,
    /// Where a group without a committed offset starts; never `Configured`.
    pub start_at: StartAt,
}

/// `[plugins]`.
#[derive(Clone, Debug)]
pub struct PluginFolder {
    /// Every `*.wasm` in it is a plugin.
    pub folder: PathBuf,
    /// Compiled code is kept here; `None` compiles at every start.
    pub cache_folder: Option<PathBuf>,
}
