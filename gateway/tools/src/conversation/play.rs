//! A script runs: its lines are sent one after the other, and what each brings about is gathered
//! before the next.
//!
//! With the memory broker the runtime's clock is paused: time passes only while all tasks wait, and
//! then at once to the next moment for which one of them waits. So waiting costs nothing, and all
//! times are the same in each run. A line is then over when all tasks have waited for a moment.
//! Where time is real, it is over with its answer, and with a silence where another client may
//! still get something.

use std::time::Duration;

use anyhow::Context as _;
use sluicegate::{
    clock::Clock,
    commands,
    config::{BrokerKind, Settings},
    pipeline::Chain,
    resp::Reply,
    startup::InProcessGateway,
    trace::Trace,
};
use tokio::{
    runtime,
    time::{Instant, sleep, timeout_at},
};

use super::{Line, LineAction, Script, Secrets};

mod client;
mod order;

#[cfg(test)]
mod tests;

use client::Client;

/// How much virtual time a line takes: more than anything inside the gateway waits for by itself
/// before it answers, such as the steps of an order.
const LINE_TIME: Duration = Duration::from_millis(50);
/// How long an answer may take where time is real; every command that does not wait for messages
/// is answered by then.
const ANSWERED_WITHIN: Duration = Duration::from_secs(30);
/// A silence of so long is taken for the end of what a line brings about where time is real.
const SILENCE: Duration = Duration::from_millis(300);

/// Runs scripts against a gateway in this process.
#[derive(Debug)]
pub struct ScriptRunner {
    /// The gateway's configuration. Nothing is bound, and plugins are not looked for.
    pub settings: Settings,
    /// The plugins. Give it forks: nothing of theirs may outlive a script.
    pub chain: Chain,
    /// What `${NAME}` in a line stands for.
    pub secrets: Secrets,
    /// How long to wait for the answer to a command that may itself wait for messages, where time is
    /// real.
    pub patience: Duration,
}

impl ScriptRunner {
    /// Without secrets; commands may wait for a second where time is real.
    pub fn new(settings: Settings, chain: Chain) -> Self {
        Self { settings, chain, secrets: Secrets::default(), patience: Duration::from_secs(1) }
    }

    /// Runs a script on this thread, which must not belong to a runtime. The result has one item for
    /// each line of the script.
    ///
    /// # Errors
    /// A broker cannot be opened or closed, or the gateway has written something that is no reply.
    /// A command that the gateway refuses is no error: its reply is part of the result.
    pub fn run(self, script: &Script) -> anyhow::Result<Vec<PlayedLine>> {
        let time = Time::of(&self);
        let runtime = runtime::Builder::new_current_thread()
            .enable_all()
            .start_paused(time == Time::Virtual)
            .build()
            .context("starting the runtime of a conversation")?;
        let played = runtime.block_on(async {
            let Self { settings, chain, secrets, .. } = self;
            let gateway = InProcessGateway::start(&settings, chain, time.clock()).await?;
            let mut playback = Playback { gateway, time, clients: Vec::new() };
            let played = playback.play(script, &secrets).await?;
            // Clients leave first, as they would.
            drop(playback.clients);
            playback.gateway.close().await?;
            anyhow::Ok(played)
        });
        // A plugin that still computes for a login that nobody waits for holds nothing up.
        runtime.shutdown_background();
        played
    }
}

/// How time passes while a script runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Time {
    /// At once, when everything waits; always in the same way.
    Virtual,
    /// As it does: other processes have a part in the conversation.
    Real {
        /// How long a command that may wait for messages is waited for.
        patience: Duration,
    },
}

impl Time {
    fn of(runner: &ScriptRunner) -> Self {
        match runner.settings.broker.kind {
            BrokerKind::Memory => Self::Virtual,
            BrokerKind::Embedded | BrokerKind::Kafka => Self::Real { patience: runner.patience },
        }
    }

    fn clock(self) -> Clock {
        match self {
            Self::Virtual => Clock::played(),
            Self::Real { .. } => Clock::System,
        }
    }
}

