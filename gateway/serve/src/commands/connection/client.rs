//! CLIENT.

use crate::{
    commands::spec::{
        BeforeLogin, Blocking, Bound, Explain, Family, Handler, InTransaction, Keys, Keyspace,
        Monitored, Outcome, Publishing, Request, Rights, Secrets, Spec, Subcommands,
        WhileSubscribed,
    },
    context::{Context, Next},
};

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
    context.client(request)?;
    Ok(Next::Go)
}
