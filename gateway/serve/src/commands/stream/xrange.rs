//! XRANGE and XREVRANGE.

use crate::{
    commands::spec::{
        BeforeLogin, Blocking, Bound, CopiesMembership, DryRun, Explain, Family, Handler,
        InTransaction, Keys, Keyspace, MeetsPlugins, Monitored, Outcome, Publishing, Request,
        Rights, Secrets, Spec, Subcommands, WhileSubscribed,
    },
    context::{Context, Next},
};

pub(super) static XRANGE: Spec = Spec {
    name: "XRANGE",
    arity: -4,
    family: Family::Stream,
    summary: "Gives entries of a topic by id.",
    flags: "readonly",
    categories: "read stream slow",
    keys: Keys::First,
    subcommands: Subcommands::None,
    before_login: BeforeLogin::Refused,
    in_transaction: InTransaction::Queued,
    while_subscribed: WhileSubscribed::Refused,
    keyspace: Keyspace::Touched,
    blocking: Blocking::Never,
    publishing: Publishing::Never,
    rights: Rights::Consume,
    secrets: Secrets::None,
    bound: Bound::Reply,
    monitored: Monitored::Shown,
    explain: Explain::DryRun(DryRun {
        plugins: MeetsPlugins::Yes,
        groups: DryRun::no_groups,
        membership: CopiesMembership::No,
        null_means: None,
    }),
    run: Handler::Async(|context, request| Box::pin(run(context, request))),
};

pub(super) static XREVRANGE: Spec = Spec {
    name: "XREVRANGE",
    arity: -4,
    family: Family::Stream,
    summary: "Gives entries of a topic by id, last first.",
    flags: "readonly",
    categories: "read stream slow",
    keys: Keys::First,
    subcommands: Subcommands::None,
    before_login: BeforeLogin::Refused,
    in_transaction: InTransaction::Queued,
    while_subscribed: WhileSubscribed::Refused,
    keyspace: Keyspace::Touched,
    blocking: Blocking::Never,
    publishing: Publishing::Never,
    rights: Rights::Consume,
    secrets: Secrets::None,
    bound: Bound::Reply,
    monitored: Monitored::Shown,
    explain: Explain::DryRun(DryRun {
        plugins: MeetsPlugins::Yes,
        groups: DryRun::no_groups,
        membership: CopiesMembership::No,
        null_means: None,
    }),
    run: Handler::Async(|context, request| Box::pin(run_xrevrange(context, request))),
};

async fn run(context: &mut Context, request: &Request<'_>) -> Outcome {
    context.xrange(&request.args).await?;
    Ok(Next::Go)
}

async fn run_xrevrange(context: &mut Context, request: &Request<'_>) -> Outcome {
    context.xrevrange(&request.args).await?;
    Ok(Next::Go)
}
