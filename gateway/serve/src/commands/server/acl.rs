//! ACL.

use crate::{
    commands::spec::{
        BeforeLogin, Blocking, Bound, Explain, Family, Handler, InTransaction, Keys, Keyspace,
        Monitored, Outcome, Publishing, Request, Rights, Secrets, Spec, Subcommand, Subcommands,
        WhileSubscribed,
    },
    context::{Context, Next},
};

/// Those without help are refused to everyone: users are the authenticators' matter.
static SUBCOMMANDS: &[Subcommand] = &[
    Subcommand::new(
        "CAT",
        -2,
        &[
            "CAT [<category>]",
            "    List all commands that belong to <category>, or all command categories",
            "    when no category is specified.",
        ],
    ),
    Subcommand::new("WHOAMI", 2, &["WHOAMI", "    Return the current connection username."]),
    Subcommand::new("DELUSER", -3, &[]),
    Subcommand::new("DRYRUN", -4, &[]),
    Subcommand::new("GENPASS", -2, &[]),
    Subcommand::new("GETUSER", 3, &[]),
    Subcommand::new("LIST", 2, &[]),
    Subcommand::new("LOAD", 2, &[]),
    Subcommand::new("LOG", -2, &[]),
    Subcommand::new("SAVE", 2, &[]),
    Subcommand::new("SETUSER", -3, &[]),
    Subcommand::new("USERS", 2, &[]),
];

pub(super) static SPEC: Spec = Spec {
    name: "ACL",
    arity: -2,
    family: Family::Server,
    summary: "Names the user of the connection.",
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
    bound: Bound::Request,
    monitored: Monitored::ShownSubcommands(&["HELP", "WHOAMI", "CAT"]),
    explain: Explain::Answer,
    run: Handler::Sync(run),
};

fn run(context: &mut Context, request: &Request<'_>) -> Outcome {
    context.acl(request)?;
    Ok(Next::Go)
}
