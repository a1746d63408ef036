//! Port numbers for programs that must know them before they start and keep them over restarts.

use std::{
    net::TcpListener,
    process,
    sync::{
        LazyLock,
        atomic::{AtomicU16, Ordering},
    },
    time::{SystemTime, UNIX_EPOCH},
};

/// Ports below those that the kernel gives to outgoing connections: a port that was free stays
/// free while its server is down.
const FIRST: u16 = 12_000;
const COUNT: u16 = 20_000;

/// Ports that were free a moment ago, each given once by this process.
///
/// Another process may draw the same one at the same moment, so a start may still fail with
/// "address in use" and must then be tried again with others.
///
/// # Panics
/// If no port is free.
pub fn free_ports(count: usize) -> Vec<u16> {
    static BEGIN: LazyLock<u16> = LazyLock::new(begin);
    static STEPS: AtomicU16 = AtomicU16::new(0);
    let draw = |_| {
        let step = STEPS.fetch_add(1, Ordering::Relaxed) % COUNT;
        FIRST + (*BEGIN + step) % COUNT
    };
    let is_free = |port: &u16| TcpListener::bind(("127.0.0.1", *port)).is_ok();
    let ports: Vec<_> = (0..COUNT).map(draw).filter(is_free).take(count).collect();
    assert_eq!(ports.len(), count, "this machine has no free ports");
    ports
}

/// One such port.
///
/// # Panics
/// If no port is free.
pub fn free_port() -> u16 {
    free_ports(1)[0]
}

/// Where this process begins to draw: somewhere else than its neighbours.
fn begin() -> u16 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let place = u64::from(process::id()) * 7919 + u64::from(since.subsec_micros());
    u16::try_from(place % u64::from(COUNT)).expect("it is below the count")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_port_is_given_twice() {
        let mut ports = [free_ports(50), free_ports(50)].concat();
        ports.sort_unstable();
        ports.dedup();
        assert_eq!(ports.len(), 100);
    }
}
