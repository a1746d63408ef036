//! TOPIC.

use crate::{
    commands::spec::{
        BeforeLogin, Blocking, Bound, CopiesMembership, DryRun, Explain, Family, Handler,
        InTransaction, Keys, Keyspace, MeetsPlugins, Monitored, Outcome, Publishing, Request,
        Rights, Secrets, Spec, Subcommands, WhileSubscribed,
    },
    context::{Context, Next},
};

pub(super) static SPEC: Spec = Spec {
    name: "TOPIC",
    arity: -2,
    family: Family::Gateway,
    summary: "Creates and lists topics.",
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
    rights: Rights::AdminFor(&["CREATE"]),
    secrets: Secrets::None,
    bound: Bound::Topics,
    monitored: Monitored::Shown,
    explain: Explain::Subcommands {
        named: &["CREATE"],
        then: &Explain::DryRun(DryRun {
            plugins: MeetsPlugins::No,
            groups: DryRun::no_groups,
            membership: CopiesMembership::No,
            null_means: None,
        }),
        otherwise: &Explain::Answer,
    },
    run: Handler::Async(|context, request| Box::pin(run(context, request))),
};

async fn run(context: &mut Context, request: &Request<'_>) -> Outcome {
    context.topic(&request.args).await?;
    Ok(Next::Go)
}
