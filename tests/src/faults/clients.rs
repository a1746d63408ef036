//! All writers and consumers of a run.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::{
    task::JoinSet,
    time::{Instant, sleep, timeout},
};

use super::{
    address::Addresses,
    check::STALL_MAX,
    consumer::{Consumer, Group},
    history::{Clock, Message},
    random::Random,
    shape::{GROUPS, Shape},
    signal::{Signaller, Signals, signals},
    writer::{Desk, Writer},
};

/// Longest time for all writers or consumers to end; it passes what each allows itself.
const END_MAX: Duration = Duration::from_mins(2);

/// Pause between two looks at the groups' progress.
const LOOK_PAUSE: Duration = Duration::from_millis(100);

/// The running clients of a run; they end with this.
#[derive(Debug)]
pub struct Clients {
    shape: Shape,
    addresses: Addresses,
    clock: Clock,
    acknowledged: Arc<AtomicU64>,
    writers: JoinSet<Vec<Message>>,
    write: Signaller,
    groups: Vec<Arc<Group>>,
    consumers: JoinSet<()>,
    read: Signaller,
}

impl Clients {
    /// Starts the writers and, where the shape has any, the consumers.
    pub fn start(shape: &Shape, addresses: &Addresses, clock: Clock) -> Self {
        let names = if shape.consumers == 0 { &[][..] } else { &GROUPS[..] };
        let (write, written) = signals();
        let mut clients = Self {
            shape: shape.clone(),
            addresses: addresses.clone(),
            clock,
            acknowledged: Arc::default(),
            writers: JoinSet::new(),
            write,
            groups: names.iter().map(|name| Arc::new(Group::new(name))).collect(),
            consumers: JoinSet::new(),
            read: signals().0,
        };
        clients.start_writers(&written);
        clients.start_consumers();
        clients
    }

    /// Messages acknowledged so far.
    pub fn acknowledged(&self) -> u64 {
        self.acknowledged.load(Ordering::Relaxed)
    }

    /// The groups' notes.
    pub fn groups(&self) -> &[Arc<Group>] {
        &self.groups
    }

    /// Breaks off half of all clients in the middle of what they do.
    pub fn break_off(&self, draw: u64) {
        self.write.break_off(draw);
        self.read.break_off(draw);
    }

    /// Lets the writers end; all that they did.
    ///
    /// # Panics
    /// If one does not end.
    pub async fn stop_writers(&mut self) -> Vec<Message> {
        self.write.stop();
        let mut messages = Vec::new();
        let all = async {
            while let Some(done) = self.writers.join_next().await {
                messages.extend(done.expect("writers do not panic"));
            }
        };
        timeout(END_MAX, all).await.expect("writers end");
        messages
    }

    /// Waits until each group was given `records` different records, or none of them got anything
    /// new for as long as nothing may stand still.
    pub async fn drain(&self, records: usize) {
        let progress = || self.groups.iter().map(|group| group.progress()).collect::<Vec<_>>();
        let (mut last, mut since) = (progress(), Instant::now());
        while last.iter().any(|progress| *progress < records) && since.elapsed() < STALL_MAX {
            sleep(LOOK_PAUSE).await;
            let now = progress();
            if now != last {
                (last, since) = (now, Instant::now());
            }
        }
    }

    /// A clean restart of every consumer: all say goodbye, then all come back; when they had gone.
    pub async fn restart_consumers(&mut self) -> Duration {
        self.stop_consumers().await;
        let gone = self.clock.now();
        self.start_consumers();
        gone
    }

    /// Lets the consumers say goodbye.
    pub async fn stop_consumers(&mut self) {
        self.read.stop();
        let all = async {
            while let Some(done) = self.consumers.join_next().await {
                done.expect("consumers do not panic");
            }
        };
        timeout(END_MAX, all).await.expect("consumers end");
    }

    fn start_writers(&mut self, signals: &Signals) {
        for number in 0..self.shape.writers {
            let desk = Desk {
                addresses: self.addresses.clone(),
                clock: self.clock,
                signals: signals.clone(),
                acknowledged: Arc::clone(&self.acknowledged),
            };
            self.writers.spawn(Writer::new(desk, number, &self.shape).run());
        }
    }

    fn start_consumers(&mut self) {
        let (read, signals) = signals();
        self.read = read;
        for number in 0..self.shape.consumers * self.groups.len() {
            let group = &self.groups[number / self.shape.consumers];
            let consumer = Consumer {
                addresses: self.addresses.clone(),
                clock: self.clock,
                signals: signals.clone(),
                group: Arc::clone(group),
                number,
                random: Random::new(self.shape.seed).part(500_000 + number as u64),
            };
            self.consumers.spawn(consumer.run());
        }
    }
}
