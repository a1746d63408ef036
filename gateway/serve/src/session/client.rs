//! CLIENT: this connection, and the others.

use super::{Context, ReplyMode, connection::client_name};
use crate::{
    clients::{Client, Filter, Interrupt},
    command::{self, ClientFilter, Kill, is_word},
    commands::{Registry, Request},
    message::Rejection,
    resp::Args,
};

mod help;

/// What CLIENT LIST calls the last command of a client.
fn last_command(registry: &Registry, client: &Client) -> String {
    let Some(spec) = registry.numbered(client.command()) else { return "NULL".to_owned() };
    let name = spec.name.to_ascii_lowercase();
    if spec.has_subcommands() { format!("{name}|{}", client.subcommand()) } else { name }
}

impl Context {
    pub(crate) fn client(&mut self, request: &Request<'_>) -> Result<(), Rejection> {
        let args = &request.args;
        let subcommand = args[1].to_ascii_uppercase();
        match (subcommand.as_slice(), args.len()) {
            (b"ID", 2) => self.replies.integer(i64::try_from(self.client.id()).unwrap_or(i64::MAX)),
            (b"GETNAME", 2) => match self.client.name() {
                name if name.is_empty() => self.replies.null(),
                name => self.replies.bulk(name.as_bytes()),
            },
            (b"SETNAME", 3) => {
                self.client.set_name(&client_name(&args[2])?);
                self.replies.ok();
            }
            (b"SETINFO", 4) => self.set_info(args)?,
            (b"INFO", 2) => {
                let client = self.client.entry();
                self.replies.verbatim(&client.line(&last_command(request.registry, client)));
            }
            (b"LIST", _) => self.list_clients(request)?,
            (b"KILL", 3..) => self.kill_clients(args)?,
            (b"UNBLOCK", 3 | 4) => self.unblock_client(args)?,
            (b"REPLY", 3) => self.set_reply_mode(&args[2])?,
            (b"NO-EVICT" | b"NO-TOUCH", 3) => match args[2].to_ascii_uppercase().as_slice() {
                b"ON" | b"OFF" => self.replies.ok(),
                _ => return Err(command::syntax_error()),
            },
            (b"GETREDIR", 2) => self.replies.integer(-1),
            (b"UNPAUSE", 2) => self.replies.ok(),
            (b"HELP", 2) => {
                self.replies.array(help::LINES.len());
                help::LINES.iter().for_each(|line| self.replies.simple(line));
            }
            _ => return self.client_side(subcommand.as_slice(), args),
        }
        Ok(())
    }

    /// What has no meaning for a log: tracking of keys, and pausing.
    fn client_side(&mut self, subcommand: &[u8], args: &Args<'_>) -> Result<(), Rejection> {
        match (subcommand, args.len()) {
            (b"TRACKING", 3..) if is_word(&args[2], "OFF") => self.replies.ok(),
            (b"TRACKING", 3..) => {
                return Err(Rejection::err(
                    "client-side caching is not supported: entries never change",
                ));
            }
            (b"TRACKINGINFO", 2) => {
                self.replies.map(3);
                self.replies.bulk(b"flags");
                self.replies.set(1);
                self.replies.bulk(b"off");
                self.replies.bulk(b"redirect");
                self.replies.integer(-1);
                self.replies.bulk(b"prefixes");
                self.replies.set(0);
            }
            (b"CACHING", 3) => {
                return Err(Rejection::err(
                    "CLIENT CACHING can be called only when the client is in tracking mode with \
                     OPTIN or OPTOUT mode enabled",
                ));
            }
            (b"PAUSE", 3 | 4) => {
                return Err(Rejection::err(
                    "CLIENT PAUSE is not supported: a gateway that holds all publishing back would \
                     break the time within which every publish is answered",
                ));
            }
            (
                b"ID" | b"GETNAME" | b"SETNAME" | b"SETINFO" | b"INFO" | b"UNBLOCK" | b"KILL"
                | b"REPLY" | b"NO-EVICT" | b"NO-TOUCH" | b"GETREDIR" | b"UNPAUSE" | b"HELP"
                | b"TRACKING" | b"TRACKINGINFO" | b"CACHING" | b"PAUSE",
                _,
            ) => {
                let name = String::from_utf8_lossy(subcommand);
                return Err(command::wrong_arity(&format!("client|{name}")));
            }
            _ => return Err(command::unknown_subcommand("CLIENT", &args[1])),
        }
        Ok(())
    }

