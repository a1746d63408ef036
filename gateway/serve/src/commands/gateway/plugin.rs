//! PLUGIN.

use crate::{
    commands::spec::{
        BeforeLogin, Blocking, Bound, Explain, Family, Handler, InTransaction, Keys, Keyspace,
        Monitored, Outcome, Publishing, Request, Rights, Secrets, Spec, Subcommand, Subcommands,
        WhileSubscribed,
    },
    context::{Context, Next},
};

static SUBCOMMANDS: &[Subcommand] = &[
    Subcommand::new(
        "INFO",
        3,
        &["INFO <plugin>", "    Return version, roles, settings and counters of a plugin."],
    ),
    Subcommand::new(
        "LIST",
        2,
        &["LIST", "    Return the plugins in force and those refused, in their order."],
    ),
    Subcommand::new(
        "LOG",
        -3,
        &[
            "LOG <plugin> [<after>]",
            "    Return the last lines about a plugin, or those after the line of this number:",
            "    number, Unix time in milliseconds, level and text, oldest first.",
        ],
    ),
    Subcommand::new(
        "RELOAD",
        2,
        &["RELOAD", "    Look at the plugin folder now, and return the generation in force."],
    ),
];

pub(super) static SPEC: Spec = Spec {
    name: "PLUGIN",
    arity: -2,
    family: Family::Gateway,
    summary: "Lists, describes and reloads plugins, and shows their log.",
    flags: "",
    categories: "slow",
    keys: Keys::None,
    subcommands: Subcommands::Table(SUBCOMMANDS),
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