/// A line of a script, and what came of it before the next one.
#[derive(Clone, Debug)]
pub struct PlayedLine {
    /// The line's number in the file, from 1.
    pub line: usize,
    /// The client that sent it; of a directive the client that it names, or empty.
    pub client: String,
    /// As it was typed, without the client's name.
    pub typed: String,
    /// What the plugins did, in the order in which messages were published, then by their place in
    /// the broker.
    pub traces: Vec<Trace>,
    /// Replies to the client of the line, then those to the others in the order in which they
    /// connected. Messages and replies to commands that had waited are here too.
    pub replies: Vec<ClientReply>,
    /// The client of the line has not got all its answers yet.
    pub is_waiting: bool,
}

/// A reply, and the client that got it.
#[derive(Clone, Debug)]
pub struct ClientReply {
    /// The client's name.
    pub client: String,
    /// What it got.
    pub reply: Reply,
}

/// A command that was just sent.
#[derive(Clone, Copy)]
struct Sent {
    /// Index of the client.
    client: usize,
    may_wait: bool,
}

/// A script while it runs.
struct Playback {
    gateway: InProcessGateway,
    time: Time,
    /// In the order in which they connected first.
    clients: Vec<Client>,
}

impl Playback {
    /// `secrets` say what `${NAME}` in the script's lines stands for.
    async fn play(
        &mut self,
        script: &Script,
        secrets: &Secrets,
    ) -> anyhow::Result<Vec<PlayedLine>> {
        let mut played = Vec::with_capacity(script.lines.len());
        for line in &script.lines {
            played.push(self.play_line(line, secrets).await?);
        }
        Ok(played)
    }

    async fn play_line(&mut self, line: &Line, secrets: &Secrets) -> anyhow::Result<PlayedLine> {
        let client = match &line.action {
            LineAction::Send { client, args } => {
                let args: Vec<_> = args.iter().map(|arg| secrets.expand(arg)).collect();
                let index = self.connected(client);
                self.clients[index].send(&args).await;
                let may_wait = args.first().is_some_and(|name| commands::may_wait(name));
                self.settle(Some(Sent { client: index, may_wait })).await;
                client.clone()
            }
            LineAction::Wait(time) => {
                sleep(*time).await;
                self.settle(None).await;
                String::new()
            }
            LineAction::Close { client } => {
                if let Some(found) = self.clients.iter_mut().find(|c| c.name() == client) {
                    found.disconnect();
                }
                self.settle(None).await;
                client.clone()
            }
        };
        self.gather(line, client)
    }

    /// The index of a client, connected for the first time or again where it is not.
    fn connected(&mut self, name: &str) -> usize {
        let found = self.clients.iter().position(|client| client.name() == name);
        if let Some(index) = found.filter(|index| self.clients[*index].is_connected()) {
            return index;
        }
        let client = Client::new(name, self.gateway.connect());
        if let Some(index) = found {
            self.clients[index] = client;
            return index;
        }
        self.clients.push(client);
        self.clients.len() - 1
    }

    /// Waits until nothing more comes of a line.
    async fn settle(&mut self, sent: Option<Sent>) {
        let Time::Real { patience } = self.time else {
            sleep(LINE_TIME).await;
            return;
        };
        if let Some(Sent { client, may_wait }) = sent {
            let within = if may_wait { patience } else { ANSWERED_WITHIN };
            let _ = timeout_at(Instant::now() + within, self.clients[client].answered()).await;
        }
        if !self.clients.iter().any(Client::may_receive_more) {
            return;
        }
        let received = |clients: &[Client]| clients.iter().map(Client::received).sum::<usize>();
        loop {
            let before = received(&self.clients);
            sleep(SILENCE).await;
            if received(&self.clients) == before {
                return;
            }
        }
    }

    /// What has come since the line before; `client` is the line's own.
    fn gather(&mut self, line: &Line, client: String) -> anyhow::Result<PlayedLine> {
        let (mut own, mut others, mut is_waiting) = (Vec::new(), Vec::new(), false);
        for each in &mut self.clients {
            let is_own = each.name() == client;
            let list = if is_own { &mut own } else { &mut others };
            for reply in each.take()? {
                list.push(ClientReply { client: each.name().to_owned(), reply });
            }
            is_waiting |= is_own && each.is_waiting();
        }
        own.append(&mut others);
        Ok(PlayedLine {
            line: line.number,
            client,
            typed: line.typed.clone(),
            traces: order::sorted(self.gateway.take_traces()),
            replies: own,
            is_waiting,
        })
    }
}
