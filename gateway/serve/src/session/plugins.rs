//! PLUGIN: the plugins in force and those refused, what is counted and said about them, reloading.

use tokio::sync::oneshot;

use super::Context;
use crate::{
    command::{self, Asked},
    commands::Spec,
    message::{Rejection, Role},
    plugin::Plugin,
    resp::Args,
};

impl Context {
    pub(crate) async fn plugin(&mut self, spec: &Spec, args: &Args<'_>) -> Result<(), Rejection> {
        self.check_admin()?;
        match command::subcommand(spec, args)? {
            Asked::Help => self.help(spec),
            Asked::For("LIST") => self.plugin_list(),
            Asked::For("INFO") => self.plugin_info(&args[2])?,
            Asked::For("LOG") => self.plugin_log(args)?,
            Asked::For(_) => self.plugin_reload().await?,
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
                None => Err(unknown(&name)),
            };
        };
        let settings = plugin.settings();
        let topics: Vec<_> =
            settings.topics.iter().map(crate::message::TopicPattern::as_str).collect();
        let mut numbers = numbers(plugin);
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

    /// PLUGIN LOG: the last lines about a plugin, or those after a number, oldest first.
    fn plugin_log(&mut self, args: &Args<'_>) -> Result<(), Rejection> {
        if args.len() > 4 {
            return Err(command::wrong_arity("plugin|log"));
        }
        let after = args.get(3).map_or(Ok(0), |number| {
            let number = command::integer(number).ok().and_then(|number| number.try_into().ok());
            number.ok_or_else(|| Rejection::err("the number of a line is 0 or greater"))
        })?;
        let name = String::from_utf8_lossy(&args[2]);
        let book = self.services.logbooks.find(&name).ok_or_else(|| unknown(&name))?;
        let lines = book.after(after);
        self.replies.array(lines.len());
        for line in lines {
            self.replies.map(4);
            self.number("number", line.number);
            self.number("unix_ms", u64::try_from(line.at_ms).unwrap_or_default());
            self.text("level", line.level.name());
            self.text("text", &line.text);
        }
        Ok(())
    }
}

fn unknown(name: &str) -> Rejection {
    Rejection::err(format!("no such plugin `{name}`"))
}

fn roles(plugin: &Plugin) -> String {
    let names: Vec<_> = plugin.roles().iter().map(|role| role.name()).collect();
    names.join(",")
}

fn state(plugin: &Plugin) -> &'static str {
    if plugin.stats().quarantined_for.is_some() { "quarantined" } else { "in force" }
}

/// Everything PLUGIN INFO shows as a number; a mark of 0 is none.
fn numbers(plugin: &Plugin) -> Vec<(String, u64)> {
    let stats = plugin.stats();
    let limits = &plugin.settings().limits;
    let quarantined = stats.quarantined_for.unwrap_or_default().as_millis();
    let mut numbers = vec![
        ("calls".to_owned(), stats.calls),
        ("quarantined_ms".to_owned(), u64::try_from(quarantined).unwrap_or(u64::MAX)),
        ("instances".to_owned(), u64::from(stats.instances)),
        ("instances_made".to_owned(), stats.instances_made),
        ("instances_recycled".to_owned(), stats.instances_recycled),
        ("recycle_above_bytes".to_owned(), stats.recycle_above_bytes.unwrap_or_default() as u64),
        ("recycle_after_calls".to_owned(), limits.recycle_after_calls.unwrap_or_default()),
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
