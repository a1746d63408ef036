//! The lines that MONITOR shows: which requests are noted, and how.
//!
//! A request is noted when it is about to be answered. As in Redis, `admin` commands and requests
//! that are refused on admission are not shown. A line is encoded once for all clients that run
//! MONITOR and goes into their subscriber queues, so that one that does not read is disconnected
//! like a slow subscriber and slows nobody. While no client runs MONITOR, a request costs one
//! atomic load.

use super::spec::{Monitored, Request};
use crate::{
    context::{Context, send_monitor_lines},
    resp::is_word,
};

mod line;

/// Lines of one client are sent together up to this size.
const PENDING_BYTES_MAX: usize = 64 * 1024;

/// Notes a request for the clients that run MONITOR; [`send_monitor_lines`] sends it.
#[inline]
pub(crate) fn note(context: &mut Context, request: &Request<'_>) {
    if context.services.monitors.are_there() {
        add_line(context, request);
    }
}

#[cold]
fn add_line(context: &mut Context, request: &Request<'_>) {
    if is_hidden(request) {
        return;
    }
    let now = context.services.clock.now();
    let peer = context.client.entry().peer();
    line::write(&mut context.monitor_lines, now, peer, request);
    if context.monitor_lines.len() > PENDING_BYTES_MAX {
        send_monitor_lines(context);
    }
}

/// Does MONITOR hide the request, because it is dangerous or for administrators?
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
