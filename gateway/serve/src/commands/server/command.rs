//! COMMAND.

use crate::{
    commands::{
        arguments::{rest, syntax_error},
        fields,
        keys::keys_of,
        spec::{
            BeforeLogin, Blocking, Bound, Command, Explain, Family, Handler, InTransaction, Keys,
            Keyspace, Monitored, Outcome, Publishing, Registry, Request, Rights, Secrets, Spec,
            Subcommand, Subcommands, WhileSubscribed,
        },
        subcommand::{Asked, send_help, subcommand},
    },
    context::{Context, Next},
    message::{Rejection, fits_glob},
    resp::{Replies, is_word},
};

static SUBCOMMANDS: &[Subcommand] = &[
    Subcommand::new(
        "COUNT",
        2,
        &["COUNT", "    Return the total number of commands in this Redis server."],
    ),
    Subcommand::new(
        "LIST",
        -2,
        &["LIST", "    Return a list of all commands in this Redis server."],
    ),
    Subcommand::new(
        "INFO",
        -2,
        &[
            "INFO [<command-name> ...]",
            "    Return details about multiple Redis commands.",
            "    If no command names are given, documentation details for all",
            "    commands are returned.",
        ],
    ),
    Subcommand::new(
        "DOCS",
        -2,
        &[
            "DOCS [<command-name> ...]",
            "    Return documentation details about multiple Redis commands.",
            "    If no command names are given, documentation details for all",
            "    commands are returned.",
        ],
    ),
    Subcommand::new(
        "GETKEYS",
        -3,
        &["GETKEYS <full-command>", "    Return the keys from a full Redis command."],
    ),
];

pub(super) static SPEC: Spec = Spec {
    name: "COMMAND",
    arity: -1,
    family: Family::Server,
    summary: "Describes the commands.",
    flags: "loading stale",
    categories: "slow connection",
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
    monitored: Monitored::Shown,
    explain: Explain::Answer,
    run: Handler::Sync(run),
};

/// Most arguments: each name is answered with a hundred bytes and more.
const NAMES_MAX: usize = 1_000;

fn run(context: &mut Context, request: &Request<'_>) -> Outcome {
    let Request { args, registry, .. } = request;
    let spec = request.spec();
    if args.len() == 1 {
        describe_all(context, registry);
        return Ok(Next::Go);
    }
    if args.len() > NAMES_MAX {
        return Err(Rejection::err("too many command names").into());
    }
    let is_named = args.len() > 2;
    match subcommand(spec, args)? {
        Asked::Help => send_help(&mut context.replies, spec),
        Asked::For("COUNT") => {
            context.replies.count(registry.all().len());
        }
        Asked::For("LIST") => list(context, request)?,
        Asked::For("GETKEYS") => send_keys(context, request)?,
        Asked::For("DOCS") => {
            let named: Vec<Command> =
                rest(args, 2).filter_map(|name| registry.find(name)).collect();
            let named = named.iter().map(|command| command.spec);
            let specs: Vec<_> = if is_named { named.collect() } else { registry.all().to_vec() };
            context.replies.map(specs.len());
            specs.into_iter().for_each(|spec| document(context, spec));
        }
        Asked::For(_) if is_named => {
            context.replies.array(args.len() - 2);
            for name in rest(args, 2) {
                match registry.find(name) {
                    Some(command) => describe(context, command.spec),
                    None => context.replies.null_array(),
                }
            }
        }
        Asked::For(_) => describe_all(context, registry),
    }
    Ok(Next::Go)
}

fn describe_all(context: &mut Context, registry: &Registry) {
    context.replies.array(registry.all().len());
    registry.all().iter().for_each(|spec| describe(context, spec));
}

/// One element of COMMAND: name, arity, flags, keys, categories, and what Redis 7 adds, which is
/// left empty: tips, key specifications, subcommands.
fn describe(context: &mut Context, spec: &Spec) {
    let replies = &mut context.replies;
    replies.array(10);
    replies.bulk(spec.name.to_ascii_lowercase().as_bytes());
    replies.integer(i64::from(spec.arity));
    replies.set(spec.flags().count());
    spec.flags().for_each(|flag| replies.simple(flag));
    spec.keys.positions().into_iter().for_each(|place| replies.integer(i64::from(place)));
    replies.set(spec.categories().count());
    spec.categories().for_each(|category| replies.simple(format_args!("@{category}")));
    (0..3).for_each(|_| replies.array(0));
}

fn document(context: &mut Context, spec: &Spec) {
    context.replies.bulk(spec.name.to_ascii_lowercase().as_bytes());
    context.replies.map(2);
    fields::text(&mut context.replies, "summary", spec.summary);
    fields::text(&mut context.replies, "group", spec.family.group());
}

/// COMMAND LIST [FILTERBY MODULE name | ACLCAT category | PATTERN pattern].
fn list(context: &mut Context, request: &Request<'_>) -> Result<(), Rejection> {
    let Request { args, registry, .. } = request;
    let wanted: Vec<&'static Spec> = match (args.get(2), args.get(3), args.get(4), args.len()) {
        (None, ..) => registry.all().to_vec(),
        (Some(word), Some(by), Some(value), 5) if is_word(word, "FILTERBY") => {
            let all = registry.all().iter().copied();
            if is_word(by, "MODULE") {
                Vec::new()
            } else if is_word(by, "ACLCAT") {
                let category = String::from_utf8_lossy(value).to_lowercase();
                all.filter(|spec| spec.is_in(&category)).collect()
            } else if is_word(by, "PATTERN") {
                let pattern = value.to_ascii_lowercase();
                let name = |spec: &Spec| spec.name.to_ascii_lowercase();
                all.filter(|spec| fits_glob(&pattern, name(spec).as_bytes())).collect()
            } else {
                return Err(syntax_error());
            }
        }
        _ => return Err(syntax_error()),
    };
    send_names(&mut context.replies, &wanted);
    Ok(())
}

fn send_keys(context: &mut Context, request: &Request<'_>) -> Result<(), Rejection> {
    let Request { args, registry, .. } = request;
    let Some(Command { spec, .. }) = registry.find(&args[2]) else {
        return Err(Rejection::err("Invalid command specified"));
    };
    if spec.keys == Keys::None {
        return Err(Rejection::err("The command has no key arguments"));
    }
    if !spec.takes(args.len() - 2) {
        return Err(Rejection::err("Invalid number of arguments specified for command"));
    }
    let keys = keys_of(spec, args, 2);
    if keys.is_empty() {
        return Err(Rejection::err("Invalid arguments specified for command"));
    }
    context.replies.array(keys.len());
    keys.iter().for_each(|key| context.replies.bulk(key));
    Ok(())
}

/// Sends the names of commands.
pub(super) fn send_names(replies: &mut Replies, specs: &[&'static Spec]) {
    replies.array(specs.len());
    for spec in specs {
        replies.bulk(spec.name.to_ascii_lowercase().as_bytes());
    }
}
