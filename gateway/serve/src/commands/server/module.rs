//! MODULE.

use crate::{
    commands::{
        spec::{
            BeforeLogin, Blocking, Bound, Explain, Family, Handler, InTransaction, Keys, Keyspace,
            Monitored, Outcome, Publishing, Request, Rights, Secrets, Spec, Subcommand,
            Subcommands, WhileSubscribed,
        },
        subcommand::{Asked, send_help, subcommand},
    },
    context::{Context, Next},
};

static SUBCOMMANDS: &[Subcommand] =
    &[Subcommand::new("LIST", 2, &["LIST", "    Return a list of loaded modules."])];

pub(super) static SPEC: Spec = Spec {
    name: "MODULE",
    arity: -2,
    family: Family::Server,
    summary: "Lists modules: there are none.",
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
    rights: Rights::Login,
    secrets: Secrets::None,
    bound: Bound::Constant,
    monitored: Monitored::ShownSubcommands(&["HELP"]),
    explain: Explain::Answer,
    run: Handler::Sync(run),
};

fn run(context: &mut Context, request: &Request<'_>) -> Outcome {
    let (spec, args) = (request.spec(), &request.args);
    match subcommand(spec, args)? {
        Asked::Help => send_help(&mut context.replies, spec),
        Asked::For(_) => context.replies.array(0),
    }
    Ok(Next::Go)
}
