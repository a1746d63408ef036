//! What sessions share, made of its parts: for a gateway with ports and for one in a process.

use std::sync::Arc;

use tokio::{sync::mpsc, time::Instant};

use crate::{
    broker::Clusters,
    channels::Channels,
    clients::{Monitors, Registry},
    clock::Clock,
    config::Settings,
    idempotence::Windows,
    login::LoginCache,
    order::Orders,
    pipeline::{Chain, Pipeline, PipelineSettings},
    plugin::PluginLogs,
    reload::{Refusals, ReloadRequest},
    resp::Limits,
    services::{Services, SessionSettings},
    telemetry::{Counters, RateSampler, Slowlog},
    trace::Recorder,
};

/// What the settings do not say.
#[derive(Debug)]
pub(super) struct Parts {
    /// The plugins that are in force first.
    pub(super) chain: Chain,
    /// What stands behind the gateway, opened.
    pub(super) clusters: Clusters,
    /// Who hears of wishes to look at the plugin folder again.
    pub(super) reload: mpsc::Sender<ReloadRequest>,
    /// The last lines about each plugin.
    pub(super) plugin_logs: PluginLogs,
    /// What time it is.
    pub(super) clock: Clock,
    /// Who wants the traces of messages and logins.
    pub(super) recorder: Option<Arc<Recorder>>,
}

/// Joins the parts. Nothing is bound and no task is started.
pub(super) fn services(settings: &Settings, parts: Parts) -> Services {
    let Parts { chain, clusters, reload, plugin_logs, clock, recorder } = parts;
    let counters = Arc::new(Counters::default());
    let pipeline_settings = PipelineSettings {
        publish_deadline: settings.limits.publish_deadline,
        create_topics: settings.topics.create,
        partitions: settings.topics.partitions,
        topics_max: settings.topics.max,
    };
    let pipeline = Pipeline::new(chain, clusters, pipeline_settings, Arc::clone(&counters));
    let pipeline = match recorder {
        Some(recorder) => pipeline.recorded(recorder),
        None => pipeline,
    };
    let pipeline = Arc::new(pipeline);
    let channels = Channels::new(Arc::clone(&pipeline), settings.listen.subscriber_bytes_max);
    Services {
        logins: LoginCache::new(Arc::clone(&pipeline) as _, Arc::clone(&counters), clock),
        pipeline,
        groups: Arc::default(),
        windows: Windows::default(),
        orders: Orders::default(),
        channels,
        settings: session_settings(settings),
        counters,
        rates: RateSampler::default(),
        slowlog: Slowlog::default(),
        registry: Arc::new(Registry::default()),
        monitors: Arc::new(Monitors::default()),
        reload,
        refusals: Arc::new(Refusals::default()),
        plugin_logs,
        clock,
        started: Instant::now(),
    }
}

fn session_settings(settings: &Settings) -> SessionSettings {
    let request_bytes_max = u32::try_from(settings.limits.request_bytes_max).unwrap_or(u32::MAX);
    SessionSettings {
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
    }
}
