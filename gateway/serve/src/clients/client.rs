//! One connected client, as others see it.

use std::sync::{
    Arc, Mutex, MutexGuard, OnceLock, PoisonError,
    atomic::{AtomicBool, AtomicI64, AtomicU8, AtomicU64, AtomicUsize, Ordering},
};

use tokio::{sync::Notify, time::Instant};

use crate::{channels::Subscriber, message::DEFAULT_USER, resp::Protocol};

/// Both ends of a connection.
#[derive(Clone, Debug)]
pub struct Peer {
    /// Address of the client, `ip:port`; `unix` for one of the unix socket.
    pub address: String,
    /// The gateway's own end, `ip:port`, or the path of its socket and `:0`.
    pub local: String,
    /// Number of the open file.
    pub fd: i32,
}

/// What another client, or the operator, wants of this one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Interrupt {
    /// End the connection.
    Kill,
    /// End the wait as if its time was up.
    UnblockTimeout,
    /// End the wait with an error.
    UnblockError,
}

const NO_ORDER: u8 = 0;
const KILL: u8 = 1;
const UNBLOCK_TIMEOUT: u8 = 2;
const UNBLOCK_ERROR: u8 = 3;

/// One connected client. Its session writes here without locks, but for rare texts.
#[derive(Debug)]
pub(crate) struct Client {
    id: u64,
    peer: Peer,
    since: Instant,
    notify: Arc<Notify>,
    order: AtomicU8,
    is_blocked: AtomicBool,
    /// Milliseconds after `since` at which it sent something last.
    seen: AtomicU64,
    /// The command it sent last, as its number among all commands.
    command: AtomicU8,
    /// Commands in its transaction; -1 for none.
    pub(crate) queued: AtomicI64,
    /// Bytes of an incomplete request.
    pub(crate) unhandled: AtomicUsize,
    pub(crate) channels: AtomicUsize,
    pub(crate) shards: AtomicUsize,
    pub(crate) patterns: AtomicUsize,
    is_resp3: AtomicBool,
    /// It sees the commands of all.
    is_monitor: AtomicBool,
    /// Made when it first subscribes.
    subscriber: OnceLock<Arc<Subscriber>>,
    texts: Mutex<Texts>,
}

/// What changes rarely.
#[derive(Debug)]
pub(crate) struct Texts {
    pub(crate) user: String,
    pub(crate) name: String,
    /// The group it is a member of; empty if it is of none.
    pub(crate) group: String,
    pub(crate) library: String,
    pub(crate) version: String,
    /// Second word of its last command, where that is one of several under a name.
    pub(crate) subcommand: String,
}

impl Client {
    pub(crate) fn new(id: u64, peer: Peer) -> Self {
        let texts = Texts {
            user: DEFAULT_USER.into(),
            name: String::new(),
            group: String::new(),
            library: String::new(),
            version: String::new(),
            subcommand: String::new(),
        };
        Self {
            id,
            peer,
            since: Instant::now(),
            notify: Arc::default(),
            order: AtomicU8::new(NO_ORDER),
            is_blocked: AtomicBool::new(false),
            seen: AtomicU64::new(0),
            command: AtomicU8::new(u8::MAX),
            queued: AtomicI64::new(-1),
            unhandled: AtomicUsize::new(0),
            channels: AtomicUsize::new(0),
            shards: AtomicUsize::new(0),
            patterns: AtomicUsize::new(0),
            is_resp3: AtomicBool::new(false),
            is_monitor: AtomicBool::new(false),
            subscriber: OnceLock::new(),
            texts: Mutex::new(texts),
        }
    }

    pub(crate) fn id(&self) -> u64 {
        self.id
    }

    pub(crate) fn peer(&self) -> &Peer {
        &self.peer
    }

    pub(crate) fn notify(&self) -> &Arc<Notify> {
        &self.notify
    }

    pub(crate) fn texts(&self) -> MutexGuard<'_, Texts> {
        self.texts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn user(&self) -> String {
        self.texts().user.clone()
    }

