//! PLUGIN.

use tokio::sync::oneshot;

use crate::{
    commands::{
        arguments::integer,
        fields,
        rejections::wrong_arity,
        spec::{
            BeforeLogin, Blocking, Bound, Explain, Family, Handler, InTransaction, Keys, Keyspace,
            Monitored, Outcome, Publishing, Request, Rights, Secrets, Spec, Subcommand,
            Subcommands, WhileSubscribed,
        },
        subcommand::{Asked, send_help, subcommand},
    },
    context::{Context, Next},
    message::{Rejection, Role},
    plugin::Plugin,
    resp::Args,
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
    let (spec, args) = (request.spec(), &request.args);
    context.check_admin()?;
    match subcommand(spec, args)? {
        Asked::Help => send_help(&mut context.replies, spec),
        Asked::For("LIST") => send_list(context),
        Asked::For("INFO") => send_info(context, &args[2])?,
        Asked::For("LOG") => send_log(context, args)?,
        Asked::For(_) => reload(context).await?,
    }
    Ok(Next::Go)
}

/// PLUGIN LIST: the chain in its order, then refused files that have no version in force.
fn send_list(context: &mut Context) {
    let chain = context.services.pipeline.chain();
    let refusals = context.services.refusals.all();
    let plugins = chain.plugins();
    let outside: Vec<_> = refusals
        .iter()
        .filter(|(name, _)| plugins.iter().all(|plugin| plugin.name() != *name))
        .collect();
    context.replies.array(plugins.len() + outside.len());
    for plugin in plugins {
        context.replies.map(7);
        fields::text(&mut context.replies, "name", plugin.name());
        fields::text(&mut context.replies, "version", &plugin.description().version);
        fields::text(&mut context.replies, "roles", &roles(plugin));
        fields::text(&mut context.replies, "state", state(plugin));
        fields::number(&mut context.replies, "generation", chain.generation());
        fields::text(&mut context.replies, "hash", plugin.hash());
        fields::text(
            &mut context.replies,
            "error",
            refusals.get(plugin.name()).map_or("", String::as_str),
        );
    }
    for (name, error) in outside {
        context.replies.map(7);
        fields::text(&mut context.replies, "name", name);
        fields::text(&mut context.replies, "version", "");
        fields::text(&mut context.replies, "roles", "");
        fields::text(&mut context.replies, "state", "refused");
        fields::number(&mut context.replies, "generation", chain.generation());
        fields::text(&mut context.replies, "hash", "");
        fields::text(&mut context.replies, "error", error);
    }
}

fn send_info(context: &mut Context, name: &[u8]) -> Result<(), Rejection> {
    let chain = context.services.pipeline.chain();
    let found = chain.plugins().iter().find(|plugin| plugin.name().as_bytes() == name);
    let Some(plugin) = found else {
        let name = String::from_utf8_lossy(name).into_owned();
        return match context.services.refusals.all().get(&name) {
            Some(error) => Err(Rejection::err(format!("plugin `{name}` was refused: {error}"))),
            None => Err(unknown(&name)),
        };
    };
    let settings = plugin.settings();
    let topics: Vec<_> = settings.topics.iter().map(crate::message::TopicPattern::as_str).collect();
    let mut numbers = numbers(plugin);
    if plugin.has(Role::Authenticator) {
        let logins = context.services.logins.stats(Some(plugin.name()));
        numbers.push(("logins".to_owned(), logins.granted));
        numbers.push(("logins_stale".to_owned(), logins.stale));
    }
    context.replies.map(9 + numbers.len());
    fields::text(&mut context.replies, "name", plugin.name());
    fields::text(&mut context.replies, "version", &plugin.description().version);
    fields::text(&mut context.replies, "summary", &plugin.description().summary);
    fields::text(&mut context.replies, "roles", &roles(plugin));
    fields::text(&mut context.replies, "state", state(plugin));
    fields::text(&mut context.replies, "topics", &topics.join(","));
    fields::text(&mut context.replies, "hash", plugin.hash());
    fields::number(&mut context.replies, "generation", chain.generation());
    fields::text(
        &mut context.replies,
        "error",
        context.services.refusals.all().get(plugin.name()).map_or("", String::as_str),
    );
    for (name, value) in numbers {
        fields::number(&mut context.replies, &name, value);
    }
    Ok(())
}

