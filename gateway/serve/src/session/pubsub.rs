//! Topics as channels: SUBSCRIBE and its kin, PUBSUB. (PUBLISH is answered with its burst.)

use std::sync::Arc;

use super::{CommandError, Context};
use crate::{
    channels::SubscriptionKind,
    command,
    message::{Rejection, TopicName, fits_glob},
    pipeline::read_rejection,
    resp::Args,
};

/// Most channels and patterns of one connection: each takes memory here.
const SUBSCRIPTIONS_MAX: usize = 10_000;
/// Most patterns among them: each is compared with every topic.
const PATTERNS_MAX: usize = 1_000;
/// Longest pattern, in bytes: topics have names of at most 249.
const PATTERN_BYTES_MAX: usize = 1_024;

impl Context {
    pub(crate) async fn subscribe(&mut self, args: &Args<'_>) -> Result<(), CommandError> {
        self.subscribe_noting(args, &SubscriptionKind::Channel).await
    }

    pub(crate) async fn ssubscribe(&mut self, args: &Args<'_>) -> Result<(), CommandError> {
        self.subscribe_noting(args, &SubscriptionKind::Shard).await
    }

    async fn subscribe_noting(
        &mut self,
        args: &Args<'_>,
        kind: &SubscriptionKind,
    ) -> Result<(), CommandError> {
        let subscribed = self.subscribe_to(args, kind).await;
        self.note_subscriptions();
        Ok(subscribed?)
    }

    pub(crate) async fn psubscribe(&mut self, args: &Args<'_>) -> Result<(), CommandError> {
        let subscribed = self.subscribe_to_patterns(args).await;
        self.note_subscriptions();
        Ok(subscribed?)
    }

    pub(crate) async fn unsubscribe(&mut self, args: &Args<'_>) -> Result<(), CommandError> {
        self.unsubscribe_from(args, &SubscriptionKind::Channel).await
    }

    pub(crate) async fn sunsubscribe(&mut self, args: &Args<'_>) -> Result<(), CommandError> {
        self.unsubscribe_from(args, &SubscriptionKind::Shard).await
    }

    /// Nothing is subscribed unless all names may be; those before one that the broker fails at
    /// are, and were confirmed.
    async fn subscribe_to(
        &mut self,
        args: &Args<'_>,
        kind: &SubscriptionKind,
    ) -> Result<(), Rejection> {
        let names = self.channels_named(args)?;
        let cluster = self.identity()?.cluster.clone();
        let subscriber = self.subscriber()?;
        for name in names {
            if !self.subscriptions.names(kind).contains(&name) {
                let channels = Arc::clone(&self.services.channels);
                let listened = channels.subscribe(&subscriber, &cluster, &name, kind.clone()).await;
                listened.map_err(read_rejection)?;
                self.subscriptions.add(&cluster, kind, name.clone());
            }
            let count = self.subscriptions.count(kind);
            self.confirm(subscribed(kind), Some(name.as_str().as_bytes()), count);
        }
        Ok(())
    }

    /// The channels of a request, all of which may be listened to.
    pub(crate) fn channels_named(&self, args: &Args<'_>) -> Result<Vec<TopicName>, Rejection> {
        let mut names = Vec::with_capacity(args.len() - 1);
        for name in command::rest(args, 1) {
            let name = channel(name)?;
            self.check_consume(&name)?;
            names.push(name);
        }
        self.check_room(names.len())?;
        Ok(names)
    }

    async fn subscribe_to_patterns(&mut self, args: &Args<'_>) -> Result<(), Rejection> {
        self.check_patterns(args)?;
        for pattern in command::rest(args, 1) {
            let pattern: Arc<[u8]> = Arc::from(pattern);
            if !self.subscriptions.patterns().contains(&pattern) {
                self.listen_to_pattern(&pattern).await?;
            }
            let kind = SubscriptionKind::Pattern(Arc::clone(&pattern));
            self.confirm("psubscribe", Some(&pattern), self.subscriptions.count(&kind));
        }
        Ok(())
    }

