//! XCFGSET.

use crate::{
    commands::spec::{
        BeforeLogin, Blocking, Bound, CopiesMembership, DryRun, Explain, Family, Handler,
        InTransaction, Keys, Keyspace, MeetsPlugins, Monitored, Outcome, Publishing, Request,
        Rights, Secrets, Spec, Subcommands, WhileSubscribed,
    },
    context::Context,
    entry::stream_key,
    message::Rejection,
};

pub(super) static SPEC: Spec = Spec {
    name: "XCFGSET",
    arity: -4,
    family: Family::Stream,
    summary: "Sets the window of idempotent publishing.",
    flags: "write fast",
    categories: "write stream fast",
    keys: Keys::First,
    subcommands: Subcommands::None,
    before_login: BeforeLogin::Refused,
    in_transaction: InTransaction::Queued,
    while_subscribed: WhileSubscribed::Refused,
    keyspace: Keyspace::Touched,
    blocking: Blocking::Never,
    publishing: Publishing::Never,
    rights: Rights::Publish,
    secrets: Secrets::None,
    bound: Bound::Constant,
    monitored: Monitored::Shown,
    explain: Explain::DryRun(DryRun {
        plugins: MeetsPlugins::Yes,
        groups: DryRun::no_groups,
        membership: CopiesMembership::No,
        null_means: None,
    }),
    run: Handler::Sync(run),
};

fn run(context: &mut Context, request: &Request<'_>) -> Outcome {
    context.check_publish(&stream_key(&request.args[1])?.topic)?;
    let words = "the window of IDMP is the same on every gateway: set `idmp_duration_secs` and \
         `idmp_maxsize` under [streams.\"topic\"] in their configuration";
    Err(Rejection::err(words).into())
}
