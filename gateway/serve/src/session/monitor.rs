//! MONITOR: the commands of all clients, as they come.
//!
//! A command is shown when it is about to be done, in Redis' words: `admin` commands, and those
//! that are refused before they come to anything, are not shown. A line is made once for all who
//! watch and laid into the queues that subscribers have, so that a watcher who does not read is cut
//! off as they are, and slows nobody. While nobody watches, a command costs one look at a number.

use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError,
    atomic::{AtomicUsize, Ordering},
};

use bytes::{Bytes, BytesMut};

use super::{
    Session,
    registry::{Order, Registry},
};
use crate::{
    channels::Subscriber,
    command::{Command, Family, Spec},
    message::Rejection,
    resp::Args,
};

mod line;

/// Lines of one client are laid into the queues together up to this size.
const GATHERED_BYTES_MAX: usize = 64 * 1024;

/// Those who watch.
#[derive(Debug, Default)]
pub(super) struct Monitors {
    count: AtomicUsize,
    /// Held for one look or change, never across an await.
    watchers: Mutex<Vec<Arc<Subscriber>>>,
}

impl Monitors {
    /// Does anybody watch?
    #[inline]
    pub(super) fn are_there(&self) -> bool {
        // Nothing hangs on the order: a watcher sees what comes once it is noticed.
        self.count.load(Ordering::Relaxed) > 0
    }

    fn watchers(&self) -> MutexGuard<'_, Vec<Arc<Subscriber>>> {
        self.watchers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell(&self, lines: &Bytes) {
        self.watchers().iter().for_each(|watcher| watcher.lay(lines.clone()));
    }

    fn change(&self, change: impl FnOnce(&mut Vec<Arc<Subscriber>>)) {
        let mut watchers = self.watchers();
        change(&mut watchers);
        self.count.store(watchers.len(), Ordering::Relaxed);
    }
}

/// A connection's place among those who watch, until it is dropped.
pub(super) struct Watching {
    registry: Arc<Registry>,
    watcher: Arc<Subscriber>,
}

impl Watching {
    fn begin(registry: &Arc<Registry>, watcher: Arc<Subscriber>) -> Self {
        registry.monitors.change(|watchers| watchers.push(Arc::clone(&watcher)));
        Self { registry: Arc::clone(registry), watcher }
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        let id = self.watcher.id();
        self.registry.monitors.change(|watchers| watchers.retain(|other| other.id() != id));
    }
}

impl Session {
    pub(super) fn monitor(&mut self) -> Result<(), Rejection> {
        self.check_admin()?;
        if self.transaction.is_running() {
            return Err(Rejection::err("MONITOR isn't allowed for DENY BLOCKING client"));
        }
        // As in Redis, the second one is not even answered.
        if self.watching.is_none() {
            let watcher = self.subscriber()?;
            self.watching = Some(Watching::begin(&self.services.registry, watcher));
            self.card.client().note_watching(true);
            self.replies.ok();
        }
        Ok(())
    }

    /// RESET, or the end of the right to watch.
    pub(super) fn stop_watching(&mut self) {
        self.watching = None;
        self.card.client().note_watching(false);
    }

    /// Another login: whoever may not watch any more is sent away, for nothing else would tell it.
    pub(super) fn watch_as_allowed(&mut self) {
        if self.watching.is_some() && self.check_admin().is_err() {
            self.stop_watching();
            self.card.client().order(Order::Kill);
        }
    }

    /// Why a client that watches may not ask for this, in Redis' words, where it is a kind of
    /// replica.
    pub(super) fn check_watching(&self, spec: &Spec) -> Result<(), Rejection> {
        if self.watching.is_some() && is_about_topics(spec) {
            return Err(Rejection::err("Replica can't interact with the keyspace"));
        }
        Ok(())
    }

    /// Notes a command for those who watch; they see it with the next [`Session::tell_watchers`].
    #[inline]
    pub(super) fn show(&mut self, spec: &Spec, args: &Args<'_>) {
        if self.services.registry.monitors.are_there() {
            self.write_down(spec, args);
        }
    }

    #[cold]
    fn write_down(&mut self, spec: &Spec, args: &Args<'_>) {
        if is_hidden(spec, args) {
            return;
        }
        let now = self.services.clock.now();
        line::write(&mut self.shown, now, self.card.client().peer(), args);
        if self.shown.len() > GATHERED_BYTES_MAX {
            self.tell_watchers();
        }
    }

    /// Lays the commands noted so far into the watchers' queues: before the client waits for
    /// anything, or others could see what a command did before they see the command.
    #[inline]
    pub(super) fn tell_watchers(&mut self) {
        if self.shown.is_empty() {
            return;
        }
        let lines = self.shown.split().freeze();
        self.services.registry.monitors.tell(&lines);
        if !self.services.registry.monitors.are_there() {
            self.shown = BytesMut::new();
        }
    }
}

/// What Redis calls the keyspace.
fn is_about_topics(spec: &Spec) -> bool {
    let is_kept = matches!(
        spec.command,
        Command::DbSize | Command::Memory | Command::Publish | Command::SPublish
    );
    let is_family = matches!(spec.family, Family::Generic | Family::Stream | Family::Databus);
    (is_kept || is_family) && spec.command != Command::Wait
}

/// Commands that Redis takes for too dangerous to be shown: those of its `admin` flag.
fn is_hidden(spec: &Spec, args: &Args<'_>) -> bool {
    let word = args.get(1).unwrap_or_default().to_ascii_uppercase();
    match spec.command {
        Command::Monitor => true,
        Command::Config | Command::Latency | Command::Module | Command::Slowlog => word != b"HELP",
        Command::Acl => !matches!(&*word, b"HELP" | b"WHOAMI" | b"CAT"),
        Command::Client => {
            matches!(&*word, b"LIST" | b"KILL" | b"UNBLOCK" | b"NO-EVICT" | b"PAUSE" | b"UNPAUSE")
        }
        _ => false,
    }
}