    fn set_info(&mut self, args: &Args<'_>) -> Result<(), Rejection> {
        let value = client_name(&args[3])?;
        if is_word(&args[2], "LIB-NAME") {
            self.client.set_library(&value);
        } else if is_word(&args[2], "LIB-VER") {
            self.client.set_library_version(&value);
        } else {
            let option = String::from_utf8_lossy(&args[2]).replace(['\r', '\n'], " ");
            return Err(Rejection::err(format!("Unrecognized option '{option}'")));
        }
        self.replies.ok();
        Ok(())
    }

    /// CLIENT REPLY: only ON is answered.
    fn set_reply_mode(&mut self, mode: &[u8]) -> Result<(), Rejection> {
        if is_word(mode, "ON") {
            self.reply_mode = ReplyMode::On;
            self.replies.ok();
        } else if is_word(mode, "OFF") {
            self.reply_mode = ReplyMode::Off;
        } else if !is_word(mode, "SKIP") {
            return Err(command::syntax_error());
        } else if self.reply_mode == ReplyMode::On {
            self.reply_mode = ReplyMode::SkipNext;
        }
        Ok(())
    }

    /// CLIENT LIST: other clients' addresses are for the operator.
    fn list_clients(&mut self, request: &Request<'_>) -> Result<(), Rejection> {
        let filter = Filter::from(command::client_list(&request.args)?);
        let me = self.client.id();
        let sees_all = self.check_admin().is_ok();
        let clients = self.services.registry.select(&filter);
        let shown = clients.iter().filter(|client| sees_all || client.id() == me);
        let lines: String =
            shown.map(|client| client.line(&last_command(request.registry, client))).collect();
        self.replies.verbatim(&lines);
        Ok(())
    }

    /// CLIENT KILL: connections of another user are the operator's to end.
    fn kill_clients(&mut self, args: &Args<'_>) -> Result<(), Rejection> {
        let Kill { filter, skips_me, is_old } = command::client_kill(args)?;
        let me = self.client.id();
        let filter = Filter { but: skips_me.then_some(me), ..Filter::from(filter) };
        let found = self.services.registry.select(&filter);
        let user = self.client.entry().user();
        let is_admin = self.check_admin().is_ok();
        let mut killed = 0;
        for client in found.iter().filter(|client| is_admin || client.user() == user) {
            client.send_interrupt(Interrupt::Kill);
            killed += 1;
        }
        match (is_old, killed) {
            (true, 0) => return Err(Rejection::err("No such client")),
            (true, _) => self.replies.ok(),
            (false, killed) => self.replies.integer(killed),
        }
        Ok(())
    }

    /// CLIENT UNBLOCK id [TIMEOUT|ERROR], of the same user or by the operator.
    fn unblock_client(&mut self, args: &Args<'_>) -> Result<(), Rejection> {
        let order = match args.get(3) {
            None => Interrupt::UnblockTimeout,
            Some(word) if is_word(word, "TIMEOUT") => Interrupt::UnblockTimeout,
            Some(word) if is_word(word, "ERROR") => Interrupt::UnblockError,
            Some(_) => {
                let words = "CLIENT UNBLOCK reason should be TIMEOUT or ERROR";
                return Err(Rejection::err(words));
            }
        };
        let id = command::integer(&args[2])?;
        let found = u64::try_from(id).ok().and_then(|id| self.services.registry.get(id));
        let user = self.client.entry().user();
        let may = self.check_admin().is_ok();
        let found = found.filter(|client| may || client.user() == user);
        self.replies.integer(i64::from(found.is_some_and(|client| client.send_interrupt(order))));
        Ok(())
    }
}

impl From<ClientFilter> for Filter {
    fn from(wanted: ClientFilter) -> Self {
        let ClientFilter { ids, address, local, user, kind, age_secs } = wanted;
        let listens = kind.and_then(|kind| match kind {
            command::ClientKind::Normal => Some(false),
            command::ClientKind::PubSub => Some(true),
            command::ClientKind::Replication => None,
        });
        let is_nobody = kind == Some(command::ClientKind::Replication);
        Self { ids, address, local, user, listens, is_nobody, age_secs, but: None }
    }
}
