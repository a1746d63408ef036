//! The description of a cluster, before it runs.

use std::path::Path;

use tempfile::TempDir;
use tokio::task::JoinSet;

use super::{
    Cluster, Listener, NEWEST, jars,
    node::{Node, Ports},
};
use crate::ports::free_ports;

/// Starts that may meet a port which somebody took at the same moment.
const STARTS_MAX: usize = 5;

/// Begins the description of a cluster: one broker of the newest Kafka.
pub fn cluster() -> Builder {
    Builder {
        brokers: 1,
        version: NEWEST.to_owned(),
        properties: Vec::new(),
        listeners: Vec::new(),
        advertised: Vec::new(),
    }
}

/// A cluster that is being described.
#[derive(Clone, Debug)]
pub struct Builder {
    brokers: usize,
    version: String,
    properties: Vec<(String, String)>,
    listeners: Vec<Listener>,
    advertised: Vec<(usize, String)>,
}

impl Builder {
    /// So many brokers, which keep up to three copies of everything and of which a majority of
    /// the copies must be in sync.
    #[must_use]
    pub fn brokers(mut self, count: usize) -> Self {
        self.brokers = count;
        self
    }

    /// This Kafka, which `.ci/setup` has fetched.
    #[must_use]
    pub fn version(mut self, version: &str) -> Self {
        version.clone_into(&mut self.version);
        self
    }

    /// One more line of `server.properties`; a later line wins.
    #[must_use]
    pub fn property(mut self, key: &str, value: &str) -> Self {
        self.properties.push((key.to_owned(), value.to_owned()));
        self
    }

    /// A further way in, on a port of its own, beside those without encryption or login.
    #[must_use]
    pub fn listener(mut self, listener: Listener) -> Self {
        self.listeners.push(listener);
        self
    }

    /// Broker `n` tells its clients to connect to `address`: a proxy's.
    #[must_use]
    pub fn advertise(mut self, n: usize, address: &str) -> Self {
        self.advertised.push((n, address.to_owned()));
        self
    }

    /// Starts all brokers and waits until each serves; `None`, counted, where this machine lacks
    /// Java or the jars.
    ///
    /// # Panics
    /// If one does not start; the message shows its log.
    pub async fn start(self) -> Option<Cluster> {
        if !jars::are_there(&self.version) {
            return None;
        }
        for _ in 0..STARTS_MAX {
            match self.try_start().await {
                Ok(cluster) => return Some(cluster),
                Err(log) if log.contains("Address already in use") => {}
                Err(log) => panic!("a broker did not start:\n{log}"),
            }
        }
        panic!("no free ports were found {STARTS_MAX} times");
    }

    /// Starts them once, on ports that were free a moment ago.
    ///
    /// # Errors
    /// The log of the first broker that did not start.
    async fn try_start(&self) -> Result<Cluster, String> {
        let folder = TempDir::new().expect("a temporary folder can be made");
        let nodes: Vec<_> = (1..=self.brokers).map(|n| self.node(n, folder.path())).collect();
        let ports: Vec<_> = nodes.iter().map(|node| (node.number, node.ports)).collect();
        nodes.iter().for_each(|node| node.write(&ports, &self.properties));
        nodes[0].format(&self.version).await;
        nodes[1..].iter().for_each(|node| node.format_like(&nodes[0]));
        let mut starting = JoinSet::new();
        for mut node in nodes {
            node.launch(&self.version);
            starting.spawn(async move { node.serves().await.map(|()| node) });
        }
        let mut nodes = Vec::new();
        while let Some(node) = starting.join_next().await {
            nodes.push(node.expect("starting does not panic")?);
        }
        nodes.sort_by_key(|node| node.number);
        Ok(Cluster { version: self.version.clone(), nodes, _folder: folder })
    }

    fn node(&self, number: usize, folder: &Path) -> Node {
        let drawn = free_ports(3 + self.listeners.len());
        let ports = Ports { controller: drawn[0], internal: drawn[1], client: drawn[2] };
        let told = self.advertised.iter().rev().find(|(n, _)| *n == number);
        let advertised =
            told.map_or_else(|| format!("127.0.0.1:{}", ports.client), |(_, told)| told.clone());
        Node {
            number,
            ports,
            further: self.listeners.iter().cloned().zip(drawn[3..].iter().copied()).collect(),
            advertised,
            folder: folder.join(number.to_string()),
            process: None,
        }
    }
}
