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
    command,
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

use super::{Act, Line, Script, Secrets};

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
    /// The plugins. Give it twins: nothing of theirs may outlive a script.
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

    /// Runs a script on this thread, which must not belong to a runtime.
    ///
    /// # Errors
    /// A broker cannot be opened or closed, or the gateway has written something that is no reply.
    /// A command that the gateway refuses is no error: its reply is part of the result.
    pub fn run(self, script: &Script) -> anyhow::Result<Played> {
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

/// A conversation that was played.
#[derive(Clone, Debug, Default)]
pub struct Played {
    /// One for each line of the script, in their order.
    pub entries: Vec<Entry>,
}

/// A line, and what came of it before the next one.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The line's number in the file, from 1.
    pub line: usize,
    /// Who said it; for a directive nobody, or whom it is about.
    pub client: String,
    /// As it was typed, without the client's name.
    pub typed: String,
    /// What the plugins did, in the order in which messages were published, then by their place in
    /// the broker.
    pub traces: Vec<Trace>,
    /// Who got what: first the client that spoke, then the others in the order in which they
    /// connected. A message or the reply to a command that had waited is here too.
    pub replies: Vec<(String, Reply)>,
    /// The client that spoke has not got all its answers yet.
    pub waits: bool,
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
    async fn play(&mut self, script: &Script, secrets: &Secrets) -> anyhow::Result<Played> {
        let mut entries = Vec::with_capacity(script.lines.len());
        for line in &script.lines {
            entries.push(self.play_line(line, secrets).await?);
        }
        Ok(Played { entries })
    }

    async fn play_line(&mut self, line: &Line, secrets: &Secrets) -> anyhow::Result<Entry> {
        let speaker = match &line.act {
            Act::Say { client, args } => {
                let args: Vec<_> = args.iter().map(|arg| secrets.said(arg)).collect();
                let at = self.connected(client);
                self.clients[at].say(&args).await;
                let may_wait = args.first().is_some_and(|name| command::may_wait(name));
                self.settle(Some((at, may_wait))).await;
                client.clone()
            }
            Act::Wait(time) => {
                sleep(*time).await;
                self.settle(None).await;
                String::new()
            }
            Act::Close { client } => {
                if let Some(found) = self.clients.iter_mut().find(|c| c.name() == client) {
                    found.hang_up();
                }
                self.settle(None).await;
                client.clone()
            }
        };
        self.gather(line, speaker)
    }

    /// The place of a client that is connected, for the first time or again.
    fn connected(&mut self, name: &str) -> usize {
        let found = self.clients.iter().position(|client| client.name() == name);
        if let Some(at) = found.filter(|at| self.clients[*at].is_connected()) {
            return at;
        }
        let client = Client::new(name, self.gateway.connect());
        if let Some(at) = found {
            self.clients[at] = client;
            return at;
        }
        self.clients.push(client);
        self.clients.len() - 1
    }

    /// Waits until nothing more comes of a line.
    async fn settle(&mut self, speaker: Option<(usize, bool)>) {
        let Time::Real { patience } = self.time else {
            sleep(LINE_TIME).await;
            return;
        };
        if let Some((at, may_wait)) = speaker {
            let within = if may_wait { patience } else { ANSWERED_WITHIN };
            let _ = timeout_at(Instant::now() + within, self.clients[at].answered()).await;
        }
        if !self.clients.iter().any(Client::may_hear_more) {
            return;
        }
        let heard = |clients: &[Client]| clients.iter().map(Client::heard).sum::<usize>();
        loop {
            let before = heard(&self.clients);
            sleep(SILENCE).await;
            if heard(&self.clients) == before {
                return;
            }
        }
    }

    /// What has come since the line before.
    fn gather(&mut self, line: &Line, speaker: String) -> anyhow::Result<Entry> {
        let (mut own, mut others, mut waits) = (Vec::new(), Vec::new(), false);
        for client in &mut self.clients {
            let is_speaker = client.name() == speaker;
            let place = if is_speaker { &mut own } else { &mut others };
            for reply in client.take()? {
                place.push((client.name().to_owned(), reply));
            }
            waits |= is_speaker && client.waits();
        }
        own.append(&mut others);
        Ok(Entry {
            line: line.number,
            client: speaker,
            typed: line.typed.clone(),
            traces: order::sorted(self.gateway.take_traces()),
            replies: own,
            waits,
        })
    }
}
