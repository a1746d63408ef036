//! Real Kafka brokers, and what looks at them from outside.
//!
//! ```no_run
//! # async fn scene() {
//! use sluicegate_tests::{gateway, kafka};
//!
//! let Some(mut cluster) = kafka::cluster().brokers(3).start().await else { return };
//! let space = cluster.space();
//! let gateway = gateway().kafka(&space).start().await;
//! cluster.kill(2).await;
//! assert_eq!(gateway.client().await.send("XADD orders * value 7").await, "$1-0");
//! assert_eq!(space.outside().await.read("orders").await.len(), 1);
//! # }
//! ```

mod builder; //  a cluster that is being described
mod jars; //     Kafka's programs
mod listener; // further ways in: TLS, SASL
mod node; //     one broker's files and process
mod outside; //  a client that is not the gateway's
mod security; // certificates and tokens
mod space; //    names of its own in a shared Kafka
mod tools; //    Kafka's own command line tools
mod writers; //  kcat and the Java console producer
#[cfg(test)]
mod tests;

pub use builder::{Builder, cluster};
pub use jars::{NEWEST, OLDEST};
pub use listener::{Listener, Mechanism, PASSWORD, USER};
pub use outside::{Found, Outside};
pub use security::{Security, bearer_token};
pub use space::{Space, space};
pub use tools::Tools;
pub use writers::{console_producer, kcat, kcat_aborted};

use node::Node;
use rustix::process::Signal;
use tempfile::TempDir;

use crate::process::Process;

/// Running brokers on this machine; killed and removed with their data when dropped.
///
/// Brokers are numbered from 1.
#[derive(Debug)]
pub struct Cluster {
    version: String,
    nodes: Vec<Node>,
    _folder: TempDir,
}

impl Cluster {
    /// Number of brokers, running or not.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Never: a cluster has at least one broker.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// Where clients find the brokers: `host:port` of each, as it tells clients itself.
    pub fn bootstrap(&self) -> Vec<String> {
        self.nodes.iter().map(|node| node.advertised.clone()).collect()
    }

    /// The brokers' own listener among each other: never led through a proxy.
    pub fn direct(&self) -> Vec<String> {
        self.nodes.iter().map(|node| format!("127.0.0.1:{}", node.ports.internal)).collect()
    }

    /// Where broker `n` really listens for clients, whatever it tells them.
    pub fn address(&self, n: usize) -> String {
        format!("127.0.0.1:{}", self.node(n).ports.client)
    }

    /// Where the further listener of this name is, at broker 1.
    ///
    /// # Panics
    /// If the cluster was not described with one.
    pub fn listener(&self, name: &str) -> String {
        let node = self.node(1);
        let port = node.further.iter().find(|(listener, _)| listener.name == name);
        let (_, port) = port.unwrap_or_else(|| panic!("no listener is called {name}"));
        format!("127.0.0.1:{port}")
    }

    /// The version of its brokers.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// A name space of its own in this cluster.
    pub fn space(&self) -> Space {
        Space::new(self.bootstrap(), self.direct(), &self.version)
    }

    /// The process of broker `n`.
    ///
    /// # Panics
    /// If it never ran.
    pub fn process(&self, n: usize) -> &Process {
        self.node(n).process.as_ref().expect("it was started")
    }

    /// Ends broker `n` as a power cut would.
    pub async fn kill(&mut self, n: usize) {
        self.process_mut(n).kill().await;
    }

    /// Ends broker `n` in an orderly way: it hands its partitions to others first.
    ///
    /// A broker that cannot (the others are gone) is killed after [`crate::process::PATIENCE`].
    pub async fn stop(&mut self, n: usize) {
        let process = self.process_mut(n);
        process.signal(Signal::TERM);
        if process.wait().await.is_err() {
            process.kill().await;
        }
    }

    /// Lets broker `n` stand still: its connections stay open and nothing answers.
    pub fn pause(&self, n: usize) {
        self.process(n).signal(Signal::STOP);
    }

    /// Lets broker `n` go on.
    pub fn resume(&self, n: usize) {
        self.process(n).signal(Signal::CONT);
    }

    /// Starts the ended broker `n` on the same data and ports, and waits until it serves.
    ///
    /// Kafka takes a broker that was killed back only when its session has run out: 9 s after the
    /// end, unless the property `broker.session.timeout.ms` says less.
    ///
    /// # Panics
    /// If it does not start; the message shows its log.
    pub async fn start_again(&mut self, n: usize) {
        self.launch(n);
        self.serves(n).await;
    }

    /// Starts the ended broker `n` on the same data and ports without waiting.
    pub fn launch(&mut self, n: usize) {
        let version = self.version.clone();
        self.node_mut(n).launch(&version);
    }

    /// Waits until the launched broker `n` serves.
    ///
    /// # Panics
    /// If it does not; the message shows its log.
    pub async fn serves(&mut self, n: usize) {
        let node = self.node_mut(n);
        if let Err(log) = node.serves().await {
            panic!("broker {n} does not serve:\n{log}");
        }
    }

    fn node(&self, n: usize) -> &Node {
        self.nodes.get(n.wrapping_sub(1)).unwrap_or_else(|| panic!("there is no broker {n}"))
    }

    fn node_mut(&mut self, n: usize) -> &mut Node {
        self.nodes.get_mut(n.wrapping_sub(1)).unwrap_or_else(|| panic!("there is no broker {n}"))
    }

    fn process_mut(&mut self, n: usize) -> &mut Process {
        self.node_mut(n).process.as_mut().expect("it was started")
    }
}
