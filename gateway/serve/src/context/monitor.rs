//! MONITOR: sending the lines of this client, and the end of the right to run it.

use bytes::BytesMut;

use super::Context;
use crate::clients::Interrupt;

/// Ends MONITOR.
pub(crate) fn stop_monitoring(context: &mut Context) {
    context.monitor = None;
    context.client.entry().note_monitoring(false);
}

/// After another login: disconnects a client that runs MONITOR and may not any more, because
/// no reply could say that it ended.
pub(super) fn recheck_monitoring(context: &mut Context) {
    if context.monitor.is_some() && context.check_admin().is_err() {
        stop_monitoring(context);
        context.client.entry().send_interrupt(Interrupt::Kill);
    }
}

/// Sends the noted lines to the clients that run MONITOR. Must be called before this client
/// waits: otherwise others could see what a command did before they see the command.
#[inline]
pub(crate) fn send_monitor_lines(context: &mut Context) {
    if context.monitor_lines.is_empty() {
        return;
    }
    let lines = context.monitor_lines.split().freeze();
    context.services.monitors.send(&lines);
    if !context.services.monitors.are_there() {
        context.monitor_lines = BytesMut::new();
    }
}
