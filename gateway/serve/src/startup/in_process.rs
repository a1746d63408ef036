//! A gateway inside another program, without ports and without a folder to watch.
//!
//! It is what `serve` runs, for tests of conversations: clients connect over pipes in memory, and
//! every trace is recorded. Outside this process it depends on its brokers only.

use std::{sync::Arc, time::Duration};

use anyhow::Context as _;
use tokio::{
    io::{DuplexStream, duplex},
    sync::{mpsc, watch},
    task::JoinSet,
    time::timeout,
};

use super::{Parts, brokers, services};
use crate::{
    broker::{Broker, BrokerError, TopicInfo},
    clients::Peer,
    clock::Clock,
    config::Settings,
    connection,
    pipeline::Chain,
    plugin::PluginLogs,
    reload::ReloadRequest,
    services::Services,
    trace::{Recorder, Trace},
};

/// Bytes that a pipe holds before its writer waits.
const PIPE_BYTES: usize = 256 * 1024;
/// Port of the first client, as others see it; nobody listens there.
const FIRST_PORT: u64 = 50_001;
/// Number of the first client's open file, as CLIENT LIST shows it.
const FIRST_FILE: i32 = 8;
/// Longest time that sessions may take to end, and then the groups.
const END_WITHIN: Duration = Duration::from_secs(5);

/// A gateway that serves clients of this process only.
#[derive(Debug)]
pub struct InProcessGateway {
    services: Arc<Services>,
    recorder: Arc<Recorder>,
    stop: watch::Sender<bool>,
    sessions: JoinSet<()>,
    /// How many have connected so far.
    clients: u64,
}

impl InProcessGateway {
    /// Opens the brokers of `settings`. Nothing is bound, and plugins are those of `chain`.
    ///
    /// # Errors
    /// A broker cannot be opened.
    pub async fn start(settings: &Settings, chain: Chain, clock: Clock) -> anyhow::Result<Self> {
        let clusters = brokers::open(settings, clock).await?;
        let recorder = Arc::new(Recorder::default());
        let (reload, requests) = mpsc::channel(1);
        let mut sessions = JoinSet::new();
        sessions.spawn(refuse_reloads(requests));
        let plugin_logs = PluginLogs::default();
        let traces_to = Some(Arc::clone(&recorder));
        let parts = Parts { chain, clusters, reload, plugin_logs, clock, recorder: traces_to };
        let services = Arc::new(services(settings, parts));
        Ok(Self { services, recorder, stop: watch::Sender::new(false), sessions, clients: 0 })
    }

    /// Connects a client and gives it its end of the pipe. Its address is on this machine, with a
    /// port that is counted up: the same in each run.
    pub fn connect(&mut self) -> DuplexStream {
        let (ours, theirs) = duplex(PIPE_BYTES);
        let peer = Peer {
            address: format!("127.0.0.1:{}", FIRST_PORT + self.clients),
            local: "127.0.0.1:6380".to_owned(),
            fd: FIRST_FILE.saturating_add(i32::try_from(self.clients).unwrap_or(i32::MAX)),
        };
        self.clients += 1;
        let (services, stop) = (Arc::clone(&self.services), self.stop.subscribe());
        self.sessions.spawn(async move {
            let counters = Arc::clone(&services.counters);
            counters.connections_accepted.add(1);
            counters.connections_now.add(1);
            connection::run(services, theirs, peer, stop).await;
            counters.connections_now.subtract_one();
        });
        ours
    }

    /// What the plugins did since the last call.
    pub fn take_traces(&self) -> Vec<Trace> {
        self.recorder.take()
    }

    /// Ends the sessions, leaves the groups and closes the brokers.
    ///
    /// # Errors
    /// A broker could not store what it had taken.
    pub async fn close(mut self) -> anyhow::Result<()> {
        self.stop.send_replace(true);
        let all = async { while self.sessions.join_next().await.is_some() {} };
        // What does not end by then ends with the runtime.
        let _ = timeout(END_WITHIN, all).await;
        self.services.groups.close(END_WITHIN).await;
        for cluster in self.services.pipeline.clusters().all() {
            if cluster.broker.is_shared() {
                let cleared = clear(cluster.broker.as_ref()).await;
                cleared.with_context(|| format!("deleting topics of `{}`", cluster.name))?;
            }
            let closed = cluster.broker.close().await;
            closed.with_context(|| format!("closing `{}`", cluster.name))?;
        }
        Ok(())
    }
}

/// Deletes all topics that a broker shows, and their groups: it outlives this gateway, and its
/// name prefix hides what others made.
async fn clear(broker: &dyn Broker) -> Result<(), BrokerError> {
    for TopicInfo { name, .. } in broker.topics().await? {
        for group in broker.groups(&name).await? {
            broker.forget_group(&group, &name).await?;
        }
        broker.delete_topic(&name).await?;
    }
    Ok(())
}

/// PLUGIN RELOAD has no folder to look at.
async fn refuse_reloads(mut requests: mpsc::Receiver<ReloadRequest>) {
    while let Some(answer) = requests.recv().await {
        // A client that has gone meanwhile does not mind.
        let _ = answer.send(Err("the plugins of a played conversation stay as they are".into()));
    }
}
