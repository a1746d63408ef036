//! LATENCY.

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
    message::Rejection,
};

static SUBCOMMANDS: &[Subcommand] = &[
    Subcommand::new(
        "DOCTOR",
        2,
        &["DOCTOR", "    Return a human readable latency analysis report."],
    ),
    Subcommand::new(
        "GRAPH",
        3,
        &["GRAPH <event>", "    Return an ASCII latency graph for the <event> class."],
    ),
    Subcommand::new(
        "HISTORY",
        3,
        &["HISTORY <event>", "    Return time-latency samples for the <event> class."],
    ),
    Subcommand::new(
        "LATEST",
        2,
        &["LATEST", "    Return the latest latency samples for all events."],
    ),
    Subcommand::new(
        "RESET",
        -2,
        &[
            "RESET [<event> ...]",
            "    Reset latency data of one or more <event> classes.",
            "    (default: reset all data for all event classes)",
        ],
    ),
    Subcommand::new(
        "HISTOGRAM",
        -2,
        &[
            "HISTOGRAM [COMMAND ...]",
            "    Return a cumulative distribution of latencies in the format of a histogram for the specified command names.",
            "    If no commands are specified then all histograms are replied.",
        ],
    ),
];

pub(super) static SPEC: Spec = Spec {
    name: "LATENCY",
    arity: -2,
    family: Family::Server,
    summary: "Shows latency events.",
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

/// No events are recorded, as in a Redis whose `latency-monitor-threshold` is 0.
fn run(context: &mut Context, request: &Request<'_>) -> Outcome {
    let (spec, args) = (request.spec(), &request.args);
    match subcommand(spec, args)? {
        Asked::Help => send_help(&mut context.replies, spec),
        Asked::For("LATEST" | "HISTORY") => context.replies.array(0),
        Asked::For("RESET") => context.replies.integer(0),
        Asked::For("HISTOGRAM") => context.replies.map(0),
        Asked::For("DOCTOR") => {
            context.replies.verbatim("No latency events are recorded: see SLOWLOG.\n");
        }
        Asked::For(_) => {
            let event = String::from_utf8_lossy(&args[2]).replace(['\r', '\n'], " ");
            return Err(Rejection::err(format!("No samples available for event '{event}'")).into());
        }
    }
    Ok(Next::Go)
}
