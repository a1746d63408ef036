//! Commands about the gateway itself: TOPIC and PLUGIN.

use tokio::sync::oneshot;

use super::Session;
use crate::{
    broker::NewTopic,
    command,
    message::{Rejection, Role},
    pipeline::{Wish, read_refusal, refusal},
    plugin::{Plugin, PluginStats},
    resp::Args,
};

impl Session {
    pub(super) async fn topic(&mut self, args: &Args<'_>) -> Result<(), Rejection> {
        match args[1].to_ascii_uppercase().as_slice() {
            b"CREATE" => self.topic_create(args).await,
            b"LIST" => self.topic_list().await,
            b"INFO" => self.topic_info(args).await,
            _ => Err(command::unknown_subcommand("TOPIC", &args[1])),
        }
    }

    async fn topic_create(&mut self, args: &Args<'_>) -> Result<(), Rejection> {
        self.check_admin()?;
        let create = command::topic_create(args)?;
        let partitions = create.partitions.unwrap_or(self.services.settings.partitions);
        let pipeline = &self.services.pipeline;
        let topic = NewTopic { name: create.name, partitions, configs: create.configs };
        let cluster = &self.identity()?.cluster;
        let made = pipeline.create_topic(cluster, topic).await;
        made.map_err(|error| refusal(Wish::Create, error))?;
        self.replies.ok();
        Ok(())
    }

    /// TOPIC INFO: partitions, copies, and the settings that are not the broker's defaults.
    async fn topic_info(&mut self, args: &Args<'_>) -> Result<(), Rejection> {
        if args.len() != 3 {
            return Err(command::wrong_arity("topic|info"));
        }
        let name = command::stream_key(&args[2])?.topic;
        let grant = self.identity()?.grant();
        if !grant.admin && !grant.may_publish(name.as_str()) {
            self.check_consume(&name)?;
        }
        let details = self.broker()?.describe_topic(&name).await.map_err(read_refusal)?;
        self.replies.map(4);
        self.text("name", details.info.name.as_str());
        self.number("partitions", u64::from(details.info.partitions));
        self.number("replicas", u64::from(details.replicas));
        self.replies.bulk(b"configs");
        self.replies.map(details.configs.len());
        for (name, value) in &details.configs {
            self.text(name, value);
        }
        Ok(())
    }

    /// TOPIC LIST: name and partitions of each topic the client may use.
    async fn topic_list(&mut self) -> Result<(), Rejection> {
        let topics = self.broker()?.topics().await.map_err(read_refusal)?;
        let mut shown = Vec::with_capacity(topics.len());
        for topic in topics {
            if self.may_manage(&topic.name)? {
                shown.push(topic);
            }
        }
        self.replies.array(shown.len());
        for topic in shown {
            self.replies.map(2);
            self.text("name", topic.name.as_str());
            self.number("partitions", u64::from(topic.partitions));
        }
        Ok(())
    }

    pub(super) async fn plugin(&mut self, args: &Args<'_>) -> Result<(), Rejection> {
        self.check_admin()?;
        match (args[1].to_ascii_uppercase().as_slice(), args.get(2)) {
            (b"LIST", None) => self.plugin_list(),
            (b"INFO", Some(name)) => self.plugin_info(name)?,
            (b"RELOAD", None) => self.plugin_reload().await?,
            (b"LIST" | b"INFO" | b"RELOAD", _) => {
                let name = String::from_utf8_lossy(&args[1]).to_lowercase();
                return Err(command::wrong_arity(&format!("plugin|{name}")));
            }
            _ => return Err(command::unknown_subcommand("PLUGIN", &args[1])),
        }
        Ok(())
    }

    /// PLUGIN LIST: the chain in its order, then refused files that have no version in force.
    fn plugin_list(&mut self) {
        let chain = self.services.pipeline.chain();
        let refusals = self.services.refusals.all();
        let plugins = chain.plugins();
        let outside: Vec<_> = refusals
            .iter()
            .filter(|(name, _)| plugins.iter().all(|plugin| plugin.name() != *name))
            .collect();
        self.replies.array(plugins.len() + outside.len());
        for plugin in plugins {
            self.replies.map(7);
            self.text("name", plugin.name());
            self.text("version", &plugin.description().version);
            self.text("roles", &roles(plugin));
            self.text("state", state(plugin));
            self.number("generation", chain.generation());
            self.text("hash", plugin.hash());
            self.text("error", refusals.get(plugin.name()).map_or("", String::as_str));
        }
        for (name, error) in outside {
            self.replies.map(7);
            self.text("name", name);
            self.text("version", "");
            self.text("roles", "");
            self.text("state", "refused");
            self.number("generation", chain.generation());
            self.text("hash", "");
            self.text("error", error);
        }
    }