    /// May the connection listen to so many patterns, of such length?
    pub(crate) fn check_patterns(&self, args: &Args<'_>) -> Result<(), Rejection> {
        if command::rest(args, 1).any(|pattern| pattern.len() > PATTERN_BYTES_MAX) {
            let words = format!("a pattern is over the limit of {PATTERN_BYTES_MAX} bytes");
            return Err(Rejection::err(words));
        }
        self.check_room(args.len() - 1)?;
        if self.subscriptions.patterns().len() + args.len() - 1 > PATTERNS_MAX {
            let words = format!("too many patterns: a connection may have {PATTERNS_MAX}");
            return Err(Rejection::err(words));
        }
        self.identity()?;
        Ok(())
    }

    /// Begins to listen to a pattern, or goes on with what the login allows now.
    pub(crate) async fn listen_to_pattern(&mut self, pattern: &Arc<[u8]>) -> Result<(), Rejection> {
        let identity = self.identity()?;
        let (cluster, grant) = (identity.cluster.clone(), Arc::new(identity.grant().clone()));
        let subscriber = self.subscriber()?;
        // Before the wait: a client that goes away meanwhile leaves nothing behind.
        self.subscriptions.add_pattern(&cluster, Arc::clone(pattern));
        let channels = Arc::clone(&self.services.channels);
        let listened = channels.psubscribe(&subscriber, &cluster, pattern, &grant).await;
        listened.map_err(|error| {
            self.subscriptions.leave_pattern(pattern);
            read_rejection(error)
        })
    }

    fn check_room(&self, more: usize) -> Result<(), Rejection> {
        if self.subscriptions.len() + more <= SUBSCRIPTIONS_MAX {
            return Ok(());
        }
        let words = format!("too many subscriptions: a connection may have {SUBSCRIPTIONS_MAX}");
        Err(Rejection::err(words))
    }

    async fn unsubscribe_from(
        &mut self,
        args: &Args<'_>,
        kind: &SubscriptionKind,
    ) -> Result<(), CommandError> {
        let listed = self.subscriptions.names(kind).iter().map(|n| n.as_str().as_bytes().to_vec());
        let names: Vec<_> = match args.len() {
            1 => listed.collect(),
            _ => command::rest(args, 1).map(<[u8]>::to_vec).collect(),
        };
        let mut left = Vec::with_capacity(names.len());
        for name in &names {
            if let Ok(topic) = TopicName::new(name) {
                self.subscriptions.leave(kind, &topic);
            }
            left.push(self.subscriptions.count(kind));
        }
        // What was stored before comes before the confirmation.
        self.write_messages().await?;
        for (name, left) in names.iter().zip(left) {
            self.confirm(unsubscribed(kind), Some(name), left);
        }
        if names.is_empty() {
            self.confirm(unsubscribed(kind), None, self.subscriptions.count(kind));
        }
        self.note_subscriptions();
        Ok(())
    }

    pub(crate) async fn punsubscribe(&mut self, args: &Args<'_>) -> Result<(), CommandError> {
        let patterns: Vec<Arc<[u8]>> = match args.len() {
            1 => self.subscriptions.patterns().iter().cloned().collect(),
            _ => command::rest(args, 1).map(Arc::from).collect(),
        };
        let mut left = Vec::with_capacity(patterns.len());
        for pattern in &patterns {
            self.subscriptions.leave_pattern(pattern);
            left.push(self.subscriptions.count(&SubscriptionKind::Channel));
        }
        self.write_messages().await?;
        for (pattern, left) in patterns.iter().zip(left) {
            self.confirm("punsubscribe", Some(pattern), left);
        }
        if patterns.is_empty() {
            self.confirm(
                "punsubscribe",
                None,
                self.subscriptions.count(&SubscriptionKind::Channel),
            );
        }
        self.note_subscriptions();
        Ok(())
    }

