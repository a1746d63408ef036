//! MONITOR: sending the lines of this client, and the end of the right to run it.

use bytes::BytesMut;

use super::Context;
use crate::clients::Interrupt;

impl Context {
    /// Ends MONITOR.
    pub(crate) fn stop_monitoring(&mut self) {
        self.monitor = None;
        self.client.entry().note_monitoring(false);
    }

    /// After another login: disconnects a client that runs MONITOR and may not any more, because
    /// no reply could say that it ended.
    pub(super) fn recheck_monitoring(&mut self) {
        if self.monitor.is_some() && self.check_admin().is_err() {
            self.stop_monitoring();
            self.client.entry().send_interrupt(Interrupt::Kill);
        }
    }

    /// Sends the noted lines to the clients that run MONITOR. Must be called before this client
    /// waits: otherwise others could see what a command did before they see the command.
    #[inline]
    pub(crate) fn send_monitor_lines(&mut self) {
        if self.monitor_lines.is_empty() {
            return;
        }
        let lines = self.monitor_lines.split().freeze();
        self.services.registry.monitors.send(&lines);
        if !self.services.registry.monitors.are_there() {
            self.monitor_lines = BytesMut::new();
        }
    }
}
