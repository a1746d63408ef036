//! A gateway inside this process, for one conversation.
//!
//! It is what `serve` runs, without ports, folders to watch and other clients: sessions speak over
//! pipes in memory, and every trace is recorded. With the memory broker the runtime's clock is
//! paused: time passes only while all tasks wait, and then at once to the next moment for which one
//! of them waits. So waiting costs nothing, and all times are the same whenever it is played.

use std::{sync::Arc, time::Duration};

use anyhow::Context as _;
use sluicegate::{
    broker::{Broker, BrokerError, TopicInfo},
    clock::Clock,
    config::{BrokerKind, Settings},
    pipeline::Chain,
    plugin::LogBooks,
    reload::ReloadRequest,
    session::{self, Peer, Services},
    startup::{Parts, open_clusters, services},
    trace::{Recorder, Trace},
};
use tokio::{
    io::{DuplexStream, duplex},
    runtime,
    sync::{mpsc, watch},
    task::JoinSet,
    time::timeout,
};

use super::{
    Script, Secrets,
    play::{Played, play},
};

/// Bytes that lie in a pipe before its writer waits.
const PIPE_BYTES: usize = 256 * 1024;
/// Port of the first client, as others see it; nobody listens there.
const FIRST_PORT: u64 = 50_001;
/// Number of the first client's open file, as CLIENT LIST shows it.
const FIRST_FILE: i32 = 8;
/// Longest time that what was begun may take at the end, for sessions and for groups.
const END_WITHIN: Duration = Duration::from_secs(5);

/// What a conversation is played with.
#[derive(Debug)]
pub struct Cast {
    /// The gateway's configuration. Nothing is bound, and plugins are not looked for.
    pub settings: Settings,
    /// The plugins: twins, since nothing of theirs may outlive a conversation.
    pub chain: Chain,
    /// What `${NAME}` in a line stands for.
    pub secrets: Secrets,
    /// How long a command that may wait for messages is waited for where time is real.
    pub patience: Duration,
}

impl Cast {
    /// Commands may wait for a second where time is real.
    pub fn new(settings: Settings, chain: Chain) -> Self {
        Self { settings, chain, secrets: Secrets::default(), patience: Duration::from_secs(1) }
    }

    /// Plays a conversation on this thread, which must not belong to a runtime.
    ///
    /// # Errors
    /// What stands behind the gateway cannot be opened or closed, or the gateway has written what
    /// is no reply. Whatever the gateway refuses is part of what was played.
    pub fn perform(self, script: &Script) -> anyhow::Result<Played> {
        let time = Time::of(&self);
        let runtime = runtime::Builder::new_current_thread()
            .enable_all()
            .start_paused(time == Time::Virtual)
            .build()
            .context("starting the runtime of a conversation")?;
        let played = runtime.block_on(async {
            let Self { settings, chain, secrets, .. } = self;
            let mut stage = Stage::open(&settings, chain, time).await?;
            let played = play(script, &mut stage, &secrets).await?;
            stage.close().await?;
            anyhow::Ok(played)
        });
        // A plugin that still computes for a login that nobody waits for holds nothing up.
        runtime.shutdown_background();
        played
    }
}

/// How time passes on a stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Time {
    /// At once, when everything waits; always in the same way.
    Virtual,
    /// As it does: other processes have a part in the conversation.
    Real {
        /// How long a command that may wait for messages is waited for.
        patience: Duration,
    },
}

impl Time {
    fn of(cast: &Cast) -> Self {
        match cast.settings.broker.kind {
            BrokerKind::Memory => Self::Virtual,
            BrokerKind::Embedded | BrokerKind::Kafka => Self::Real { patience: cast.patience },
        }
    }
}

/// A gateway that serves one conversation.
#[derive(Debug)]
pub struct Stage {
    services: Arc<Services>,
    recorder: Arc<Recorder>,
    time: Time,
    stop: watch::Sender<bool>,
    sessions: JoinSet<()>,
    clients: u64,
}

impl Stage {
    /// Opens what stands behind the gateway. The runtime's clock must be paused for
    /// [`Time::Virtual`].
    ///
    /// # Errors
    /// The broker cannot be opened.
    pub async fn open(settings: &Settings, chain: Chain, time: Time) -> anyhow::Result<Self> {
        let clock = match time {
            Time::Virtual => Clock::played(),
            Time::Real { .. } => Clock::System,
        };
        let clusters = open_clusters(settings, clock).await?;
        let recorder = Arc::new(Recorder::default());
        let (reload, requests) = mpsc::channel(1);
        let mut sessions = JoinSet::new();
        sessions.spawn(refuse_reloads(requests));
        let logbooks = LogBooks::default();
        let traces_to = Some(Arc::clone(&recorder));
        let parts = Parts { chain, clusters, reload, logbooks, clock, recorder: traces_to };
        let services = Arc::new(services(settings, parts));
        Ok(Self { services, recorder, time, stop: watch::Sender::new(false), sessions, clients: 0 })
    }

    /// How time passes here.
    pub fn time(&self) -> Time {
        self.time
    }

    /// Connects a client; the end of the pipe that is its own. Addresses are those of a gateway on
    /// this machine, counted up, so that they are the same each time.
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
            session::run(services, theirs, peer, stop).await;
            counters.connections_now.subtract_one();
        });
        ours
    }

    /// What the plugins did since the last call.
    pub fn traces(&self) -> Vec<Trace> {
        self.recorder.take()
    }

    /// Ends the sessions, leaves the groups and closes the brokers.
    ///
    /// # Errors
    /// A broker could not store what it had taken.
    pub async fn close(mut self) -> anyhow::Result<()> {
        self.stop.send_replace(true);
        let all = async { while self.sessions.join_next().await.is_some() {} };
        // Whoever does not end by then is ended with the runtime.
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

/// Deletes the topics of a broker that outlives the conversation, and their groups: all that it can
/// see, which is what the conversation made.
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
