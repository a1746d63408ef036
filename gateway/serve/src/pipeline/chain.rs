//! The ordered plugins, immutable and numbered.

use std::{
    collections::HashMap,
    sync::{Arc, OnceLock, PoisonError, RwLock},
};

use crate::{
    message::{Role, TopicName},
    plugin::{Plugin, reach::StoreUse},
};

/// Most topics whose plugins are remembered; beyond it they are worked out again.
const TOPICS_MAX: usize = 10_000;

/// All plugins in force at one time. Never changed: a reload makes a new one.
#[derive(Debug)]
pub struct Chain {
    generation: u64,
    /// Sorted by order, then by name.
    plugins: Vec<Arc<Plugin>>,
    topics: RwLock<HashMap<TopicName, Arc<TopicPlugins>>>,
}

/// The plugins of a chain that apply to one topic, as indexes into it.
#[derive(Debug, Default)]
pub(super) struct TopicPlugins {
    /// In the order of produce.
    pub(super) filters: Vec<usize>,
    pub(super) router: Option<usize>,
    pub(super) partitioner: Option<usize>,
    pub(super) transcoder: Option<usize>,
    /// The router's answer, if it holds for the whole topic.
    pub(super) route: OnceLock<TopicName>,
}

impl Chain {
    /// Sorts `plugins` into a chain.
    pub fn new(generation: u64, mut plugins: Vec<Arc<Plugin>>) -> Self {
        plugins.sort_by(|a, b| {
            let (x, y) = (a.settings(), b.settings());
            (x.order, &x.name).cmp(&(y.order, &y.name))
        });
        Self { generation, plugins, topics: RwLock::default() }
    }

    /// A chain with forks of the plugins, for a dry run: it changes nothing of this one, and only
    /// reads from stores.
    #[must_use]
    pub fn fork(&self) -> Self {
        self.fork_with(|plugin| plugin.fork())
    }

    /// A chain with forks of the plugins that use their stores as `store_use` says.
    #[must_use]
    pub fn fork_with_stores(&self, store_use: &StoreUse) -> Self {
        self.fork_with(|plugin| plugin.fork_with(store_use.clone()))
    }

    fn fork_with(&self, fork: impl Fn(&Arc<Plugin>) -> Arc<Plugin>) -> Self {
        let plugins = self.plugins.iter().map(fork).collect();
        Self { generation: self.generation, plugins, topics: RwLock::default() }
    }

    /// The chain's number; grows with every reload.
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// All plugins, in their order.
    pub fn plugins(&self) -> &[Arc<Plugin>] {
        &self.plugins
    }

    /// The plugins that are asked about logins, in their order.
    pub fn authenticators(&self) -> impl Iterator<Item = &Arc<Plugin>> {
        self.plugins.iter().filter(|plugin| plugin.has(Role::Authenticator))
    }

    /// True if clients have to log in.
    pub fn authenticates(&self) -> bool {
        self.authenticators().next().is_some()
    }

    /// The calls that a record of `topic` meets on its way to a client, in order: plugin and
    /// function of the contract.
    pub fn met_on_consume(&self, topic: &TopicName) -> Vec<(&str, &'static str)> {
        let plugins = self.plugins_of(topic);
        let transcoders = plugins.transcoder.map(|at| (at, "transcoder.decode"));
        let filters = plugins.filters.iter().rev().map(|at| (*at, "filter.on-consume"));
        let calls = transcoders.into_iter().chain(filters);
        calls.map(|(at, call)| (self.plugins[at].name(), call)).collect()
    }

    /// The plugins that apply to `topic`.
    pub(super) fn plugins_of(&self, topic: &TopicName) -> Arc<TopicPlugins> {
        let known = self.topics.read().unwrap_or_else(PoisonError::into_inner).get(topic).cloned();
        known.unwrap_or_else(|| {
            let plugins = Arc::new(self.select_plugins(topic));
            let mut topics = self.topics.write().unwrap_or_else(PoisonError::into_inner);
            if topics.len() >= TOPICS_MAX {
                topics.clear();
            }
            Arc::clone(topics.entry(topic.clone()).or_insert(plugins))
        })
    }

    fn select_plugins(&self, topic: &TopicName) -> TopicPlugins {
        let of_role = |role| {
            let fits = move |plugin: &Arc<Plugin>| {
                let topics = &plugin.settings().topics;
                plugin.has(role) && topics.iter().any(|pattern| pattern.matches(topic.as_str()))
            };
            self.plugins
                .iter()
                .enumerate()
                .filter(move |(_, plugin)| fits(plugin))
                .map(|(at, _)| at)
        };
        TopicPlugins {
            filters: of_role(Role::Filter).collect(),
            router: of_role(Role::Router).next(),
            partitioner: of_role(Role::Partitioner).next(),
            transcoder: of_role(Role::Transcoder).next(),
            route: OnceLock::new(),
        }
    }
}
