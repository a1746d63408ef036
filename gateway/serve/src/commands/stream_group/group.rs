//! The group behind a name: whether it exists, and this client's use of it.

use std::sync::Arc;

use futures_util::future::try_join_all;
use tokio::time::timeout_at;

use crate::{
    broker::{BrokerError, TopicInfo},
    commands::group_name::GroupName,
    consumer::{CONSUMERS_MAX, CommitError, StreamGroup},
    context::Context,
    message::{ErrorCode, Rejection, TopicName, TopicPartition},
    pipeline::{BrokerOp, broker_rejection, read_rejection},
};

/// Partitions that are asked about together.
const ASK_TOGETHER: u32 = 64;

/// A topic, if this client may consume it and it exists.
pub(in crate::commands) async fn find_topic(
    context: &Context,
    topic: &TopicName,
) -> Result<Option<TopicInfo>, Rejection> {
    context.check_consume(topic)?;
    context.find_topic(topic).await
}

/// The group, if it is open on this gateway.
pub(in crate::commands) fn open_group(
    context: &Context,
    name: &GroupName,
) -> Result<Option<Arc<StreamGroup>>, Rejection> {
    let cluster = &context.identity()?.cluster;
    let open = context.services.groups.stream(cluster, &name.group, &name.topic);
    Ok(open.filter(|group| !group.is_closed()))
}

/// Does the group exist? It does if it has committed an offset in any partition.
pub(super) async fn exists(
    context: &Context,
    topic: &TopicInfo,
    name: &GroupName,
) -> Result<bool, Rejection> {
    if open_group(context, name)?.is_some() {
        return Ok(true);
    }
    let cluster = &context.identity()?.cluster;
    if context.services.groups.is_ending(cluster, &name.group, &name.topic) {
        return Ok(false);
    }
    let broker = context.broker()?;
    // Nearly every group has an offset in the first partition.
    let mut from = 0;
    while from < topic.partitions {
        let to = if from == 0 { 1 } else { topic.partitions.min(from + ASK_TOGETHER) };
        let asked = (from..to).map(|number| async move {
            let partition = TopicPartition::new(topic.name.clone(), number);
            broker.committed(&name.group, &partition).await
        });
        let found = try_join_all(asked).await.map_err(read_rejection)?;
        if found.iter().any(Option::is_some) {
            return Ok(true);
        }
        from = to;
    }
    Ok(false)
}

/// Checks that the group of an existing topic exists.
///
/// # Errors
/// `NOGROUP` if it does not, in the words of the commands that change or describe groups.
pub(in crate::commands) async fn check_exists_in(
    context: &Context,
    topic: &TopicInfo,
    name: &GroupName,
) -> Result<(), Rejection> {
    if exists(context, topic, name).await? { Ok(()) } else { Err(no_group_for_key(name)) }
}

/// Checks that topic and group exist.
///
/// # Errors
/// `NOGROUP` if one does not.
pub(super) async fn check_exists(context: &Context, name: &GroupName) -> Result<(), Rejection> {
    let topic = find_topic(context, &name.topic).await?.ok_or_else(|| no_group(name, ""))?;
    if exists(context, &topic, name).await? { Ok(()) } else { Err(no_group(name, "")) }
}

/// Opens a group that exists, and notes that this client uses it.
pub(super) fn use_group(
    context: &mut Context,
    name: &GroupName,
) -> Result<Arc<StreamGroup>, Rejection> {
    let key = (name.group.clone(), name.topic.clone());
    if let Some(used) = context.stream_groups.get(&key) {
        if !used.group().is_closed() {
            return Ok(Arc::clone(used.group()));
        }
        context.stream_groups.remove(&key);
    }
    let cluster = &context.identity()?.cluster;
    let linger = cluster.broker.is_shared().then_some(context.services.settings.group_linger);
    let names = (name.group.as_str(), &name.topic);
    let used = context.services.groups.use_stream(cluster, names, linger);
    let used = used.map_err(|error| match error {
        BrokerError::Refused { reason } => Rejection::err(reason),
        error => read_rejection(error),
    })?;
    let group = Arc::clone(used.group());
    context.stream_groups.insert(key, used);
    Ok(group)
}

/// Waits for commits until the client's deadline for them.
///
/// # Errors
/// The broker's, `UNKNOWN` if there is no answer in time, or what this gateway cannot commit.
pub(super) async fn commit<T>(
    context: &Context,
    commits: impl Future<Output = Result<T, CommitError>>,
) -> Result<T, Rejection> {
    let late = || BrokerError::Unknown { reason: "no answer to a commit in time".to_owned() };
    let done = timeout_at(context.commit_deadline(), commits).await;
    done.unwrap_or_else(|_| Err(late().into())).map_err(|error| match error {
        CommitError::Broker(error) => broker_rejection(BrokerOp::Commit, error),
        error => Rejection::err(format!("not committed: {error}")),
    })
}

/// Notes that a consumer sent a request at this time; true if the consumer is new.
///
/// # Errors
/// The group has too many consumers.
pub(super) fn note_consumer(
    group: &StreamGroup,
    consumer: &[u8],
    now_ms: i64,
) -> Result<bool, Rejection> {
    group.meet(consumer, now_ms).map_err(|_| too_many_consumers(group))
}

pub(super) fn too_many_consumers(group: &StreamGroup) -> Rejection {
    Rejection::err(format!(
        "group `{}` has {CONSUMERS_MAX} consumers here: delete some with XGROUP DELCONSUMER",
        group.name()
    ))
}

/// The error of commands that read, for a group that does not exist.
pub(super) fn no_group(name: &GroupName, suffix: &str) -> Rejection {
    let GroupName { topic, group } = name;
    let words = format!("No such key '{topic}' or consumer group '{group}'{suffix}");
    Rejection::new(ErrorCode::NoGroup, words)
}

/// The error of commands that change or describe groups, for one that does not exist.
fn no_group_for_key(name: &GroupName) -> Rejection {
    let GroupName { topic, group } = name;
    let words = format!("No such consumer group '{group}' for key name '{topic}'");
    Rejection::new(ErrorCode::NoGroup, words)
}
