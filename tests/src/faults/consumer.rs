//! One consumer of a group: it reads, commits what it has read, and comes back after every end of
//! its connection.

mod element;
mod group;

use std::{collections::BTreeMap, future::Future, sync::Arc, time::Duration};

use tokio::time::{sleep, timeout};

use super::{
    address::Addresses,
    history::{Clock, Place, Waited},
    random::Random,
    shape::{ASK_MAX, BLOCK, SILENCE_MAX, TOPIC},
    signal::Signals,
};
use crate::{Client, Reply, client::encode};

pub use group::{Group, Seen, Trouble};

/// A consumer says goodbye and comes back once in so many reads.
const QUITS_ONCE_IN: u64 = 150;

/// Pause after an error.
const ERROR_PAUSE: Duration = Duration::from_millis(100);

/// One consumer.
#[derive(Debug)]
pub struct Consumer {
    /// Where the gateways are.
    pub addresses: Addresses,
    /// The run's time.
    pub clock: Clock,
    /// What the run tells its clients.
    pub signals: Signals,
    /// Its group, which notes what it sees.
    pub group: Arc<Group>,
    /// Its number among all consumers; its first gateway follows from it.
    pub number: usize,
    /// Decides when it says goodbye.
    pub random: Random,
}

/// How a session ended.
enum End {
    /// With a goodbye.
    Quit,
    /// In another way.
    Broken,
}

/// The connection ended, or nothing came for too long.
struct Lost;

impl Consumer {
    /// Reads and commits until it is stopped.
    pub async fn run(mut self) {
        let mut turn = self.number;
        while !self.signals.is_stopped() {
            let login = self.login();
            let mut stopped = self.signals.clone();
            let (gateway, mut client) = tokio::select! {
                connected = self.addresses.connect(turn, &login) => connected,
                () = stopped.stopped() => return,
            };
            let session = self.group.begin(gateway, self.clock.now());
            turn = match self.session(&mut client, session).await {
                End::Quit => {
                    self.goodbye(client).await;
                    gateway
                }
                End::Broken => gateway + 1,
            };
        }
    }

    async fn session(&mut self, client: &mut Client, session: usize) -> End {
        let who = 100_000 + self.number as u64;
        let mut signals = self.signals.clone();
        signals.forget();
        let mut broken_off = std::pin::pin!(signals.broken_off(who));
        loop {
            if self.signals.is_stopped() || self.random.once_in(QUITS_ONCE_IN) {
                return End::Quit;
            }
            let result = tokio::select! {
                result = self.read_and_commit(client, session) => result,
                () = &mut broken_off => Err(Lost),
            };
            if result.is_err() {
                return End::Broken;
            }
        }
    }

    async fn read_and_commit(&self, client: &mut Client, session: usize) -> Result<(), Lost> {
        let sent = self.clock.now();
        send(client, &encode(&["MGET", "pb"])).await?;
        let reply = self.answer(client, "MGET", sent, BLOCK + ASK_MAX).await?;
        let Reply::Array(items) = reply else {
            self.group.trouble(Trouble::Read, &reply.to_string(), self.clock.now());
            sleep(ERROR_PAUSE).await;
            return Ok(());
        };
        let mut last: BTreeMap<u32, u64> = BTreeMap::new();
        for item in &items {
            let (place, id) = element::read(item.bytes());
            let highest = last.entry(place.partition).or_default();
            *highest = place.offset.max(*highest);
            self.group.deliver(session, place, id, self.clock.now());
        }
        self.commit(client, session, &last).await
    }

    /// Commits as the databus client does: one command for each partition, in one write.
    async fn commit(
        &self,
        client: &mut Client,
        session: usize,
        last: &BTreeMap<u32, u64>,
    ) -> Result<(), Lost> {
        let command = |(partition, offset): (&u32, &u64)| {
            encode(&["SET".to_owned(), partition.to_string(), offset.to_string()])
        };
        let commands: Vec<u8> = last.iter().flat_map(command).collect();
        let sent = self.clock.now();
        send(client, &commands).await?;
        for (partition, offset) in last {
            let place = Place { partition: *partition, offset: *offset };
            match self.answer(client, "commit", sent, ASK_MAX).await? {
                Reply::Error(text) => {
                    self.group.trouble(Trouble::Commit, &text, self.clock.now());
                }
                _ => self.group.commit(session, place, self.clock.now()),
            }
        }
        Ok(())
    }

    async fn answer(
        &self,
        client: &mut Client,
        command: &'static str,
        sent: Duration,
        allowed: Duration,
    ) -> Result<Reply, Lost> {
        let reply = in_time(client.next()).await;
        let took = self.clock.now().saturating_sub(sent);
        let answer = reply.as_ref().map_or_else(
            |Lost| "connection lost".to_owned(),
            |reply| if let Reply::Error(text) = reply { text.clone() } else { "good".to_owned() },
        );
        self.group.waited(Waited { command, sent, took, allowed, answer });
        reply
    }

    /// QUIT, and its answer: then the gateway has let go of this session.
    async fn goodbye(&self, mut client: Client) {
        let sent = self.clock.now();
        if send(&mut client, &encode(&["QUIT"])).await.is_ok() {
            // Without an answer the connection has ended, which is what was wanted.
            let _ = self.answer(&mut client, "QUIT", sent, ASK_MAX).await;
        }
    }

    fn login(&self) -> Vec<String> {
        let block = BLOCK.as_millis();
        let group = self.group.name();
        let dsn =
            format!("k:s@{group}/topic={TOPIC}&role=sub&offset=oldest&block={block}&batch=500");
        vec!["AUTH".to_owned(), dsn]
    }
}

async fn send(client: &mut Client, bytes: &[u8]) -> Result<(), Lost> {
    client.write(bytes).await.map_err(|_| Lost)
}

async fn in_time(
    reply: impl Future<Output = std::io::Result<Option<Reply>>>,
) -> Result<Reply, Lost> {
    let Ok(Ok(Some(reply))) = timeout(SILENCE_MAX, reply).await else { return Err(Lost) };
    Ok(reply)
}
