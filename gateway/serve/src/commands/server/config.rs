//! CONFIG.

use crate::{
    commands::{
        arguments::rest,
        fields,
        spec::{
            BeforeLogin, Blocking, Bound, Explain, Family, Handler, InTransaction, Keys, Keyspace,
            Monitored, Outcome, Publishing, Request, Rights, Secrets, Spec, Subcommand,
            Subcommands, WhileSubscribed,
        },
        subcommand::{Asked, send_help, subcommand},
    },
    context::{Context, Next},
    message::{Rejection, fits_glob},
    telemetry::SLOWLOG_ENTRIES_MAX,
};

static SUBCOMMANDS: &[Subcommand] = &[
    Subcommand::new(
        "GET",
        -3,
        &[
            "GET <pattern>",
            "    Return parameters matching the glob-like <pattern> and their values.",
        ],
    ),
    Subcommand::new("RESETSTAT", 2, &["RESETSTAT", "    Accepted: statistics are never reset."]),
    Subcommand::new("REWRITE", 2, &[]),
    Subcommand::new("SET", -4, &[]),
];

pub(super) static SPEC: Spec = Spec {
    name: "CONFIG",
    arity: -2,
    family: Family::Server,
    summary: "Shows what tools look for in the settings.",
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
    monitored: Monitored::ShownSubcommands(&["HELP"]),
    explain: Explain::Answer,
    run: Handler::Sync(run),
};

fn run(context: &mut Context, request: &Request<'_>) -> Outcome {
    let (spec, args) = (request.spec(), &request.args);
    match subcommand(spec, args)? {
        Asked::Help => send_help(&mut context.replies, spec),
        Asked::For("GET") => {
            let patterns: Vec<_> = rest(args, 2).map(<[u8]>::to_ascii_lowercase).collect();
            let asked = |name: &str| patterns.iter().any(|p| fits_glob(p, name.as_bytes()));
            let mut found = redis_settings(context);
            found.retain(|(name, _)| asked(name));
            context.replies.map(found.len());
            found
                .into_iter()
                .for_each(|(name, value)| fields::text(&mut context.replies, name, &value));
        }
        Asked::For("RESETSTAT") => context.replies.ok(),
        Asked::For(_) => {
            return Err(Rejection::err(
                "settings are changed in the gateway's configuration file, not by CONFIG",
            )
            .into());
        }
    }
    Ok(Next::Go)
}

/// What benchmarks, exporters and GUIs look for with CONFIG GET, in Redis' units.
fn redis_settings(context: &Context) -> Vec<(&'static str, String)> {
    let settings = &context.services.settings;
    let timeout = settings.idle_timeout.map_or(0, |timeout| timeout.as_secs());
    vec![
        ("appendonly", "yes".to_owned()),
        ("databases", "1".to_owned()),
        ("maxclients", settings.connections_max.to_string()),
        ("maxmemory", "0".to_owned()),
        ("maxmemory-policy", "noeviction".to_owned()),
        ("notify-keyspace-events", String::new()),
        ("port", settings.port.to_string()),
        ("proto-max-bulk-len", settings.value_bytes_max.to_string()),
        ("save", String::new()),
        ("slowlog-log-slower-than", settings.slow_after.as_micros().to_string()),
        ("slowlog-max-len", SLOWLOG_ENTRIES_MAX.to_string()),
        ("timeout", timeout.to_string()),
    ]
}