    fn plugin_info(&mut self, name: &[u8]) -> Result<(), Rejection> {
        let chain = self.services.pipeline.chain();
        let found = chain.plugins().iter().find(|plugin| plugin.name().as_bytes() == name);
        let Some(plugin) = found else {
            let name = String::from_utf8_lossy(name).into_owned();
            return match self.services.refusals.all().get(&name) {
                Some(error) => Err(Rejection::err(format!("plugin `{name}` was refused: {error}"))),
                None => Err(Rejection::err(format!("no such plugin `{name}`"))),
            };
        };
        let stats = plugin.stats();
        let settings = plugin.settings();
        let topics: Vec<_> =
            settings.topics.iter().map(crate::message::TopicPattern::as_str).collect();
        let mut numbers = numbers(&stats);
        if plugin.has(Role::Authenticator) {
            let logins = self.services.logins.stats(Some(plugin.name()));
            numbers.push(("logins".to_owned(), logins.granted));
            numbers.push(("logins_stale".to_owned(), logins.stale));
        }
        self.replies.map(9 + numbers.len());
        self.text("name", plugin.name());
        self.text("version", &plugin.description().version);
        self.text("summary", &plugin.description().summary);
        self.text("roles", &roles(plugin));
        self.text("state", state(plugin));
        self.text("topics", &topics.join(","));
        self.text("hash", plugin.hash());
        self.number("generation", chain.generation());
        self.text(
            "error",
            self.services.refusals.all().get(plugin.name()).map_or("", String::as_str),
        );
        for (name, value) in numbers {
            self.number(&name, value);
        }
        Ok(())
    }

    async fn plugin_reload(&mut self) -> Result<(), Rejection> {
        let (reply, answer) = oneshot::channel();
        let gone = || Rejection::err("the gateway is shutting down");
        self.services.reload.send(reply).await.map_err(|_| gone())?;
        match answer.await.map_err(|_| gone())? {
            Ok(generation) => {
                self.replies.integer(i64::try_from(generation).unwrap_or(i64::MAX));
                Ok(())
            }
            Err(refused) => Err(Rejection::err(format!("reload refused: {refused}"))),
        }
    }

    /// A name and its value, both as texts.
    pub(super) fn text(&mut self, name: &str, value: &str) {
        self.replies.bulk(name.as_bytes());
        self.replies.bulk(value.as_bytes());
    }

    pub(super) fn number(&mut self, name: &str, value: u64) {
        self.replies.bulk(name.as_bytes());
        self.replies.integer(i64::try_from(value).unwrap_or(i64::MAX));
    }
}

fn roles(plugin: &Plugin) -> String {
    let names: Vec<_> = plugin.roles().iter().map(|role| role.name()).collect();
    names.join(",")
}

fn state(plugin: &Plugin) -> &'static str {
    if plugin.stats().quarantined_for.is_some() { "quarantined" } else { "in force" }
}

/// Everything PLUGIN INFO shows as a number.
fn numbers(stats: &PluginStats) -> Vec<(String, u64)> {
    let quarantined = stats.quarantined_for.unwrap_or_default().as_millis();
    let mut numbers = vec![
        ("calls".to_owned(), stats.calls),
        ("quarantined_ms".to_owned(), u64::try_from(quarantined).unwrap_or(u64::MAX)),
        ("instances".to_owned(), u64::from(stats.instances)),
        ("instances_made".to_owned(), stats.instances_made),
        ("memory_bytes".to_owned(), stats.memory_bytes as u64),
        ("log_lines_dropped".to_owned(), stats.log_lines_dropped),
        ("host_calls".to_owned(), stats.host_calls),
        ("host_call_failures".to_owned(), stats.host_call_failures),
        ("host_calls_denied".to_owned(), stats.host_calls_denied),
    ];
    let failures = stats.failures.iter();
    numbers.extend(failures.map(|(kind, count)| (format!("failures_{}", kind.name()), *count)));
    let own = stats.counters.iter();
    numbers.extend(own.map(|(name, count)| (format!("counter_{name}"), *count)));
    numbers
}
