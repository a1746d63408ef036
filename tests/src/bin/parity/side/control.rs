//! The harness' own connection.

use std::{
    str,
    time::{Duration, Instant},
};

use sluicegate_tests::client::encode;
use tokio::time::sleep;

use crate::parity::{
    frame::{Frame, find},
    profile::Profile,
    wire::{Came, Speech, Wire},
};

/// Pause between two questions.
const PAUSE: Duration = Duration::from_millis(1);

/// What the harness has asked since the gateway began: how often it must ask differs between
/// gateways, and they count it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Traffic {
    pub(crate) commands: u64,
    pub(crate) bytes: u64,
}

/// The connection.
#[derive(Debug)]
pub(super) struct Control {
    address: String,
    profile: Profile,
    patience: Duration,
    wire: Option<Wire>,
    /// Its own end, also those of before.
    pub(super) addresses: Vec<String>,
    pub(super) traffic: Traffic,
    /// Number of the newest connection.
    newest: u64,
}

impl Control {
    pub(super) async fn new(address: &str, profile: Profile, patience: Duration) -> Self {
        let (address, traffic) = (address.to_owned(), Traffic::default());
        let (wire, addresses) = (None, Vec::new());
        let mut control = Self { address, profile, patience, wire, addresses, traffic, newest: 0 };
        control.renew().await;
        control
    }

    /// The number of a connection that was just made.
    pub(super) fn number_next(&mut self) -> u64 {
        self.newest += 1;
        self.newest
    }

    /// Keeps the newest of its addresses only.
    pub(super) fn forget_addresses(&mut self) {
        self.addresses.drain(..self.addresses.len().saturating_sub(1));
    }

    /// Makes the connection anew.
    pub(super) async fn renew(&mut self) {
        if let Some(wire) = self.wire.take() {
            wire.close().await;
        }
        self.wire = Wire::connect(&self.address, Speech::Resp, self.patience).await.ok();
        self.addresses.extend(self.wire.as_ref().map(|wire| wire.address.clone()));
        self.newest += 1;
        if self.profile.asks_for_login() {
            self.ask(&["AUTH", "admin", "admin"]).await;
        } else {
            self.ask(&["ECHO", "harness"]).await;
        }
    }

    /// Waits until it is the only connection; false if it never is.
    pub(super) async fn is_alone(&mut self) -> bool {
        let end = Instant::now() + self.patience;
        loop {
            let text = self.ask(&["INFO", "clients", "stats"]).await;
            let has = |line: &[u8]| find(&text, line).is_some();
            if has(b"connected_clients:1\r\n") && has(b"connections_now:1\r\n") {
                return true;
            }
            if Instant::now() > end {
                return false;
            }
            sleep(PAUSE).await;
        }
    }

    /// Reads one entry of each topic.
    pub(super) async fn settle(&mut self, topics: &[String]) {
        for topic in topics {
            self.ask(&["XRANGE", topic, "-", "+", "COUNT", "1"]).await;
        }
    }

    /// Does the connection of this number wait in a blocking command?
    pub(super) async fn is_blocked(&mut self, id: u64) -> bool {
        let line = self.ask(&["CLIENT", "LIST", "ID", &id.to_string()]).await;
        let line = str::from_utf8(&line).unwrap_or_default();
        let flags = line.split(' ').find_map(|word| word.strip_prefix("flags="));
        flags.is_some_and(|flags| flags.contains('b'))
    }

    /// Sends a command; the text of its reply, empty where there is none.
    async fn ask(&mut self, words: &[&str]) -> Vec<u8> {
        let Some(wire) = &mut self.wire else { return Vec::new() };
        let request = encode(words);
        self.traffic.commands += 1;
        self.traffic.bytes += request.len() as u64;
        wire.write(&request).await;
        match wire.next().await {
            Came::Reply(reply) => match Frame::read(&reply) {
                Ok(Some((Frame::Blob(_, text) | Frame::Line(_, text), _))) => text,
                Ok(_) | Err(_) => Vec::new(),
            },
            Came::End | Came::Nothing => Vec::new(),
        }
    }
}
