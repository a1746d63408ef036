//! PLUGIN.

use crate::{
    command::lines,
    commands::spec::{
        BeforeLogin, Blocking, Bound, Explain, Family, Handler, InTransaction, Keys, Keyspace,
        Monitored, Outcome, Publishing, Request, Rights, Secrets, Spec, Subcommands,
        WhileSubscribed,
    },
    context::{Context, Next},
};

pub(super) static SPEC: Spec = Spec {
    name: "PLUGIN",
    arity: -2,
    family: Family::Gateway,
    summary: "Lists, describes and reloads plugins, and shows their log.",
    flags: "",
    categories: "slow",
    keys: Keys::None,
    subcommands: Subcommands::Table(lines::PLUGIN),
    before_login: BeforeLogin::Refused,
    in_transaction: InTransaction::Queued,
    while_subscribed: WhileSubscribed::Refused,
    keyspace: Keyspace::Untouched,
    blocking: Blocking::Never,
    publishing: Publishing::Never,
    rights: Rights::AdminFor(&["LIST", "INFO", "RELOAD", "LOG"]),
    secrets: Secrets::None,
    bound: Bound::Plugins,
    monitored: Monitored::Shown,
    explain: Explain::Subcommands {
        named: &["RELOAD"],
        then: &Explain::AdminWords(
            "looks at the plugin folder again: new and changed files would be put in force",
        ),
        otherwise: &Explain::Answer,
    },
    run: Handler::Async(|context, request| Box::pin(run(context, request))),
};

async fn run(context: &mut Context, request: &Request<'_>) -> Outcome {
    context.plugin(request.spec(), &request.args).await?;
    Ok(Next::Go)
}
