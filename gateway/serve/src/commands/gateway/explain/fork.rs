//! A session like the client's, over forks of everything: the plugins, the groups and the broker.

use std::{sync::Arc, time::Duration};

use tokio::time::Instant;

use super::groups::GroupSnapshot;
use crate::{
    broker::{Broker, Cluster, OverlayBroker},
    clients::{Monitors, Peer, Registry},
    commands::group_name::GroupName,
    commands::{
        dispatch::{add_to_burst, answer},
        spec::Request,
    },
    consumer::ForkedGroups,
    context::{Context, Identity, Socket, Transaction, flush_burst},
    message::Rejection,
    pipeline::read_rejection,
    services::{Services, SessionSettings},
    trace::Recorder,
};

/// Most records whose way is shown.
const TRACES_MAX: usize = 100;

/// A session for one command. What is joined and opened in it ends with it.
pub(super) struct ForkedSession {
    pub(super) context: Context,
    /// Keeps what the command changes at the broker.
    pub(super) overlay: Arc<OverlayBroker>,
    /// Keeps the way of each message, record or login.
    pub(super) recorder: Arc<Recorder>,
    /// After the context: it is dropped when nobody uses the groups any more.
    groups: ForkedGroups,
}

impl ForkedSession {
    /// Forks a client's session, without its groups.
    ///
    /// # Errors
    /// The client is not logged in.
    pub(super) fn new(real: &Context) -> Result<Self, Rejection> {
        let identity = real.identity()?;
        let own = &identity.cluster;
        let overlay = Arc::new(OverlayBroker::new(Arc::clone(&own.broker)));
        let recorder = Arc::new(Recorder::at_most(TRACES_MAX));
        let groups = ForkedGroups::default();
        let services = fork_services(&real.services, identity, &overlay, &recorder, &groups);
        let broker = Arc::clone(&overlay) as Arc<dyn Broker>;
        let cluster = Cluster { broker, ..own.clone() };
        let socket = Socket::detached(&services.settings);
        let peer = Peer { address: real.client.peer(), local: String::new(), fd: 0 };
        let mut context = Context::new(Arc::new(services), peer, socket);
        context.identity = Some(identity.with(cluster));
        context.replies.set_protocol(real.replies.protocol());
        context.transaction = Transaction::running();
        context.burst.known_start.clone_from(&real.burst.known_start);
        Ok(Self { context, overlay, recorder, groups })
    }

    /// Copies what the gateway has of a group, if it is open; what it has now.
    ///
    /// # Errors
    /// The broker's.
    pub(super) fn copy_group(
        &self,
        real: &Context,
        name: &GroupName,
    ) -> Result<GroupSnapshot, Rejection> {
        let cluster = &real.identity()?.cluster;
        let open = real.services.groups.stream(cluster, &name.group, &name.topic);
        let open = open.filter(|group| !group.is_closed());
        if let Some(group) = &open
            && let Some(partitions) = group.partitions()
        {
            let cluster = &self.context.identity()?.cluster;
            self.overlay.assign(&name.group, &name.topic, partitions);
            self.groups.fork_stream(cluster, group).map_err(read_rejection)?;
        }
        Ok(GroupSnapshot::of(open.as_deref()))
    }

    /// What has become of a group; `None` if it is not open here.
    pub(super) fn group(&self, name: &GroupName) -> Option<GroupSnapshot> {
        let cluster = &self.context.identity().ok()?.cluster;
        let open = self.groups.groups().stream(cluster, &name.group, &name.topic)?;
        Some(GroupSnapshot::of(Some(&open)))
    }

    /// Copies the client's membership of a databus group.
    ///
    /// # Errors
    /// The broker's.
    pub(super) fn copy_membership(&mut self, real: &Context) -> Result<(), Rejection> {
        if let Some(real) = &real.membership
            && let Some(partitions) = real.partitions()
        {
            self.overlay.assign(real.group(), real.topic(), partitions);
            let cluster = &self.context.identity()?.cluster;
            let copy = self.groups.fork_membership(cluster, real).map_err(read_rejection)?;
            self.context.membership = Some(copy);
        }
        Ok(())
    }

    /// Answers the command.
    pub(super) async fn run(&mut self, request: &Request<'_>) {
        if !add_to_burst(&mut self.context, request) {
            self.context.read_at = Instant::now();
            answer_detached(&mut self.context, request).await;
        }
        flush_burst(&mut self.context).await;
    }
}

/// Answers a command for which there is no client to read from, and nothing to wait for.
pub(super) async fn answer_detached(context: &mut Context, request: &Request<'_>) {
    let detached = Socket::detached(&context.services.settings);
    let socket = std::mem::replace(&mut context.socket, detached);
    // Boxed: a command that is explained is answered as EXPLAIN itself is. Whether the connection
    // would go on is not asked.
    let _ = Box::pin(answer(context, request)).await;
    context.socket = socket;
}

fn fork_services(
    real: &Services,
    identity: &Identity,
    overlay: &Arc<OverlayBroker>,
    recorder: &Arc<Recorder>,
    groups: &ForkedGroups,
) -> Services {
    let clusters = real.pipeline.clusters().with(|cluster| -> Arc<dyn Broker> {
        if cluster.index == identity.cluster.index {
            return Arc::clone(overlay) as _;
        }
        Arc::new(OverlayBroker::new(Arc::clone(&cluster.broker)))
    });
    Services {
        pipeline: Arc::new(real.pipeline.fork(clusters, Arc::clone(recorder))),
        logins: Arc::clone(&real.logins),
        groups: Arc::clone(groups.groups()),
        windows: crate::idempotence::Windows::default(),
        orders: crate::order::Orders::default(),
        channels: Arc::clone(&real.channels),
        settings: SessionSettings { group_linger: Duration::ZERO, ..real.settings.clone() },
        counters: Arc::default(),
        rates: crate::telemetry::RateSampler::default(),
        slowlog: crate::telemetry::Slowlog::default(),
        registry: Arc::new(Registry::default()),
        monitors: Arc::new(Monitors::default()),
        reload: real.reload.clone(),
        refusals: Arc::clone(&real.refusals),
        plugin_logs: real.plugin_logs.clone(),
        started: real.started,
        clock: real.clock,
    }
}
