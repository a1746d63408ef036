//! A conversation, played: its lines are said one after the other, and what each brings about is
//! gathered before the next.
//!
//! Where time is virtual, a line is over when all tasks have waited for a moment: nothing more can
//! come of it then but with time. Where time is real, it is over with its answer, and with a silence
//! where somebody else may still get something.

use std::time::Duration;

use sluicegate::{command, resp::Reply, trace::Trace};
use tokio::time::{Instant, sleep, timeout_at};

use super::{
    Act, Line, Script, Secrets,
    stage::{Stage, Time},
};

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

/// Plays a script; `secrets` say what `${NAME}` in its lines stands for.
///
/// # Errors
/// The gateway has written what is no reply.
pub async fn play(script: &Script, stage: &mut Stage, secrets: &Secrets) -> anyhow::Result<Played> {
    let mut player = Player { stage, clients: Vec::new() };
    let mut entries = Vec::with_capacity(script.lines.len());
    for line in &script.lines {
        entries.push(player.play(line, secrets).await?);
    }
    Ok(Played { entries })
}

struct Player<'s> {
    stage: &'s mut Stage,
    /// In the order in which they connected first.
    clients: Vec<Client>,
}

impl Player<'_> {
    async fn play(&mut self, line: &Line, secrets: &Secrets) -> anyhow::Result<Entry> {
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
        let client = Client::new(name, self.stage.connect());
        if let Some(at) = found {
            self.clients[at] = client;
            return at;
        }
        self.clients.push(client);
        self.clients.len() - 1
    }

    /// Waits until nothing more comes of a line.
    async fn settle(&mut self, speaker: Option<(usize, bool)>) {
        let Time::Real { patience } = self.stage.time() else {
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
            traces: order::sorted(self.stage.traces()),
            replies: own,
            waits,
        })
    }
}
