//! Making, moving and deleting a group.

use std::{sync::Arc, time::Duration};

use tokio::time::{Instant, sleep};

use super::{
    super::group::{check_exists_in, commit, exists, open_group, use_group},
    offsets::{commit_offsets, start_offsets},
    query::Start,
};
use crate::{
    broker::{BrokerError, TopicInfo},
    commands::group_name::GroupName,
    consumer::CommitError,
    context::Context,
    message::{ErrorCode, Rejection},
    pipeline::{BrokerOp, broker_rejection, read_rejection},
};

/// Longest time the broker may take to see that this gateway has left a group.
const LEFT_WITHIN: Duration = Duration::from_millis(2_500);
/// Wait before the broker is asked again.
const PAUSE: Duration = Duration::from_millis(50);

/// CREATE.
pub(super) async fn create(
    context: &mut Context,
    topic: &TopicInfo,
    name: &GroupName,
    start: Start,
) -> Result<(), Rejection> {
    if exists(context, topic, name).await? {
        let words = "Consumer Group name already exists";
        return Err(Rejection::new(ErrorCode::BusyGroup, words));
    }
    let offsets = start_offsets(context, topic, start).await?;
    match commit_offsets(context, name, &offsets).await {
        Ok(()) => {}
        Err(BrokerError::Refused { .. }) => create_as_member(context, name, &offsets).await?,
        Err(error) => return Err(broker_rejection(BrokerOp::Commit, error)),
    }
    context.replies.ok();
    Ok(())
}

/// Makes a group whose name has members already, in other topics: only members may commit then.
async fn create_as_member(
    context: &mut Context,
    name: &GroupName,
    offsets: &[u64],
) -> Result<(), Rejection> {
    let group = use_group(context, name)?;
    group.assigned(context.commit_deadline()).await;
    let begun = commit(context, group.begin(offsets)).await;
    if begun.is_err() {
        // A group that was not made must not be found open.
        let cluster = &context.identity()?.cluster;
        context.services.groups.end_stream(cluster, &name.group, &name.topic);
    }
    begun
}

/// SETID.
pub(super) async fn set_id(
    context: &mut Context,
    topic: &TopicInfo,
    name: &GroupName,
    start: Start,
) -> Result<(), Rejection> {
    check_exists_in(context, topic, name).await?;
    let offsets = start_offsets(context, topic, start).await?;
    let Some(group) = open_group(context, name)? else {
        let set = commit_offsets(context, name, &offsets).await;
        set.map_err(|error| has_members(name, error))?;
        context.replies.ok();
        return Ok(());
    };
    group.assigned(context.commit_deadline()).await;
    let others = |partition: u32| {
        Rejection::err(format!(
            "not set: partition {partition} of `{}` is read elsewhere in group `{}`; end its readers there first",
            name.topic, name.group
        ))
    };
    let set = async {
        match group.set(&offsets).await {
            Err(CommitError::NotOwned { partition }) => Ok(Err(others(partition))),
            set => set.map(Ok),
        }
    };
    if !commit(context, set).await?? {
        return Err(Rejection::err(
            "not set: too many entries far before that id are pending; acknowledge the oldest ones first",
        ));
    }
    context.replies.ok();
    Ok(())
}

/// DESTROY.
pub(super) async fn destroy(
    context: &mut Context,
    topic: &TopicInfo,
    name: &GroupName,
) -> Result<(), Rejection> {
    if !exists(context, topic, name).await? {
        context.replies.integer(0);
        return Ok(());
    }
    context.stream_groups.remove(&(name.group.clone(), name.topic.clone()));
    let cluster = context.identity()?.cluster.clone();
    // Held until the group is gone: its readers must not come back meanwhile.
    let _ending = context.services.groups.end_stream(&cluster, &name.group, &name.topic);
    let until = Instant::now() + LEFT_WITHIN;
    let broker = Arc::clone(&cluster.broker);
    loop {
        match broker.forget_group(&name.group, &name.topic).await {
            Ok(()) => break,
            // The broker may not have seen yet that this gateway has left.
            Err(BrokerError::Refused { .. }) if Instant::now() + PAUSE < until => {
                sleep(PAUSE).await;
            }
            Err(error) => return Err(has_members(name, error)),
        }
    }
    context.replies.integer(1);
    Ok(())
}

/// The error for a change that the broker refused: the group has members elsewhere.
fn has_members(name: &GroupName, error: BrokerError) -> Rejection {
    match error {
        BrokerError::Refused { reason } => Rejection {
            private: Some(anyhow::anyhow!(reason)),
            ..Rejection::err(format!(
                "the broker refused: group `{}` has members, on another gateway or in another topic; end its readers there first",
                name.group
            ))
        },
        BrokerError::Unreachable { .. } | BrokerError::NoSuchTopic { .. } => read_rejection(error),
        error => broker_rejection(BrokerOp::Commit, error),
    }
}