async fn reload(context: &mut Context) -> Result<(), Rejection> {
    let (reply, answer) = oneshot::channel();
    let gone = || Rejection::err("the gateway is shutting down");
    context.services.reload.send(reply).await.map_err(|_| gone())?;
    match answer.await.map_err(|_| gone())? {
        Ok(generation) => {
            context.replies.unsigned(generation);
            Ok(())
        }
        Err(refused) => Err(Rejection::err(format!("reload refused: {refused}"))),
    }
}

/// PLUGIN LOG: the last lines about a plugin, or those after a number, oldest first.
fn send_log(context: &mut Context, args: &Args<'_>) -> Result<(), Rejection> {
    if args.len() > 4 {
        return Err(wrong_arity("plugin|log"));
    }
    let after = args.get(3).map_or(Ok(0), |number| {
        let number = integer(number).ok().and_then(|number| number.try_into().ok());
        number.ok_or_else(|| Rejection::err("the number of a line is 0 or greater"))
    })?;
    let name = String::from_utf8_lossy(&args[2]);
    let log = context.services.plugin_logs.find(&name).ok_or_else(|| unknown(&name))?;
    let lines = log.after(after);
    context.replies.array(lines.len());
    for line in lines {
        context.replies.map(4);
        fields::number(&mut context.replies, "number", line.number);
        fields::number(
            &mut context.replies,
            "unix_ms",
            u64::try_from(line.at_ms).unwrap_or_default(),
        );
        fields::text(&mut context.replies, "level", line.level.name());
        fields::text(&mut context.replies, "text", &line.text);
    }
    Ok(())
}

fn unknown(name: &str) -> Rejection {
    Rejection::err(format!("no such plugin `{name}`"))
}

fn roles(plugin: &Plugin) -> String {
    let names: Vec<_> = plugin.roles().iter().map(|role| role.name()).collect();
    names.join(",")
}

fn state(plugin: &Plugin) -> &'static str {
    if plugin.stats().quarantined_for.is_some() { "quarantined" } else { "in force" }
}

/// The numbers that INFO shows; a limit of 0 means that there is none.
fn numbers(plugin: &Plugin) -> Vec<(String, u64)> {
    let stats = plugin.stats();
    let limits = &plugin.settings().limits;
    let quarantined = stats.quarantined_for.unwrap_or_default().as_millis();
    let mut numbers = vec![
        ("calls".to_owned(), stats.calls),
        ("quarantined_ms".to_owned(), u64::try_from(quarantined).unwrap_or(u64::MAX)),
        ("instances".to_owned(), u64::from(stats.instances)),
        ("instances_made".to_owned(), stats.instances_made),
        ("instances_recycled".to_owned(), stats.instances_recycled),
        ("recycle_above_bytes".to_owned(), stats.recycle_above_bytes.unwrap_or_default() as u64),
        ("recycle_after_calls".to_owned(), limits.recycle_after_calls.unwrap_or_default()),
        ("memory_bytes".to_owned(), stats.memory_bytes as u64),
        ("log_lines_dropped".to_owned(), stats.log_lines_dropped),
        ("host_calls".to_owned(), stats.host_calls),
        ("host_call_failures".to_owned(), stats.host_call_failures),
        ("host_calls_denied".to_owned(), stats.host_calls_denied),
    ];
    let failures = stats.failures.iter();
    numbers.extend(failures.map(|(kind, count)| (format!("failures_{}", kind.name()), *count)));
    let own = stats.counters.iter();
    numbers.extend(own.map(|(name, count)| (format!("counter_{name}"), *count)));
    numbers
}
