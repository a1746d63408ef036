//! MONITOR: the commands of all clients, as they come.
//!
//! A command is shown when it is about to be done, in Redis' words: `admin` commands, and those
//! that are refused before they come to anything, are not shown. A line is made once for all who
//! watch and laid into the queues that subscribers have, so that a watcher who does not read is cut
//! off as they are, and slows nobody. While nobody watches, a command costs one look at a number.

use bytes::BytesMut;

use super::Context;
use crate::{
    clients::{Interrupt, MonitorHandle},
    commands::{Monitored, Request},
    message::Rejection,
    resp::is_word,
};

mod line;

/// Lines of one client are laid into the queues together up to this size.
const GATHERED_BYTES_MAX: usize = 64 * 1024;

impl Context {
    pub(crate) fn monitor(&mut self) -> Result<(), Rejection> {
        self.check_admin()?;
        if self.transaction.is_running() {
            return Err(Rejection::err("MONITOR isn't allowed for DENY BLOCKING client"));
        }
        // As in Redis, the second one is not even answered.
        if self.monitor.is_none() {
            let watcher = self.subscriber()?;
            self.monitor = Some(MonitorHandle::begin(&self.services.registry, watcher));
            self.client.entry().note_watching(true);
            self.replies.ok();
        }
        Ok(())
    }

    /// RESET, or the end of the right to watch.
    pub(crate) fn stop_watching(&mut self) {
        self.monitor = None;
        self.client.entry().note_watching(false);
    }

    /// Another login: whoever may not watch any more is sent away, for nothing else would tell it.
    pub(crate) fn watch_as_allowed(&mut self) {
        if self.monitor.is_some() && self.check_admin().is_err() {
            self.stop_watching();
            self.client.entry().send_interrupt(Interrupt::Kill);
        }
    }

    /// Notes a command for those who watch; they see it with the next [`Context::tell_watchers`].
    #[inline]
    pub(crate) fn show(&mut self, request: &Request<'_>) {
        if self.services.registry.monitors.are_there() {
            self.write_down(request);
        }
    }

    #[cold]
    fn write_down(&mut self, request: &Request<'_>) {
        if is_hidden(request) {
            return;
        }
        let now = self.services.clock.now();
        line::write(&mut self.monitor_lines, now, self.client.entry().peer(), &request.args);
        if self.monitor_lines.len() > GATHERED_BYTES_MAX {
            self.tell_watchers();
        }
    }

    /// Lays the commands noted so far into the watchers' queues: before the client waits for
    /// anything, or others could see what a command did before they see the command.
    #[inline]
    pub(crate) fn tell_watchers(&mut self) {
        if self.monitor_lines.is_empty() {
            return;
        }
        let lines = self.monitor_lines.split().freeze();
        self.services.registry.monitors.tell(&lines);
        if !self.services.registry.monitors.are_there() {
            self.monitor_lines = BytesMut::new();
        }
    }
}

/// Does Redis take the command for too dangerous to be shown?
fn is_hidden(request: &Request<'_>) -> bool {
    let word = request.args.get(1).unwrap_or_default();
    let is_one = |names: &[&str]| names.iter().any(|name| is_word(word, name));
    match request.spec().monitored {
        Monitored::Shown | Monitored::ShownBehind => false,
        Monitored::Hidden => true,
        Monitored::HiddenSubcommands(names) => is_one(names),
        Monitored::ShownSubcommands(names) => !is_one(names),
    }
}
