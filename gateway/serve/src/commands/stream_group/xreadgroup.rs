//! XREADGROUP.

use crate::{
    commands::spec::{
        BeforeLogin, Blocking, Bound, CopiesMembership, DryRun, Explain, Family, Handler,
        InTransaction, Keys, Keyspace, MeetsPlugins, Monitored, Outcome, Publishing, Request,
        Rights, Secrets, Spec, Subcommands, WhileSubscribed,
    },
    context::{Context, Next},
};

pub(super) static SPEC: Spec = Spec {
    name: "XREADGROUP",
    arity: -7,
    family: Family::Stream,
    summary: "Gives entries to a consumer of a group.",
    flags: "write blocking movablekeys",
    categories: "write stream slow blocking",
    keys: Keys::AfterStreams,
    subcommands: Subcommands::None,
    before_login: BeforeLogin::Refused,
    in_transaction: InTransaction::Queued,
    while_subscribed: WhileSubscribed::Refused,
    keyspace: Keyspace::Touched,
    blocking: Blocking::ForEntries(|_, args| crate::command::read_group(args).ok()?.block),
    publishing: Publishing::Never,
    rights: Rights::Consume,
    secrets: Secrets::None,
    bound: Bound::Reply,
    monitored: Monitored::Shown,
    explain: Explain::DryRun(DryRun {
        plugins: MeetsPlugins::Yes,
        groups: groups_read,
        membership: CopiesMembership::No,
        null_means: None,
    }),
    run: Handler::Async(|context, request| Box::pin(run(context, request))),
};

async fn run(context: &mut Context, request: &Request<'_>) -> Outcome {
    context.xreadgroup(&request.args).await?;
    Ok(Next::Go)
}

fn groups_read(args: &crate::resp::Args<'_>) -> Vec<crate::command::GroupName> {
    let read = crate::command::read_group(args);
    read.map(|read| read.streams.into_iter().map(|(_, name, _)| name).collect()).unwrap_or_default()
}
