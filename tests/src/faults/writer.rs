//! One writer: it numbers its messages by key, sends them, and sends again what failed, as real
//! clients do.

mod burst;
mod dialect;

use std::{
    collections::VecDeque,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::time::{Instant, sleep, sleep_until, timeout};

use super::{
    address::Addresses,
    history::{Answer, Clock, Message, MessageId},
    random::Random,
    shape::{SILENCE_MAX, Shape},
    signal::Signals,
};
use crate::Client;

use burst::{Burst, Ended};
use dialect::Dialect;

/// Keys of each writer.
const KEYS: u16 = 5;

/// Pause after an error, before it is sent again.
const RETRY_PAUSE: Duration = Duration::from_millis(50);

/// Longest time to send again, once stopped, what has no good answer.
const FINISH_MAX: Duration = Duration::from_secs(45);

/// What the writers of a run share.
#[derive(Clone, Debug)]
pub struct Desk {
    /// Where the gateways are.
    pub addresses: Addresses,
    /// The run's time.
    pub clock: Clock,
    /// What the run tells its clients.
    pub signals: Signals,
    /// Acknowledged messages so far, of all writers.
    pub acknowledged: Arc<AtomicU64>,
}

/// One writer.
#[derive(Debug)]
pub struct Writer {
    desk: Desk,
    number: u16,
    random: Random,
    dialect: Dialect,
    /// Most messages in flight.
    depth: usize,
    /// Least time from burst to burst for one message, so that all writers keep their rate.
    pace: Duration,
    /// Sends again what may or may not be stored; others give such a message up.
    is_stubborn: bool,
    /// The number of the next message of each key.
    next: Vec<u32>,
    /// Sendings so far.
    sent: u64,
    /// Messages to send again, in their order.
    again: VecDeque<Message>,
    finished: Vec<Message>,
    stopped: Option<Instant>,
}

impl Writer {
    /// Writer `number`; every third keeps one message in flight, the others up to
    /// the shape's depth.
    pub fn new(desk: Desk, number: u16, shape: &Shape) -> Self {
        let each = shape.rate.max(1);
        let pace = Duration::from_micros(1_000_000 * u64::from(shape.writers) / each);
        Self {
            desk,
            number,
            random: Random::new(shape.seed).part(1000 + u64::from(number)),
            dialect: Dialect::of(number, shape.partitions),
            depth: if number.is_multiple_of(3) { 1 } else { shape.depth },
            pace,
            is_stubborn: !number.is_multiple_of(4),
            next: vec![0; usize::from(KEYS)],
            sent: 0,
            again: VecDeque::new(),
            finished: Vec::new(),
            stopped: None,
        }
    }

    /// Writes until it is stopped and everything has its last answer; all that happened.
    pub async fn run(mut self) -> Vec<Message> {
        let mut connection: Option<(usize, Client)> = None;
        let mut turn = usize::from(self.number);
        while self.has_work() {
            let Some((gateway, client)) = self.connected(connection.take(), turn).await else {
                continue;
            };
            let began = Instant::now();
            let messages = self.draw();
            let count = u32::try_from(messages.len()).expect("a burst is small");
            let ended = self.exchange(gateway, client, messages).await;
            connection = self.note(ended).await.map(|client| (gateway, client));
            if connection.is_none() {
                turn = gateway + 1;
            }
            sleep_until(began + self.pace * count).await;
        }
        self.finished.extend(self.again);
        self.finished
    }

    /// The open connection, or a new one; `None` if none could be had for long.
    async fn connected(
        &self,
        open: Option<(usize, Client)>,
        turn: usize,
    ) -> Option<(usize, Client)> {
        if open.is_some() {
            return open;
        }
        let login = self.dialect.login();
        timeout(SILENCE_MAX, self.desk.addresses.connect(turn, &login)).await.ok()
    }

    /// False once it is stopped and has nothing to send again, or tried that for too long.
    fn has_work(&mut self) -> bool {
        if !self.desk.signals.is_stopped() {
            return true;
        }
        let stopped = *self.stopped.get_or_insert_with(Instant::now);
        !self.again.is_empty() && stopped.elapsed() < FINISH_MAX
    }

    async fn exchange(&mut self, gateway: usize, client: Client, messages: Vec<Message>) -> Ended {
        let burst = Burst { clock: self.desk.clock, gateway, first: self.sent };
        self.sent += messages.len() as u64;
        let who = u64::from(self.number);
        self.desk.signals.forget();
        burst.exchange(client, &self.dialect, messages, self.desk.signals.broken_off(who)).await
    }

    /// What comes next: first what failed, then new messages.
    fn draw(&mut self) -> Vec<Message> {
        let count = 1 + self.random.index(self.depth);
        let mut burst: Vec<_> = self.again.drain(..self.again.len().min(count)).collect();
        while burst.len() < count && !self.desk.signals.is_stopped() {
            let key = self.random.index(self.next.len());
            let number = self.next[key];
            self.next[key] += 1;
            let key = u16::try_from(key).expect("there are few keys");
            let id = MessageId { writer: self.number, key, number };
            burst.push(Message { id, attempts: Vec::new() });
        }
        burst
    }

    /// Sorts a burst's messages into those that are done and those to send again; the connection
    /// if it is still good.
    async fn note(&mut self, ended: Ended) -> Option<Client> {
        let mut failed = 0;
        // What was waiting before this burst comes behind it: it was not in the burst.
        let waiting = std::mem::take(&mut self.again);
        for message in ended.messages {
            let last = &message.attempts.last().expect("it was just sent").answer;
            failed += usize::from(!last.is_stored());
            let is_done = match last {
                Answer::Stored(_) => true,
                Answer::Unknown(_) => !self.is_stubborn,
                Answer::NotStored(_) | Answer::Lost | Answer::Silent => false,
            };
            if last.is_stored() {
                self.desk.acknowledged.fetch_add(1, Ordering::Relaxed);
            }
            if is_done { self.finished.push(message) } else { self.again.push_back(message) }
        }
        self.again.extend(waiting);
        if failed > 0 {
            sleep(RETRY_PAUSE).await;
        }
        ended.client
    }
}
