//! Where a command is played: a session like the client's, behind which nothing is real.

use std::{sync::Arc, time::Duration};

use tokio::time::Instant;

use super::{
    TRACES_MAX, changes,
    form::Explanation,
    groups::{self, Seen},
};
use crate::{
    broker::{Broker, Cluster, OverlayBroker},
    clients::{Peer, Registry},
    command::GroupName,
    commands::{self, CopiesMembership, DryRun, Request},
    consumer::ForkedGroups,
    context::{Context, Socket, Transaction},
    message::Rejection,
    pipeline::read_rejection,
    services::{Services, SessionSettings},
    trace::Recorder,
};

/// A session for one command. What is joined and opened in it ends with it.
pub(crate) struct Stage {
    pub(crate) session: Context,
    pub(crate) overlay: Arc<OverlayBroker>,
    pub(crate) recorder: Arc<Recorder>,
    /// Behind the session: it is dropped when nobody uses the groups any more.
    pub(crate) twins: ForkedGroups,
}

impl Context {
    /// Plays a command; the reply instead if it is refused before it comes to anything.
    pub(crate) async fn play(
        &mut self,
        request: &Request<'_>,
        dry_run: &DryRun,
    ) -> Result<Result<Explanation, Vec<u8>>, Rejection> {
        let mut stage = self.stage()?;
        let named = (dry_run.groups)(&request.args);
        let before = self.copy_groups(&stage, &named)?;
        if dry_run.membership == CopiesMembership::Yes {
            self.copy_membership(&mut stage)?;
        }
        stage.act(request).await;
        let reply = stage.session.replies.as_bytes().to_vec();
        let mut traces = stage.recorder.take();
        let effects = stage.overlay.effects();
        if reply.first() == Some(&b'-') && traces.is_empty() && effects.is_empty() {
            return Ok(Err(reply));
        }
        changes::note_topics(&mut traces, &effects);
        let mut changes = changes::told(&effects);
        changes.extend(groups::told(&before, &stage, &named));
        changes.extend(changes::of_membership(
            self.membership.as_ref(),
            stage.session.membership.as_ref(),
        ));
        let notes = self.notes(request, dry_run, &stage, (&reply, !traces.is_empty()));
        let more = stage.recorder.others();
        let command = request.spec().name;
        Ok(Ok(Explanation { command, traces, more, changes, notes, reply: Some(reply) }))
    }

    /// Answers a command for which there is no client to read from, and nothing to wait for.
    pub(crate) async fn answer_aside(&mut self, request: &Request<'_>) {
        let detached = Socket::detached(&self.services.settings);
        let socket = std::mem::replace(&mut self.socket, detached);
        // Boxed: a command that is explained is answered as EXPLAIN itself is. Whether the
        // connection would go on is not asked.
        let _ = Box::pin(commands::answer(self, request)).await;
        self.socket = socket;
    }

    fn stage(&self) -> Result<Stage, Rejection> {
        let real = &self.services;
        let identity = self.identity()?;
        let own = &identity.cluster;
        let overlay = Arc::new(OverlayBroker::new(Arc::clone(&own.broker)));
        let clusters = real.pipeline.clusters().with(|cluster| -> Arc<dyn Broker> {
            if cluster.id == own.id {
                return Arc::clone(&overlay) as _;
            }
            Arc::new(OverlayBroker::new(Arc::clone(&cluster.broker)))
        });
        let recorder = Arc::new(Recorder::at_most(TRACES_MAX));
        let twins = ForkedGroups::default();
        let services = Arc::new(Services {
            pipeline: Arc::new(real.pipeline.fork(clusters, Arc::clone(&recorder))),
            logins: Arc::clone(&real.logins),
            groups: Arc::clone(twins.groups()),
            windows: crate::idempotence::Windows::default(),
            orders: crate::order::Orders::default(),
            channels: Arc::clone(&real.channels),
            settings: SessionSettings { group_linger: Duration::ZERO, ..real.settings.clone() },
            counters: Arc::default(),
            pace: crate::telemetry::Pace::default(),
            slowlog: crate::telemetry::Slowlog::default(),
            registry: Arc::new(Registry::default()),
            reload: real.reload.clone(),
            refusals: Arc::clone(&real.refusals),
            logbooks: real.logbooks.clone(),
            started: real.started,
            clock: real.clock,
        });
        let broker = Arc::clone(&overlay) as Arc<dyn Broker>;
        let cluster = Cluster { broker, ..own.clone() };
        let socket = Socket::detached(&services.settings);
        let peer = Peer { address: self.client.peer(), local: String::new(), fd: 0 };
        let mut session = Context::new(services, peer, socket);
        session.identity = Some(identity.with(cluster));
        session.replies.set_protocol(self.replies.protocol());
        session.transaction = Transaction::running();
        session.burst.known_start.clone_from(&self.burst.known_start);
        Ok(Stage { session, overlay, recorder, twins })
    }

    /// Copies what the gateway has of the groups that the command names, and of the session's own.
    fn copy_groups(&self, stage: &Stage, named: &[GroupName]) -> Result<Vec<Seen>, Rejection> {
        let real = &self.identity()?.cluster;
        let cluster = &stage.session.identity()?.cluster;
        let mut before = Vec::with_capacity(named.len());
        for name in named {
            let open = self.services.groups.stream(real, &name.group, &name.topic);
            let open = open.filter(|group| !group.is_closed());
            if let Some(group) = &open
                && let Some(partitions) = group.partitions()
            {
                stage.overlay.assign(&name.group, &name.topic, partitions);
                stage.twins.fork_stream(cluster, group).map_err(read_rejection)?;
            }
            before.push(Seen::of(open.as_deref()));
        }
        Ok(before)
    }

    fn copy_membership(&self, stage: &mut Stage) -> Result<(), Rejection> {
        if let Some(real) = &self.membership
            && let Some(partitions) = real.partitions()
        {
            stage.overlay.assign(real.group(), real.topic(), partitions);
            let cluster = &stage.session.identity()?.cluster;
            let copy = stage.twins.fork_membership(cluster, real).map_err(read_rejection)?;
            stage.session.membership = Some(copy);
        }
        Ok(())
    }
}

impl Stage {
    async fn act(&mut self, request: &Request<'_>) {
        let session = &mut self.session;
        if !commands::add_to_burst(session, request) {
            session.read_at = Instant::now();
            session.answer_aside(request).await;
        }
        session.flush_burst().await;
    }
}
