//! ACL.

use super::command::send_names;
use crate::{
    commands::{
        spec::{
            BeforeLogin, Blocking, Bound, CATEGORIES, Explain, Family, Handler, InTransaction,
            Keys, Keyspace, Monitored, Outcome, Publishing, Request, Rights, Secrets, Spec,
            Subcommand, Subcommands, WhileSubscribed,
        },
        subcommand::{Asked, send_help, subcommand},
    },
    context::{Context, Next},
    message::{ErrorCode, Rejection},
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
    let spec = request.spec();
    match subcommand(spec, &request.args)? {
        Asked::Help => send_help(&mut context.replies, spec),
        Asked::For("WHOAMI") => {
            let principal = context.identity()?.grant().principal.clone();
            context.replies.bulk(principal.as_bytes());
        }
        Asked::For("CAT") => send_categories(context, request)?,
        Asked::For(other) => {
            let name = other.to_ascii_lowercase();
            let words = format!("this user has no permissions to run the 'acl|{name}' command");
            return Err(Rejection::new(ErrorCode::NoPerm, words).into());
        }
    }
    Ok(Next::Go)
}

fn send_categories(context: &mut Context, request: &Request<'_>) -> Result<(), Rejection> {
    let args = &request.args;
    let Some(named) = args.get(2) else {
        context.replies.array(CATEGORIES.len());
        CATEGORIES.iter().for_each(|category| context.replies.bulk(category.as_bytes()));
        return Ok(());
    };
    let named = String::from_utf8_lossy(named).to_ascii_lowercase();
    if args.len() > 3 || !CATEGORIES.contains(&named.as_str()) {
        let named = named.replace(['\r', '\n'], " ");
        return Err(Rejection::err(format!("Unknown category '{named}'")));
    }
    let specs: Vec<_> =
        request.registry.all().iter().copied().filter(|spec| spec.is_in(&named)).collect();
    send_names(&mut context.replies, &specs);
    Ok(())
}
