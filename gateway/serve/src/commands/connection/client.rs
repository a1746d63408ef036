//! CLIENT.

use self::filter::Kill;
use super::client_name;
use crate::{
    clients::{Client, Filter, Interrupt},
    commands::{
        arguments::{integer, syntax_error},
        rejections::{unknown_subcommand, wrong_arity},
        spec::{
            BeforeLogin, Blocking, Bound, Explain, Family, Handler, InTransaction, Keys, Keyspace,
            Monitored, Outcome, Publishing, Registry, Request, Rights, Secrets, Spec, Subcommands,
            WhileSubscribed,
        },
    },
    context::{Context, Next, ReplyMode},
    message::Rejection,
    resp::{Args, is_word},
};

mod filter;
mod help;

pub(super) static SPEC: Spec = Spec {
    name: "CLIENT",
    arity: -2,
    family: Family::Connection,
    summary: "Names, lists and tunes connections.",
    flags: "",
    categories: "slow",
    keys: Keys::None,
    subcommands: Subcommands::InHandler,
    before_login: BeforeLogin::Refused,
    in_transaction: InTransaction::RefusedSubcommands(&["REPLY"]),
    while_subscribed: WhileSubscribed::Refused,
    keyspace: Keyspace::Untouched,
    blocking: Blocking::Never,
    publishing: Publishing::Never,
    rights: Rights::Login,
    secrets: Secrets::None,
    bound: Bound::Clients,
    monitored: Monitored::HiddenSubcommands(&[
        "LIST", "KILL", "UNBLOCK", "NO-EVICT", "PAUSE", "UNPAUSE",
    ]),
    explain: Explain::Subcommands {
        named: &["ID", "GETNAME", "INFO", "LIST", "HELP"],
        then: &Explain::Answer,
        otherwise: &Explain::Words("changes this connection, or another one; meets no plugin"),
    },
    run: Handler::Sync(run),
};

fn run(context: &mut Context, request: &Request<'_>) -> Outcome {
    answer(context, request)?;
    Ok(Next::Go)
}

fn answer(context: &mut Context, request: &Request<'_>) -> Result<(), Rejection> {
    let args = &request.args;
    let subcommand = args[1].to_ascii_uppercase();
    match (subcommand.as_slice(), args.len()) {
        (b"ID", 2) => {
            context.replies.unsigned(context.client.id());
        }
        (b"GETNAME", 2) => match context.client.name() {
            name if name.is_empty() => context.replies.null(),
            name => context.replies.bulk(name.as_bytes()),
        },
        (b"SETNAME", 3) => {
            context.client.set_name(&client_name::parse(&args[2])?);
            context.replies.ok();
        }
        (b"SETINFO", 4) => set_info(context, args)?,
        (b"INFO", 2) => {
            let client = context.client.entry();
            context.replies.verbatim(&client.line(&last_command(request.registry, client)));
        }
        (b"LIST", _) => list(context, request)?,
        (b"KILL", 3..) => kill(context, args)?,
        (b"UNBLOCK", 3 | 4) => unblock(context, args)?,
        (b"REPLY", 3) => set_reply_mode(context, &args[2])?,
        (b"NO-EVICT" | b"NO-TOUCH", 3) => match args[2].to_ascii_uppercase().as_slice() {
            b"ON" | b"OFF" => context.replies.ok(),
            _ => return Err(syntax_error()),
        },
        (b"GETREDIR", 2) => context.replies.integer(-1),
        (b"UNPAUSE", 2) => context.replies.ok(),
        (b"HELP", 2) => {
            context.replies.array(help::LINES.len());
            help::LINES.iter().for_each(|line| context.replies.simple(line));
        }
        _ => return run_unsupported(context, subcommand.as_slice(), args),
    }
    Ok(())
}

/// What has no meaning for a log: tracking of keys, and pausing.
fn run_unsupported(
    context: &mut Context,
    subcommand: &[u8],
    args: &Args<'_>,
) -> Result<(), Rejection> {
    match (subcommand, args.len()) {
        (b"TRACKING", 3..) if is_word(&args[2], "OFF") => context.replies.ok(),
        (b"TRACKING", 3..) => {
            return Err(Rejection::err(
                "client-side caching is not supported: entries never change",
            ));
        }
        (b"TRACKINGINFO", 2) => {
            context.replies.map(3);
            context.replies.bulk(b"flags");
            context.replies.set(1);
            context.replies.bulk(b"off");
            context.replies.bulk(b"redirect");
            context.replies.integer(-1);
            context.replies.bulk(b"prefixes");
            context.replies.set(0);
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
            return Err(wrong_arity(&format!("client|{name}")));
        }
        _ => return Err(unknown_subcommand("CLIENT", &args[1])),
    }
    Ok(())
}

