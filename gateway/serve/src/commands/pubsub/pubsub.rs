//! PUBSUB.

use crate::{
    channels::SubscriptionKind,
    commands::{
        arguments::rest,
        rejections::{unknown_subcommand, wrong_arity},
        spec::{
            BeforeLogin, Blocking, Bound, Explain, Family, Handler, InTransaction, Keys, Keyspace,
            Monitored, Outcome, Publishing, Request, Rights, Secrets, Spec, Subcommands,
            WhileSubscribed,
        },
    },
    context::{Context, Next, channel_topic},
    message::{Rejection, fits_glob},
    resp::Args,
};

pub(super) static SPEC: Spec = Spec {
    name: "PUBSUB",
    arity: -2,
    family: Family::PubSub,
    summary: "Counts who listens on this gateway.",
    flags: "",
    categories: "slow",
    keys: Keys::None,
    subcommands: Subcommands::InHandler,
    before_login: BeforeLogin::Refused,
    in_transaction: InTransaction::Queued,
    while_subscribed: WhileSubscribed::Refused,
    keyspace: Keyspace::Untouched,
    blocking: Blocking::Never,
    publishing: Publishing::Never,
    rights: Rights::Visible,
    secrets: Secrets::None,
    bound: Bound::Subscriptions,
    monitored: Monitored::Shown,
    explain: Explain::Answer,
    run: Handler::Sync(run),
};

/// Who listens on this gateway, as far as the client may listen too.
fn run(context: &mut Context, request: &Request<'_>) -> Outcome {
    match Query::parse(&request.args)? {
        Query::Channels { kind, pattern } => send_channels(context, &kind, pattern)?,
        Query::Subscribers(kind) => send_subscribers(context, &kind, &request.args)?,
        Query::Patterns => {
            let cluster = context.identity()?.cluster.index;
            let count = context.services.channels.pattern_count(cluster);
            context.replies.count(count);
        }
        Query::Help => context.replies.lines(HELP),
    }
    Ok(Next::Go)
}

/// What a PUBSUB asks for.
#[derive(Debug, PartialEq, Eq)]
enum Query<'a> {
    /// CHANNELS and SHARDCHANNELS: channels with a subscriber, those that fit the pattern.
    Channels {
        kind: SubscriptionKind,
        pattern: Option<&'a [u8]>,
    },
    /// NUMSUB and SHARDNUMSUB: how many subscribers each named channel has.
    Subscribers(SubscriptionKind),
    /// NUMPAT: how many patterns are listened to.
    Patterns,
    Help,
}

impl<'a> Query<'a> {
    fn parse(args: &Args<'a>) -> Result<Self, Rejection> {
        let (channel, shard) = (SubscriptionKind::Channel, SubscriptionKind::Shard);
        let subcommand = args[1].to_ascii_uppercase();
        match (subcommand.as_slice(), args.len()) {
            (b"CHANNELS", 2 | 3) => Ok(Self::Channels { kind: channel, pattern: args.get(2) }),
            (b"SHARDCHANNELS", 2 | 3) => Ok(Self::Channels { kind: shard, pattern: args.get(2) }),
            (b"NUMSUB", _) => Ok(Self::Subscribers(channel)),
            (b"SHARDNUMSUB", _) => Ok(Self::Subscribers(shard)),
            (b"NUMPAT", 2) => Ok(Self::Patterns),
            (b"NUMPAT", _) => Err(wrong_arity("pubsub|numpat")),
            (b"HELP", 2) => Ok(Self::Help),
            (b"CHANNELS" | b"SHARDCHANNELS", _) => {
                let name = String::from_utf8_lossy(&args[1]);
                Err(Rejection::err(format!(
                    "unknown subcommand or wrong number of arguments for '{name}'. Try PUBSUB HELP."
                )))
            }
            _ => Err(unknown_subcommand("PUBSUB", &args[1])),
        }
    }
}

fn send_channels(
    context: &mut Context,
    kind: &SubscriptionKind,
    pattern: Option<&[u8]>,
) -> Result<(), Rejection> {
    let identity = context.identity()?;
    let mut names = Vec::new();
    for name in context.services.channels.active(identity.cluster.index, kind).into_keys() {
        let fits = pattern.is_none_or(|pattern| fits_glob(pattern, name.as_str().as_bytes()));
        if fits && context.check_consume(&name).is_ok() {
            names.push(name);
        }
    }
    context.replies.array(names.len());
    names.iter().for_each(|name| context.replies.bulk(name.as_str().as_bytes()));
    Ok(())
}

fn send_subscribers(
    context: &mut Context,
    kind: &SubscriptionKind,
    args: &Args<'_>,
) -> Result<(), Rejection> {
    let cluster = context.identity()?.cluster.index;
    context.replies.array(2 * (args.len() - 2));
    for name in rest(args, 2) {
        let topic = channel_topic(name).ok();
        let topic = topic.filter(|topic| context.check_consume(topic).is_ok());
        let count = |topic| context.services.channels.count(cluster, &topic, kind);
        let count = topic.map_or(0, count);
        context.replies.bulk(name);
        context.replies.count(count);
    }
    Ok(())
}

const HELP: &[&str] = &[
    "PUBSUB <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
    "CHANNELS [<pattern>]",
    "    Return the currently active channels matching a <pattern> (default: '*').",
    "NUMPAT",
    "    Return number of subscriptions to patterns.",
    "NUMSUB [<channel> ...]",
    "    Return the number of subscribers for the specified channels, excluding",
    "    pattern subscriptions(default: no channels).",
    "SHARDCHANNELS [<pattern>]",
    "    Return the currently active shard level channels matching a <pattern> (default: '*').",
    "SHARDNUMSUB [<shardchannel> ...]",
    "    Return the number of subscribers for the specified shard level channel(s)",
    "HELP",
    "    Prints this help.",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resp::with_args;

    #[test]
    fn each_subcommand_asks_for_its_kind_of_channels() {
        let channels = |kind, pattern| Query::Channels { kind, pattern };
        let (channel, shard) = (SubscriptionKind::Channel, SubscriptionKind::Shard);
        for (line, query) in [
            ("PUBSUB CHANNELS", channels(channel.clone(), None)),
            ("pubsub channels a*", channels(channel.clone(), Some(b"a*"))),
            ("PUBSUB SHARDCHANNELS", channels(shard.clone(), None)),
            ("PUBSUB NUMSUB a b", Query::Subscribers(channel)),
            ("PUBSUB SHARDNUMSUB", Query::Subscribers(shard)),
            ("PUBSUB NUMPAT", Query::Patterns),
            ("PUBSUB HELP", Query::Help),
        ] {
            with_args(line, |args| assert_eq!(Query::parse(args).unwrap(), query, "{line}"));
        }
    }

    #[test]
    fn other_forms_are_refused() {
        for (line, words) in [
            (
                "PUBSUB CHANNELS a b",
                "unknown subcommand or wrong number of arguments for 'CHANNELS'",
            ),
            ("PUBSUB NUMPAT a", "wrong number of arguments for 'pubsub|numpat' command"),
            ("PUBSUB HELP a", "unknown subcommand 'HELP'"),
            ("PUBSUB OTHER", "unknown subcommand 'OTHER'"),
        ] {
            let refused = with_args(line, |args| Query::parse(args).unwrap_err().to_string());
            assert!(refused.contains(words), "{line}: {refused}");
        }
    }
}
