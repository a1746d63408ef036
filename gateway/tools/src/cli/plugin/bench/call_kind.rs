//! The calls that are measured, each through the pooled instance that the pipeline uses.

use sluicegate::{
    message::{Destination, Message, Rejection, Role, RouteScope, Verdict},
    plugin::{CallError, Placements, Plugin, PooledInstance},
};

use super::sample::{BURST, Sample};

/// One kind of call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CallKind {
    OnProduce,
    OnConsume,
    Route,
    Partition,
    /// Told for one key of the burst.
    PartitionBurst,
    Encode,
    Decode,
    Authenticate,
}

/// What a call answered.
pub(super) enum CallAnswer {
    Verdict(Verdict),
    Destination(Destination),
    Placements(Placements),
    Value(Option<bytes::Bytes>),
    Rejected(Rejection),
}

impl CallKind {
    pub(super) const ALL: [Self; 8] = [
        Self::OnProduce,
        Self::OnConsume,
        Self::Route,
        Self::Partition,
        Self::PartitionBurst,
        Self::Encode,
        Self::Decode,
        Self::Authenticate,
    ];

    /// The kinds of a plugin's roles.
    pub(super) fn of(plugin: &Plugin) -> Vec<Self> {
        Self::ALL.into_iter().filter(|kind| plugin.has(kind.role())).collect()
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::OnProduce => "on-produce",
            Self::OnConsume => "on-consume",
            Self::Route => "route",
            Self::Partition => "partition, one key",
            Self::PartitionBurst => "partition, a key of 64",
            Self::Encode => "encode",
            Self::Decode => "decode",
            Self::Authenticate => "authenticate",
        }
    }

    fn role(self) -> Role {
        match self {
            Self::OnProduce | Self::OnConsume => Role::Filter,
            Self::Route => Role::Router,
            Self::Partition | Self::PartitionBurst => Role::Partitioner,
            Self::Encode | Self::Decode => Role::Transcoder,
            Self::Authenticate => Role::Authenticator,
        }
    }

    /// Messages that one call is about.
    pub(super) fn messages(self) -> f64 {
        if self == Self::PartitionBurst { f64::from(BURST) } else { 1.0 }
    }

    /// Bytes that the gateway hands over as arguments; what a guest asks for is not among them.
    pub(super) fn bytes_in(self, sample: &Sample, message: &Message) -> usize {
        let list = |keys: &[u8], ends: &[u32]| keys.len() + size_of_val(ends);
        let (one, many) = (sample.one.burst(&sample.input), sample.many.burst(&sample.input));
        let login = &sample.input.credentials;
        match self {
            Self::OnProduce | Self::OnConsume | Self::Encode | Self::Decode => {
                message.record.value.as_ref().map_or(0, bytes::Bytes::len)
            }
            Self::Route => message.topic.as_str().len(),
            Self::Partition => list(one.keys, one.ends),
            Self::PartitionBurst => list(many.keys, many.ends),
            Self::Authenticate => login.username.len() + login.secret.len() + login.peer.len(),
        }
    }

    /// Makes one call; not for logins, which leave the thread.
    pub(super) fn call(
        self,
        instance: &mut PooledInstance,
        message: &mut Message,
        sample: &Sample,
    ) -> Result<CallAnswer, CallError> {
        let context = &sample.context;
        let value =
            |answer: Result<_, _>| answer.map_or_else(CallAnswer::Rejected, CallAnswer::Value);
        Ok(match self {
            Self::OnProduce => CallAnswer::Verdict(instance.on_produce(message, context)?),
            Self::OnConsume => CallAnswer::Verdict(instance.on_consume(message, context)?),
            Self::Route | Self::Authenticate => instance
                .route(message, context)?
                .map_or_else(CallAnswer::Rejected, CallAnswer::Destination),
            Self::Partition => {
                CallAnswer::Placements(instance.partition_many(&sample.one.burst(&sample.input))?)
            }
            Self::PartitionBurst => {
                CallAnswer::Placements(instance.partition_many(&sample.many.burst(&sample.input))?)
            }
            Self::Encode => value(instance.encode(message, context)?),
            Self::Decode => value(instance.decode(message, context)?),
        })
    }
}

impl CallAnswer {
    /// In a word or two.
    pub(super) fn words(&self) -> String {
        match self {
            Self::Verdict(Verdict::Forward) => "forward".into(),
            Self::Verdict(Verdict::Replace(_)) => "replace".into(),
            Self::Verdict(Verdict::Drop) => "drop".into(),
            Self::Verdict(Verdict::Reject(rejection)) | Self::Rejected(rejection) => {
                format!("rejected: {}", rejection.public)
            }
            Self::Destination(Destination { topic, scope: RouteScope::Topic }) => {
                format!("{topic}, for the topic")
            }
            Self::Destination(Destination { topic, .. }) => topic.to_string(),
            Self::Placements(placements) => {
                let chosen = placements.iter().flatten().count();
                format!("{chosen} of {} chosen", placements.len())
            }
            Self::Value(_) => "a value".into(),
        }
    }

    /// Bytes that the answer itself brought.
    pub(super) fn bytes_out(&self) -> usize {
        match self {
            Self::Verdict(Verdict::Replace(value)) | Self::Value(Some(value)) => value.len(),
            Self::Destination(destination) => destination.topic.as_str().len(),
            Self::Placements(placements) => placements.len() * size_of::<u32>(),
            Self::Verdict(Verdict::Reject(rejection)) | Self::Rejected(rejection) => {
                rejection.public.len()
            }
            Self::Verdict(Verdict::Forward | Verdict::Drop) | Self::Value(None) => 0,
        }
    }
}
