//! What tools ask about the server: COMMAND, INFO, CONFIG, LATENCY, MODULE.

use super::{Session, connection::REDIS_VERSION};
use crate::{
    broker::{BrokerState, Cluster, Clusters},
    command::{self, Spec, TABLE, is_word},
    message::{Rejection, TopicPattern},
    resp::Args,
};

/// Most arguments of COMMAND: each name is answered with a hundred bytes and more.
const NAMES_MAX: usize = 1_000;
/// What redis-benchmark and others look for with CONFIG GET.
const CONFIG: &[(&str, &str)] =
    &[("appendonly", "yes"), ("databases", "1"), ("maxmemory", "0"), ("save", "")];

impl Session {
    pub(super) fn command(&mut self, args: &Args<'_>) -> Result<(), Rejection> {
        let Some(subcommand) = args.get(1) else {
            self.replies.array(TABLE.len());
            TABLE.iter().for_each(|spec| self.describe(spec));
            return Ok(());
        };
        if args.len() > NAMES_MAX {
            return Err(Rejection::err("too many command names"));
        }
        match subcommand.to_ascii_uppercase().as_slice() {
            b"COUNT" => self.replies.integer(i64::try_from(TABLE.len()).unwrap_or(i64::MAX)),
            b"LIST" => {
                self.replies.array(TABLE.len());
                for spec in TABLE {
                    self.replies.bulk(spec.name.to_ascii_lowercase().as_bytes());
                }
            }
            b"INFO" if args.len() > 2 => {
                self.replies.array(args.len() - 2);
                for name in command::rest(args, 2) {
                    match command::find(name) {
                        Some(spec) => self.describe(spec),
                        None => self.replies.null_array(),
                    }
                }
            }
            b"DOCS" => {
                let named: Vec<_> = command::rest(args, 2).filter_map(command::find).collect();
                let specs = if args.len() > 2 { named } else { TABLE.iter().collect() };
                self.replies.map(specs.len());
                specs.into_iter().for_each(|spec| self.document(spec));
            }
            b"INFO" => {
                self.replies.array(TABLE.len());
                TABLE.iter().for_each(|spec| self.describe(spec));
            }
            _ => return Err(command::unknown_subcommand("COMMAND", subcommand)),
        }
        Ok(())
    }

    /// One element of COMMAND: name, arity, flags, keys, and what Redis 7 adds.
    fn describe(&mut self, spec: &Spec) {
        let key = match spec.family {
            command::Family::Stream | command::Family::Generic => i64::from(spec.name != "XREAD"),
            _ => 0,
        };
        let replies = &mut self.replies;
        replies.array(10);
        replies.bulk(spec.name.to_ascii_lowercase().as_bytes());
        replies.integer(i64::from(spec.arity));
        replies.array(1);
        replies.simple(if matches!(spec.name, "XADD" | "SET" | "HSET") {
            "write"
        } else {
            "readonly"
        });
        replies.integer(key);
        replies.integer(key);
        replies.integer(key);
        replies.array(1);
        replies.simple(format_args!("@{}", spec.family.group()));
        replies.array(0);
        replies.array(0);
        replies.array(0);
    }

    fn document(&mut self, spec: &Spec) {
        self.replies.bulk(spec.name.to_ascii_lowercase().as_bytes());
        self.replies.map(2);
        self.text("summary", spec.summary);
        self.text("group", spec.family.group());
    }

    pub(super) fn config(&mut self, args: &Args<'_>) -> Result<(), Rejection> {
        match args[1].to_ascii_uppercase().as_slice() {
            b"GET" if args.len() > 2 => {
                let patterns: Vec<_> = command::rest(args, 2)
                    .map(|pattern| {
                        TopicPattern::new(String::from_utf8_lossy(pattern).to_lowercase())
                    })
                    .collect();
                let asked = |name: &str| patterns.iter().any(|pattern| pattern.matches(name));
                let found: Vec<_> = CONFIG.iter().filter(|(name, _)| asked(name)).collect();
                self.replies.map(found.len());
                found.into_iter().for_each(|(name, value)| self.text(name, value));
                Ok(())
            }
            b"RESETSTAT" => {
                self.replies.ok();
                Ok(())
            }
            b"SET" | b"REWRITE" => Err(Rejection::err(
                "settings are changed in the gateway's configuration file, not by CONFIG SET",
            )),
            _ => Err(command::unknown_subcommand("CONFIG", &args[1])),
        }
    }

