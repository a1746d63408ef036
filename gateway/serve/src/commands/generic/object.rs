//! OBJECT.

use crate::{
    commands::{
        keyspace::find_key,
        spec::{
            BeforeLogin, Blocking, Bound, Explain, Family, Handler, InTransaction, Keys, Keyspace,
            Monitored, Outcome, Publishing, Request, Rights, Secrets, Spec, Subcommand,
            Subcommands, WhileSubscribed,
        },
        subcommand::{Asked, send_help, subcommand},
    },
    context::{Context, Next},
    message::Rejection,
};

static SUBCOMMANDS: &[Subcommand] = &[
    Subcommand::new(
        "ENCODING",
        3,
        &[
            "ENCODING <key>",
            "    Return the kind of internal representation used in order to store the value",
            "    associated with a <key>.",
        ],
    ),
    Subcommand::new(
        "FREQ",
        3,
        &[
            "FREQ <key>",
            "    Return the access frequency index of the <key>. The returned integer is",
            "    proportional to the logarithm of the recent access frequency of the key.",
        ],
    ),
    Subcommand::new(
        "IDLETIME",
        3,
        &[
            "IDLETIME <key>",
            "    Return the idle time of the <key>, that is the approximated number of",
            "    seconds elapsed since the last access to the key.",
        ],
    ),
    Subcommand::new(
        "REFCOUNT",
        3,
        &[
            "REFCOUNT <key>",
            "    Return the number of references of the value associated with the specified",
            "    <key>.",
        ],
    ),
];

pub(super) static SPEC: Spec = Spec {
    name: "OBJECT",
    arity: -2,
    family: Family::Generic,
    summary: "Tells how a topic is kept.",
    flags: "",
    categories: "keyspace slow",
    keys: Keys::Second,
    subcommands: Subcommands::Table(SUBCOMMANDS),
    before_login: BeforeLogin::Refused,
    in_transaction: InTransaction::Queued,
    while_subscribed: WhileSubscribed::Refused,
    keyspace: Keyspace::Touched,
    blocking: Blocking::Never,
    publishing: Publishing::Never,
    rights: Rights::Visible,
    secrets: Secrets::None,
    bound: Bound::Request,
    monitored: Monitored::Shown,
    explain: Explain::Answer,
    run: Handler::Async(|context, request| Box::pin(run(context, request))),
};

/// Answers what Redis says about a stream that has just been used.
async fn run(context: &mut Context, request: &Request<'_>) -> Outcome {
    let (spec, args) = (request.spec(), &request.args);
    let asked = match subcommand(spec, args)? {
        Asked::Help => {
            send_help(&mut context.replies, spec);
            return Ok(Next::Go);
        }
        Asked::For(asked) => asked,
    };
    if find_key(context, &args[2]).await?.is_none() {
        context.replies.null();
        return Ok(Next::Go);
    }
    match asked {
        "ENCODING" => context.replies.bulk(b"stream"),
        "REFCOUNT" => context.replies.integer(1),
        "IDLETIME" => context.replies.integer(0),
        _ => return Err(no_frequency().into()),
    }
    Ok(Next::Go)
}

fn no_frequency() -> Rejection {
    Rejection::err(
        "An LFU maxmemory policy is not selected, access frequency not tracked. \
         Please note that when switching between policies at runtime LRU and LFU data \
         will take some time to adjust.",
    )
}
