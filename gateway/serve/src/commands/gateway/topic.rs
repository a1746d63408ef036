//! TOPIC: creates, lists and describes topics.

use crate::{
    broker::NewTopic,
    commands::{
        arguments::{integer, syntax_error},
        fields,
        rejections::wrong_arity,
        spec::{
            BeforeLogin, Blocking, Bound, CopiesMembership, DryRun, Explain, Family, Handler,
            InTransaction, Keys, Keyspace, MeetsPlugins, Monitored, Outcome, Publishing, Request,
            Rights, Secrets, Spec, Subcommand, Subcommands, WhileSubscribed,
        },
        subcommand::{Asked, send_help, subcommand},
    },
    context::{Context, Next},
    entry::stream_key,
    message::{Rejection, TopicName},
    pipeline::{BrokerOp, broker_rejection, read_rejection},
    resp::{Args, is_word},
};

/// Most partitions of one topic made through the gateway: each costs files and memory.
const PARTITIONS_MAX: i64 = 10_000;

pub(super) static SPEC: Spec = Spec {
    name: "TOPIC",
    arity: -2,
    family: Family::Gateway,
    summary: "Creates and lists topics.",
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
    rights: Rights::AdminFor(&["CREATE"]),
    secrets: Secrets::None,
    bound: Bound::Topics,
    monitored: Monitored::Shown,
    explain: Explain::Subcommands {
        named: &["CREATE"],
        then: &Explain::DryRun(DryRun {
            plugins: MeetsPlugins::No,
            groups: DryRun::no_groups,
            membership: CopiesMembership::No,
            null_means: None,
        }),
        otherwise: &Explain::Answer,
    },
    run: Handler::Async(|context, request| Box::pin(run(context, request))),
};

static SUBCOMMANDS: &[Subcommand] = &[
    // The handler counts the arguments, after it has looked at the login.
    Subcommand::new(
        "CREATE",
        -2,
        &[
            "CREATE <topic> [PARTITIONS <count>] [CONFIG <setting> <value>] ...",
            "    Create a topic.",
        ],
    ),
    Subcommand::new(
        "INFO",
        3,
        &["INFO <topic>", "    Return partitions, replicas and settings of a topic."],
    ),
    // More arguments are ignored.
    Subcommand::new(
        "LIST",
        -2,
        &["LIST", "    Return name and partitions of each topic that the login may use."],
    ),
];

async fn run(context: &mut Context, request: &Request<'_>) -> Outcome {
    let args = &request.args;
    match subcommand(request.spec(), args)? {
        Asked::Help => send_help(&mut context.replies, request.spec()),
        Asked::For("CREATE") => create(context, args).await?,
        Asked::For("LIST") => list(context).await?,
        Asked::For(_) => describe(context, args).await?,
    }
    Ok(Next::Go)
}

/// `TOPIC CREATE name [PARTITIONS n] [CONFIG setting value]…`.
#[derive(Debug, PartialEq, Eq)]
struct Create {
    name: TopicName,
    /// How many partitions, if the client said so.
    partitions: Option<u32>,
    /// Settings in the broker's own words.
    configs: Vec<(String, String)>,
}

impl Create {
    fn parse(args: &Args<'_>) -> Result<Self, Rejection> {
        if args.len() < 3 {
            return Err(wrong_arity("topic|create"));
        }
        let name = TopicName::new(&args[2]).map_err(|error| Rejection::err(error.to_string()))?;
        let mut create = Self { name, partitions: None, configs: Vec::new() };
        let mut at = 3;
        while let Some(option) = args.get(at) {
            if is_word(option, "PARTITIONS") {
                create.partitions = Some(partitions(args.get(at + 1).ok_or_else(syntax_error)?)?);
                at += 2;
            } else if is_word(option, "CONFIG") {
                let text = |at: usize| {
                    let bytes = args.get(at).ok_or_else(syntax_error)?;
                    let text = std::str::from_utf8(bytes).map(str::to_owned);
                    text.map_err(|_| Rejection::err("CONFIG takes UTF-8 text"))
                };
                create.configs.push((text(at + 1)?, text(at + 2)?));
                at += 3;
            } else {
                return Err(syntax_error());
            }
        }
        Ok(create)
    }
}

