//! What tools ask about the server: INFO, CONFIG, LATENCY, MODULE, SCRIPT, ACL, TIME.

use std::time::UNIX_EPOCH;

use super::Context;
use crate::{
    command::{self, Asked},
    commands::{CATEGORIES, Request, Spec},
    message::{ErrorCode, Rejection, fits_glob},
    resp::Args,
    telemetry::SLOWLOG_ENTRIES_MAX,
};

mod info;

impl Context {
    /// The HELP of a command with subcommands.
    pub(crate) fn help(&mut self, spec: &Spec) {
        crate::commands::subcommand::send_help(&mut self.replies, spec);
    }

    pub(crate) fn config(&mut self, spec: &Spec, args: &Args<'_>) -> Result<(), Rejection> {
        match command::subcommand(spec, args)? {
            Asked::Help => self.help(spec),
            Asked::For("GET") => {
                let patterns: Vec<_> =
                    command::rest(args, 2).map(<[u8]>::to_ascii_lowercase).collect();
                let asked = |name: &str| patterns.iter().any(|p| fits_glob(p, name.as_bytes()));
                let mut found = self.redis_settings();
                found.retain(|(name, _)| asked(name));
                self.replies.map(found.len());
                found.into_iter().for_each(|(name, value)| self.text(name, &value));
            }
            Asked::For("RESETSTAT") => self.replies.ok(),
            Asked::For(_) => {
                return Err(Rejection::err(
                    "settings are changed in the gateway's configuration file, not by CONFIG",
                ));
            }
        }
        Ok(())
    }

    /// What benchmarks, exporters and GUIs look for with CONFIG GET, in Redis' units.
    fn redis_settings(&self) -> Vec<(&'static str, String)> {
        let settings = &self.services.settings;
        let timeout = settings.idle_timeout.map_or(0, |timeout| timeout.as_secs());
        vec![
            ("appendonly", "yes".to_owned()),
            ("databases", "1".to_owned()),
            ("maxclients", settings.connections_max.to_string()),
            ("maxmemory", "0".to_owned()),
            ("maxmemory-policy", "noeviction".to_owned()),
            ("notify-keyspace-events", String::new()),
            ("port", settings.port.to_string()),
            ("proto-max-bulk-len", settings.value_bytes_max.to_string()),
            ("save", String::new()),
            ("slowlog-log-slower-than", settings.slow_after.as_micros().to_string()),
            ("slowlog-max-len", SLOWLOG_ENTRIES_MAX.to_string()),
            ("timeout", timeout.to_string()),
        ]
    }

    /// LATENCY: no events are recorded, as in a Redis that was not told to.
    pub(crate) fn latency(&mut self, spec: &Spec, args: &Args<'_>) -> Result<(), Rejection> {
        match command::subcommand(spec, args)? {
            Asked::Help => self.help(spec),
            Asked::For("LATEST" | "HISTORY") => self.replies.array(0),
            Asked::For("RESET") => self.replies.integer(0),
            Asked::For("HISTOGRAM") => self.replies.map(0),
            Asked::For("DOCTOR") => {
                self.replies.verbatim("No latency events are recorded: see SLOWLOG.\n");
            }
            Asked::For(_) => {
                let event = String::from_utf8_lossy(&args[2]).replace(['\r', '\n'], " ");
                return Err(Rejection::err(format!("No samples available for event '{event}'")));
            }
        }
        Ok(())
    }

    pub(crate) fn module(&mut self, spec: &Spec, args: &Args<'_>) -> Result<(), Rejection> {
        match command::subcommand(spec, args)? {
            Asked::Help => self.help(spec),
            Asked::For(_) => self.replies.array(0),
        }
        Ok(())
    }

    /// SCRIPT: there are none.
    pub(crate) fn script(&mut self, spec: &Spec, args: &Args<'_>) -> Result<(), Rejection> {
        match command::subcommand(spec, args)? {
            Asked::Help => self.help(spec),
            Asked::For("EXISTS") => {
                self.replies.array(args.len() - 2);
                command::rest(args, 2).for_each(|_| self.replies.integer(0));
            }
            Asked::For("KILL") => {
                let words = "No scripts in execution right now.";
                return Err(Rejection::new(ErrorCode::NotBusy, words));
            }
            Asked::For(_) => self.replies.ok(),
        }
        Ok(())
    }

    /// ACL: who the client is; users are the authenticators' matter.
    pub(crate) fn acl(&mut self, request: &Request<'_>) -> Result<(), Rejection> {
        let spec = request.spec();
        match command::subcommand(spec, &request.args)? {
            Asked::Help => self.help(spec),
            Asked::For("WHOAMI") => {
                let principal = self.identity()?.grant().principal.clone();
                self.replies.bulk(principal.as_bytes());
            }
            Asked::For("CAT") => self.acl_categories(request)?,
            Asked::For(other) => {
                let name = other.to_ascii_lowercase();
                let words = format!("this user has no permissions to run the 'acl|{name}' command");
                return Err(Rejection::new(ErrorCode::NoPerm, words));
            }
        }
        Ok(())
    }

    fn acl_categories(&mut self, request: &Request<'_>) -> Result<(), Rejection> {
        let args = &request.args;
        let Some(named) = args.get(2) else {
            self.replies.array(CATEGORIES.len());
            CATEGORIES.iter().for_each(|category| self.replies.bulk(category.as_bytes()));
            return Ok(());
        };
        let named = String::from_utf8_lossy(named).to_ascii_lowercase();
        if args.len() > 3 || !CATEGORIES.contains(&named.as_str()) {
            let named = named.replace(['\r', '\n'], " ");
            return Err(Rejection::err(format!("Unknown category '{named}'")));
        }
        let specs: Vec<_> =
            request.registry.all().iter().copied().filter(|spec| spec.is_in(&named)).collect();
        self.send_commands(&specs);
        Ok(())
    }

    /// TIME: Unix seconds, and microseconds of the second.
    #[expect(clippy::unnecessary_wraps, reason = "all answers have one shape")]
    pub(crate) fn time(&mut self) -> Result<(), Rejection> {
        let now = UNIX_EPOCH.elapsed().unwrap_or_default();
        self.replies.array(2);
        self.replies.bulk(itoa::Buffer::new().format(now.as_secs()).as_bytes());
        self.replies.bulk(itoa::Buffer::new().format(now.subsec_micros()).as_bytes());
        Ok(())
    }
}