fn set_info(context: &mut Context, args: &Args<'_>) -> Result<(), Rejection> {
    let value = client_name::parse(&args[3])?;
    if is_word(&args[2], "LIB-NAME") {
        context.client.set_library(&value);
    } else if is_word(&args[2], "LIB-VER") {
        context.client.set_library_version(&value);
    } else {
        let option = String::from_utf8_lossy(&args[2]).replace(['\r', '\n'], " ");
        return Err(Rejection::err(format!("Unrecognized option '{option}'")));
    }
    context.replies.ok();
    Ok(())
}

/// CLIENT REPLY: only ON is answered.
fn set_reply_mode(context: &mut Context, mode: &[u8]) -> Result<(), Rejection> {
    if is_word(mode, "ON") {
        context.reply_mode = ReplyMode::On;
        context.replies.ok();
    } else if is_word(mode, "OFF") {
        context.reply_mode = ReplyMode::Off;
    } else if !is_word(mode, "SKIP") {
        return Err(syntax_error());
    } else if context.reply_mode == ReplyMode::On {
        context.reply_mode = ReplyMode::SkipNext;
    }
    Ok(())
}

/// CLIENT LIST: other clients' addresses are for the operator.
fn list(context: &mut Context, request: &Request<'_>) -> Result<(), Rejection> {
    let filter = filter::parse_list(&request.args)?;
    let me = context.client.id();
    let sees_all = context.check_admin().is_ok();
    let clients = context.services.registry.select(&filter);
    let shown = clients.iter().filter(|client| sees_all || client.id() == me);
    let lines: String =
        shown.map(|client| client.line(&last_command(request.registry, client))).collect();
    context.replies.verbatim(&lines);
    Ok(())
}

/// CLIENT KILL: connections of another user are the operator's to end.
fn kill(context: &mut Context, args: &Args<'_>) -> Result<(), Rejection> {
    let Kill { filter, skips_me, is_old } = filter::parse_kill(args)?;
    let me = context.client.id();
    let filter = Filter { but: skips_me.then_some(me), ..filter };
    let found = context.services.registry.select(&filter);
    let user = context.client.entry().user();
    let is_admin = context.check_admin().is_ok();
    let mut killed = 0;
    for client in found.iter().filter(|client| is_admin || client.user() == user) {
        client.send_interrupt(Interrupt::Kill);
        killed += 1;
    }
    match (is_old, killed) {
        (true, 0) => return Err(Rejection::err("No such client")),
        (true, _) => context.replies.ok(),
        (false, killed) => context.replies.integer(killed),
    }
    Ok(())
}

/// CLIENT UNBLOCK id [TIMEOUT|ERROR], of the same user or by the operator.
fn unblock(context: &mut Context, args: &Args<'_>) -> Result<(), Rejection> {
    let order = match args.get(3) {
        None => Interrupt::UnblockTimeout,
        Some(word) if is_word(word, "TIMEOUT") => Interrupt::UnblockTimeout,
        Some(word) if is_word(word, "ERROR") => Interrupt::UnblockError,
        Some(_) => {
            let words = "CLIENT UNBLOCK reason should be TIMEOUT or ERROR";
            return Err(Rejection::err(words));
        }
    };
    let id = integer(&args[2])?;
    let found = u64::try_from(id).ok().and_then(|id| context.services.registry.get(id));
    let user = context.client.entry().user();
    let may = context.check_admin().is_ok();
    let found = found.filter(|client| may || client.user() == user);
    context.replies.integer(i64::from(found.is_some_and(|client| client.send_interrupt(order))));
    Ok(())
}

/// What CLIENT LIST calls the last command of a client.
fn last_command(registry: &Registry, client: &Client) -> String {
    let Some(spec) = registry.numbered(client.command()) else { return "NULL".to_owned() };
    let name = spec.name.to_ascii_lowercase();
    if spec.has_subcommands() { format!("{name}|{}", client.subcommand()) } else { name }
}