    pub(super) fn latency(&mut self, args: &Args<'_>) -> Result<(), Rejection> {
        match args[1].to_ascii_uppercase().as_slice() {
            b"LATEST" | b"HISTORY" => self.replies.array(0),
            b"RESET" => self.replies.integer(0),
            _ => return Err(command::unknown_subcommand("LATENCY", &args[1])),
        }
        Ok(())
    }

    pub(super) fn module(&mut self, args: &Args<'_>) -> Result<(), Rejection> {
        if !is_word(&args[1], "LIST") {
            return Err(command::unknown_subcommand("MODULE", &args[1]));
        }
        self.replies.array(0);
        Ok(())
    }

    /// INFO: the sections that tools read, then every counter.
    #[expect(clippy::unnecessary_wraps, reason = "all answers have one shape")]
    pub(super) fn info(&mut self, args: &Args<'_>) -> Result<(), Rejection> {
        let all = args.len() == 1
            || command::rest(args, 1)
                .any(|s| ["all", "default", "everything"].iter().any(|w| is_word(s, w)));
        let wanted = |section: &str| all || command::rest(args, 1).any(|s| is_word(s, section));
        let mut text = String::new();
        let mut section = |name: &str, lines: &[(&str, String)]| {
            if wanted(name) {
                text.push_str(&format!("# {name}\r\n"));
                lines.iter().for_each(|(key, value)| text.push_str(&format!("{key}:{value}\r\n")));
                text.push_str("\r\n");
            }
        };
        let services = &self.services;
        let uptime = services.started.elapsed().as_secs().to_string();
        let chain = services.pipeline.chain();
        let logins = services.logins.stats(None);
        section(
            "Server",
            &[
                ("redis_version", REDIS_VERSION.into()),
                ("redis_mode", "standalone".into()),
                ("sluicegate_version", env!("CARGO_PKG_VERSION").into()),
                ("process_id", std::process::id().to_string()),
                ("uptime_in_seconds", uptime),
            ],
        );
        let (channels, patterns) = services.channels.totals();
        section(
            "Clients",
            &[
                ("connected_clients", services.registry.count().to_string()),
                ("blocked_clients", services.registry.blocked().to_string()),
            ],
        );
        section("Persistence", &[("loading", "0".into())]);
        section("Replication", &[("role", "master".into()), ("connected_slaves", "0".into())]);
        section(
            "Sluicegate",
            &[
                ("broker", services.pipeline.clusters().default().broker.name().into()),
                ("broker_state", broker_states(services.pipeline.clusters())),
                ("generation", chain.generation().to_string()),
                ("plugins", chain.plugins().len().to_string()),
                ("logins", logins.granted.to_string()),
                ("logins_stale", logins.stale.to_string()),
            ],
        );
        let counters = services.counters.each();
        let mut lines: Vec<_> =
            counters.iter().map(|(name, _, value)| (*name, value.to_string())).collect();
        lines.push(("pubsub_channels", channels.to_string()));
        lines.push(("pubsub_patterns", patterns.to_string()));
        section("Stats", &lines);
        self.replies.verbatim(&text);
        Ok(())
    }
}

/// `ready`, or the names of the clusters that do not answer; the reasons are in the log.
fn broker_states(clusters: &Clusters) -> String {
    let is_away = |cluster: &&Cluster| cluster.broker.state() != BrokerState::Ready;
    let away: Vec<_> = clusters.all().iter().filter(is_away).map(|c| &*c.name).collect();
    if away.is_empty() { "ready".to_owned() } else { format!("away: {}", away.join(",")) }
}
