//! XADD.

use crate::{
    commands::spec::{
        BeforeLogin, Blocking, Bound, CopiesMembership, DryRun, Explain, Family, Handler,
        InTransaction, Keys, Keyspace, MeetsPlugins, Monitored, Outcome, Publishing, Request,
        Rights, Secrets, Spec, Subcommands, WhileSubscribed,
    },
    context::{Context, Next},
};

pub(super) static SPEC: Spec = Spec {
    name: "XADD",
    arity: -5,
    family: Family::Stream,
    summary: "Publishes an entry to a topic.",
    flags: "write denyoom fast",
    categories: "write stream fast",
    keys: Keys::First,
    subcommands: Subcommands::None,
    before_login: BeforeLogin::Refused,
    in_transaction: InTransaction::Queued,
    while_subscribed: WhileSubscribed::Refused,
    keyspace: Keyspace::Touched,
    blocking: Blocking::Never,
    publishing: Publishing::Always(Context::add_xadd),
    rights: Rights::Publish,
    secrets: Secrets::None,
    bound: Bound::Request,
    monitored: Monitored::Shown,
    explain: Explain::DryRun(DryRun {
        plugins: MeetsPlugins::Yes,
        groups: DryRun::no_groups,
        membership: CopiesMembership::No,
        null_means: Some("there is no such topic, and NOMKSTREAM makes none"),
    }),
    run: Handler::Async(|context, request| Box::pin(run(context, request))),
};

async fn run(context: &mut Context, request: &Request<'_>) -> Outcome {
    context.xadd_once(&request.args).await?;
    Ok(Next::Go)
}