    /// The client has sent something just now.
    pub(crate) fn note_seen(&self) {
        let millis = u64::try_from(self.since.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.seen.store(millis, Ordering::Relaxed);
    }

    pub(crate) fn note_unhandled(&self, bytes: usize) {
        self.unhandled.store(bytes, Ordering::Relaxed);
    }

    pub(crate) fn note_command(&self, number: u8) {
        self.command.store(number, Ordering::Relaxed);
    }

    pub(crate) fn note_subcommand(&self, name: &[u8]) {
        const SHOWN_BYTES_MAX: usize = 32;
        let shown = &name[..name.len().min(SHOWN_BYTES_MAX)];
        let shown = shown.iter().map(|byte| match byte {
            b'!'..=b'~' => char::from(byte.to_ascii_lowercase()),
            _ => '?',
        });
        self.texts().subcommand = shown.collect();
    }

    pub(crate) fn note_queued(&self, commands: Option<usize>) {
        let commands = commands.map_or(-1, |count| i64::try_from(count).unwrap_or(i64::MAX));
        self.queued.store(commands, Ordering::Relaxed);
    }

    pub(crate) fn note_protocol(&self, protocol: Protocol) {
        self.is_resp3.store(protocol == Protocol::Resp3, Ordering::Relaxed);
    }

    pub(crate) fn note_monitoring(&self, is_monitor: bool) {
        self.is_monitor.store(is_monitor, Ordering::Relaxed);
    }

    pub(crate) fn is_monitor(&self) -> bool {
        self.is_monitor.load(Ordering::Relaxed)
    }

    pub(crate) fn note_subscriptions(&self, [channels, shards, patterns]: [usize; 3]) {
        self.channels.store(channels, Ordering::Relaxed);
        self.shards.store(shards, Ordering::Relaxed);
        self.patterns.store(patterns, Ordering::Relaxed);
    }

    pub(crate) fn note_subscriber(&self, subscriber: &Arc<Subscriber>) {
        // It is made once for a connection.
        let _ = self.subscriber.set(Arc::clone(subscriber));
    }

    pub(crate) fn subscriber(&self) -> Option<&Arc<Subscriber>> {
        self.subscriber.get()
    }

    pub(crate) fn is_resp3(&self) -> bool {
        self.is_resp3.load(Ordering::Relaxed)
    }

    pub(crate) fn is_blocked(&self) -> bool {
        self.is_blocked.load(Ordering::SeqCst)
    }

    /// Does it listen to anything?
    pub(crate) fn listens(&self) -> bool {
        [&self.channels, &self.shards, &self.patterns]
            .iter()
            .any(|count| count.load(Ordering::Relaxed) > 0)
    }

    /// The number of its last command; 255 before the first.
    pub(crate) fn command(&self) -> u8 {
        self.command.load(Ordering::Relaxed)
    }

    pub(crate) fn age_secs(&self) -> u64 {
        self.since.elapsed().as_secs()
    }

    pub(crate) fn idle_secs(&self) -> u64 {
        let now = u64::try_from(self.since.elapsed().as_millis()).unwrap_or(u64::MAX);
        now.saturating_sub(self.seen.load(Ordering::Relaxed)) / 1_000
    }

    /// True if that was a change; a wait that has ended leaves no wish to end it.
    pub(crate) fn set_blocked(&self, is_blocked: bool) -> bool {
        let was_blocked = self.is_blocked.swap(is_blocked, Ordering::SeqCst);
        if was_blocked && !is_blocked {
            let kept = |order| (order != KILL).then_some(NO_ORDER);
            let _ = self.order.fetch_update(Ordering::SeqCst, Ordering::SeqCst, kept);
        }
        was_blocked != is_blocked
    }

    /// Gives an order; false if there is no wait to end, or it has been ended already.
    pub(crate) fn send_interrupt(&self, order: Interrupt) -> bool {
        let given = match order {
            Interrupt::Kill => {
                self.order.store(KILL, Ordering::SeqCst);
                true
            }
            Interrupt::UnblockTimeout => self.is_blocked() && self.order_if_free(UNBLOCK_TIMEOUT),
            Interrupt::UnblockError => self.is_blocked() && self.order_if_free(UNBLOCK_ERROR),
        };
        if given {
            self.notify.notify_one();
        }
        given
    }

    fn order_if_free(&self, order: u8) -> bool {
        let free = NO_ORDER;
        self.order.compare_exchange(free, order, Ordering::SeqCst, Ordering::SeqCst).is_ok()
    }

    /// The order that was given, if any; that to end the connection stays.
    pub(crate) fn interrupt(&self) -> Option<Interrupt> {
        match self.order.load(Ordering::SeqCst) {
            KILL => Some(Interrupt::Kill),
            UNBLOCK_TIMEOUT => Some(Interrupt::UnblockTimeout),
            UNBLOCK_ERROR => Some(Interrupt::UnblockError),
            _ => None,
        }
    }
}
