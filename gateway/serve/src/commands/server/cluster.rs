//! CLUSTER, READONLY and READWRITE.

use crate::{
    commands::spec::{
        BeforeLogin, Blocking, Bound, Explain, Family, Handler, InTransaction, Keys, Keyspace,
        Monitored, Outcome, Publishing, Request, Rights, Secrets, Spec, Subcommands,
        WhileSubscribed,
    },
    context::Context,
    message::Rejection,
};

pub(super) static CLUSTER: Spec = Spec {
    name: "CLUSTER",
    arity: -2,
    family: Family::Server,
    summary: "Refused: the gateway is not a Redis Cluster.",
    flags: "",
    categories: "slow",
    keys: Keys::None,
    subcommands: Subcommands::InHandler,
    before_login: BeforeLogin::Refused,
    in_transaction: InTransaction::Queued,
    while_subscribed: WhileSubscribed::Refused,
    keyspace: Keyspace::Untouched,
    blocking: Blocking::Never,
    publishing: Publishing::Never,
    rights: Rights::Login,
    secrets: Secrets::None,
    bound: Bound::Constant,
    monitored: Monitored::Shown,
    explain: Explain::Answer,
    run: Handler::Sync(run),
};

pub(super) static READONLY: Spec = Spec {
    name: "READONLY",
    arity: 1,
    family: Family::Server,
    summary: "Refused: the gateway is not a Redis Cluster.",
    flags: "loading stale fast",
    categories: "fast connection",
    keys: Keys::None,
    subcommands: Subcommands::None,
    before_login: BeforeLogin::Refused,
    in_transaction: InTransaction::Queued,
    while_subscribed: WhileSubscribed::Refused,
    keyspace: Keyspace::Untouched,
    blocking: Blocking::Never,
    publishing: Publishing::Never,
    rights: Rights::Login,
    secrets: Secrets::None,
    bound: Bound::Constant,
    monitored: Monitored::Shown,
    explain: Explain::Answer,
    run: Handler::Sync(run),
};

pub(super) static READWRITE: Spec = Spec {
    name: "READWRITE",
    arity: 1,
    family: Family::Server,
    summary: "Refused: the gateway is not a Redis Cluster.",
    flags: "loading stale fast",
    categories: "fast connection",
    keys: Keys::None,
    subcommands: Subcommands::None,
    before_login: BeforeLogin::Refused,
    in_transaction: InTransaction::Queued,
    while_subscribed: WhileSubscribed::Refused,
    keyspace: Keyspace::Untouched,
    blocking: Blocking::Never,
    publishing: Publishing::Never,
    rights: Rights::Login,
    secrets: Secrets::None,
    bound: Bound::Constant,
    monitored: Monitored::Shown,
    explain: Explain::Answer,
    run: Handler::Sync(run),
};

fn run(_context: &mut Context, _request: &Request<'_>) -> Outcome {
    Err(Rejection::err("This instance has cluster support disabled").into())
}