fn partitions(argument: &[u8]) -> Result<u32, Rejection> {
    let number = integer(argument)?;
    let partitions = u32::try_from(number).ok().filter(|_| (1..=PARTITIONS_MAX).contains(&number));
    partitions
        .ok_or_else(|| Rejection::err(format!("PARTITIONS must be between 1 and {PARTITIONS_MAX}")))
}

async fn create(context: &mut Context, args: &Args<'_>) -> Result<(), Rejection> {
    context.check_admin()?;
    let Create { name, partitions, configs } = Create::parse(args)?;
    let partitions = partitions.unwrap_or(context.services.settings.partitions);
    let cluster = &context.identity()?.cluster;
    let topic = NewTopic { name, partitions, configs };
    let made = context.services.pipeline.create_topic(cluster, topic).await;
    made.map_err(|error| broker_rejection(BrokerOp::Create, error))?;
    context.replies.ok();
    Ok(())
}

/// Sends partitions, replicas, and the settings that are not the broker's defaults.
async fn describe(context: &mut Context, args: &Args<'_>) -> Result<(), Rejection> {
    if args.len() != 3 {
        return Err(wrong_arity("topic|info"));
    }
    let name = stream_key(&args[2])?.topic;
    let grant = context.identity()?.grant();
    if !grant.admin && !grant.may_publish(name.as_str()) {
        context.check_consume(&name)?;
    }
    let details = context.broker()?.describe_topic(&name).await.map_err(read_rejection)?;
    let replies = &mut context.replies;
    replies.map(4);
    fields::text(replies, "name", details.info.name.as_str());
    fields::number(replies, "partitions", u64::from(details.info.partitions));
    fields::number(replies, "replicas", u64::from(details.replicas));
    replies.bulk(b"configs");
    replies.map(details.configs.len());
    for (name, value) in &details.configs {
        fields::text(replies, name, value);
    }
    Ok(())
}

/// Sends name and partitions of each topic that the client may use.
async fn list(context: &mut Context) -> Result<(), Rejection> {
    let topics = context.broker()?.topics().await.map_err(read_rejection)?;
    let mut listed = Vec::with_capacity(topics.len());
    for topic in topics {
        if context.may_manage(&topic.name)? {
            listed.push(topic);
        }
    }
    let replies = &mut context.replies;
    replies.array(listed.len());
    for topic in listed {
        replies.map(2);
        fields::text(replies, "name", topic.name.as_str());
        fields::number(replies, "partitions", u64::from(topic.partitions));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resp::with_args;

    fn create(line: &str) -> Result<Create, String> {
        with_args(line, Create::parse).map_err(|rejection| rejection.to_string())
    }

    #[test]
    fn create_takes_partitions_and_settings_in_any_order() {
        let setting = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let read = create("TOPIC CREATE t CONFIG a b partitions 3 CONFIG c d").unwrap();

        assert_eq!((read.name.as_str(), read.partitions), ("t", Some(3)));
        assert_eq!(read.configs, [setting("a", "b"), setting("c", "d")]);
        assert_eq!(create("TOPIC CREATE t").unwrap().partitions, None);
    }

    #[test]
    fn create_refuses_what_it_does_not_know() {
        for (line, words) in [
            ("TOPIC CREATE", "wrong number of arguments for 'topic|create' command"),
            ("TOPIC CREATE t PARTITIONS", "syntax error"),
            ("TOPIC CREATE t PARTITIONS 0", "PARTITIONS must be between 1 and 10000"),
            ("TOPIC CREATE t PARTITIONS x", "value is not an integer or out of range"),
            ("TOPIC CREATE t CONFIG a", "syntax error"),
            ("TOPIC CREATE t OTHER", "syntax error"),
        ] {
            let refused = create(line).unwrap_err();
            assert!(refused.ends_with(words), "{line}: {refused}");
        }
    }
}
