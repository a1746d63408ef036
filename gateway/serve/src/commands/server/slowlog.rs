//! SLOWLOG.

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
    name: "SLOWLOG",
    arity: -2,
    family: Family::Server,
    summary: "Shows the commands that took longest.",
    flags: "",
    categories: "slow",
    keys: Keys::None,
    subcommands: Subcommands::Table(lines::SLOWLOG),
    before_login: BeforeLogin::Refused,
    in_transaction: InTransaction::Queued,
    while_subscribed: WhileSubscribed::Refused,
    keyspace: Keyspace::Untouched,
    blocking: Blocking::Never,
    publishing: Publishing::Never,
    rights: Rights::AdminFor(&["RESET"]),
    secrets: Secrets::None,
    bound: Bound::Constant,
    monitored: Monitored::ShownSubcommands(&["HELP"]),
    explain: Explain::Subcommands {
        named: &["RESET"],
        then: &Explain::Words("empties the slow log; meets no plugin"),
        otherwise: &Explain::Answer,
    },
    run: Handler::Sync(run),
};

fn run(context: &mut Context, request: &Request<'_>) -> Outcome {
    context.slowlog(request.spec(), &request.args)?;
    Ok(Next::Go)
}