    pub(crate) fn confirm(&mut self, word: &str, name: Option<&[u8]>, count: usize) {
        self.replies.push(3);
        self.replies.bulk(word.as_bytes());
        match name {
            Some(name) => self.replies.bulk(name),
            None => self.replies.null(),
        }
        self.replies.integer(i64::try_from(count).unwrap_or(i64::MAX));
    }

    /// PUBSUB: who listens on this gateway, as far as the client may listen too.
    pub(crate) fn pubsub(&mut self, args: &Args<'_>) -> Result<(), Rejection> {
        let subcommand = args[1].to_ascii_uppercase();
        match (subcommand.as_slice(), args.len()) {
            (b"CHANNELS", 2 | 3) => self.active_channels(&SubscriptionKind::Channel, args.get(2)),
            (b"SHARDCHANNELS", 2 | 3) => {
                self.active_channels(&SubscriptionKind::Shard, args.get(2))
            }
            (b"NUMSUB", _) => self.count_listeners(&SubscriptionKind::Channel, args),
            (b"SHARDNUMSUB", _) => self.count_listeners(&SubscriptionKind::Shard, args),
            (b"NUMPAT", 2) => {
                let cluster = self.identity()?.cluster.id;
                let count = self.services.channels.pattern_count(cluster);
                self.replies.integer(i64::try_from(count).unwrap_or(i64::MAX));
                Ok(())
            }
            (b"NUMPAT", _) => Err(command::wrong_arity("pubsub|numpat")),
            (b"HELP", 2) => {
                self.replies.array(HELP.len());
                HELP.iter().for_each(|line| self.replies.simple(line));
                Ok(())
            }
            (b"CHANNELS" | b"SHARDCHANNELS", _) => {
                let name = String::from_utf8_lossy(&args[1]).into_owned();
                Err(Rejection::err(format!(
                    "unknown subcommand or wrong number of arguments for '{name}'. Try PUBSUB HELP."
                )))
            }
            _ => Err(command::unknown_subcommand("PUBSUB", &args[1])),
        }
    }

    fn active_channels(
        &mut self,
        kind: &SubscriptionKind,
        pattern: Option<&[u8]>,
    ) -> Result<(), Rejection> {
        let identity = self.identity()?;
        let mut names = Vec::new();
        for name in self.services.channels.active(identity.cluster.id, kind).into_keys() {
            let fits = pattern.is_none_or(|pattern| fits_glob(pattern, name.as_str().as_bytes()));
            if fits && self.check_consume(&name).is_ok() {
                names.push(name);
            }
        }
        self.replies.array(names.len());
        names.iter().for_each(|name| self.replies.bulk(name.as_str().as_bytes()));
        Ok(())
    }

    fn count_listeners(
        &mut self,
        kind: &SubscriptionKind,
        args: &Args<'_>,
    ) -> Result<(), Rejection> {
        let cluster = self.identity()?.cluster.id;
        self.replies.array(2 * (args.len() - 2));
        for name in command::rest(args, 2) {
            let allowed = channel(name).ok().filter(|topic| self.check_consume(topic).is_ok());
            let count = allowed.map_or(0, |t| self.services.channels.count(cluster, &t, kind));
            self.replies.bulk(name);
            self.replies.integer(i64::try_from(count).unwrap_or(i64::MAX));
        }
        Ok(())
    }
}

/// A channel's name as a topic's.
pub(crate) fn channel(name: &[u8]) -> Result<TopicName, Rejection> {
    TopicName::new(name).map_err(|error| Rejection::err(format!("a channel is a topic: {error}")))
}

fn subscribed(kind: &SubscriptionKind) -> &'static str {
    match kind {
        SubscriptionKind::Channel => "subscribe",
        SubscriptionKind::Shard => "ssubscribe",
        SubscriptionKind::Pattern(_) => "psubscribe",
    }
}

/// The word that tells a client that it does not listen any more.
pub(crate) fn unsubscribed(kind: &SubscriptionKind) -> &'static str {
    match kind {
        SubscriptionKind::Channel => "unsubscribe",
        SubscriptionKind::Shard => "sunsubscribe",
        SubscriptionKind::Pattern(_) => "punsubscribe",
    }
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
