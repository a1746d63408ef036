//! SCRIPT.

use crate::{
    commands::{
        arguments::rest,
        spec::{
            BeforeLogin, Blocking, Bound, Explain, Family, Handler, InTransaction, Keys, Keyspace,
            Monitored, Outcome, Publishing, Request, Rights, Secrets, Spec, Subcommand,
            Subcommands, WhileSubscribed,
        },
        subcommand::{Asked, send_help, subcommand},
    },
    context::{Context, Next},
    message::{ErrorCode, Rejection},
};

static SUBCOMMANDS: &[Subcommand] = &[
    Subcommand::new(
        "EXISTS",
        -3,
        &[
            "EXISTS <sha1> [<sha1> ...]",
            "    Return information about the existence of the scripts in the script cache.",
        ],
    ),
    Subcommand::new("FLUSH", -2, &["FLUSH [ASYNC|SYNC]", "    Flush the Lua scripts cache."]),
    Subcommand::new("KILL", 2, &["KILL", "    Kill the currently executing Lua script."]),
];

pub(super) static SPEC: Spec = Spec {
    name: "SCRIPT",
    arity: -2,
    family: Family::Server,
    summary: "Refused: there are no scripts.",
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
    monitored: Monitored::Shown,
    explain: Explain::Answer,
    run: Handler::Sync(run),
};

fn run(context: &mut Context, request: &Request<'_>) -> Outcome {
    let (spec, args) = (request.spec(), &request.args);
    match subcommand(spec, args)? {
        Asked::Help => send_help(&mut context.replies, spec),
        Asked::For("EXISTS") => {
            context.replies.array(args.len() - 2);
            rest(args, 2).for_each(|_| context.replies.integer(0));
        }
        Asked::For("KILL") => {
            let words = "No scripts in execution right now.";
            return Err(Rejection::new(ErrorCode::NotBusy, words).into());
        }
        Asked::For(_) => context.replies.ok(),
    }
    Ok(Next::Go)
}
