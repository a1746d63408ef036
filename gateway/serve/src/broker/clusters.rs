//! The brokers of one gateway, by name.

use std::{collections::BTreeMap, sync::Arc};

use super::Broker;
use crate::message::TopicName;

/// The number of a cluster among all clusters of the gateway, from 0. It stays the same while the
/// process runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ClusterIndex(pub usize);

/// One broker, with its name in the configuration and in grants.
#[derive(Clone, Debug)]
pub struct Cluster {
    /// Its name.
    pub name: Arc<str>,
    /// Which of the gateway's clusters it is.
    pub index: ClusterIndex,
    /// The broker itself.
    pub broker: Arc<dyn Broker>,
}

/// A topic of one of the gateway's clusters.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ClusterTopic {
    /// The cluster that has the topic.
    pub cluster: ClusterIndex,
    /// Name of the topic.
    pub topic: TopicName,
}

impl Cluster {
    /// A topic of this cluster. Whether it exists is not checked.
    pub fn topic(&self, topic: &TopicName) -> ClusterTopic {
        ClusterTopic { cluster: self.index, topic: topic.clone() }
    }
}

/// All clusters of a gateway: those named in the configuration, one of which serves clients whose
/// grant names none.
#[derive(Debug)]
pub struct Clusters {
    all: Vec<Cluster>,
    default: usize,
    /// There are no others: every grant means it, whatever name it uses.
    is_only: bool,
}

impl Clusters {
    /// A gateway whose broker has no name in the configuration: it serves every grant, whatever
    /// cluster that names.
    pub fn one(broker: Arc<dyn Broker>) -> Self {
        let name = broker.name().to_owned();
        let clusters = Self::new(BTreeMap::from([(name.clone(), broker)]), &name);
        Self { is_only: true, ..clusters }
    }

    /// A gateway with several; `default` names one of them, or else the first is the default.
    ///
    /// # Panics
    /// If there is none.
    pub fn new(named: BTreeMap<String, Arc<dyn Broker>>, default: &str) -> Self {
        assert!(!named.is_empty(), "a gateway has a broker");
        let place = named.keys().position(|name| name == default).unwrap_or_default();
        let all = named.into_iter().enumerate();
        let all = all.map(|(index, (name, broker))| Cluster {
            name: name.into(),
            index: ClusterIndex(index),
            broker,
        });
        Self { all: all.collect(), default: place, is_only: false }
    }

    /// The same names with other brokers behind them.
    #[must_use]
    pub fn with(&self, mut other: impl FnMut(&Cluster) -> Arc<dyn Broker>) -> Self {
        let all =
            self.all.iter().map(|cluster| Cluster { broker: other(cluster), ..cluster.clone() });
        Self { all: all.collect(), default: self.default, is_only: self.is_only }
    }

    /// The cluster of that name, or the default one; `None` if there is no such cluster.
    pub fn get(&self, name: Option<&str>) -> Option<&Cluster> {
        match name {
            None => self.all.get(self.default),
            Some(_) if self.is_only => self.all.get(self.default),
            Some(name) => self.all.iter().find(|cluster| &*cluster.name == name),
        }
    }

    /// The cluster of clients whose grant names none.
    pub fn default(&self) -> &Cluster {
        &self.all[self.default]
    }

    /// All of them, by name.
    pub fn all(&self) -> &[Cluster] {
        &self.all
    }
}
