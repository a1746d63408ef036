//! XGROUP: groups that are made, moved and deleted.

use std::{sync::Arc, time::Duration};

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use tokio::time::{Instant, sleep};

use super::{Context, no_group_of_key};
use crate::{
    broker::{BrokerError, Committed, TopicInfo},
    command::{self, GroupChange, GroupName, GroupStart},
    consumer::CommitError,
    message::{ErrorCode, PartitionOffset, Rejection},
    pipeline::{BrokerOp, broker_rejection, read_rejection},
    resp::Args,
    session::streams::no_partition,
};

/// Commits of one group that are under way at once.
const COMMITS_TOGETHER: usize = 32;
/// Longest time the broker may take to see that this gateway has left a group.
const LEFT_WITHIN: Duration = Duration::from_millis(2_500);
/// Wait before it is asked again.
const PAUSE: Duration = Duration::from_millis(50);

const HELP: [&str; 17] = [
    "XGROUP <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
    "CREATE <key> <groupname> <id|$> [option]",
    "    Create a new consumer group. Options are:",
    "    * MKSTREAM",
    "      Create the empty stream if it does not exist.",
    "    * ENTRIESREAD entries_read",
    "      Set the group's entries_read counter (internal use).",
    "CREATECONSUMER <key> <groupname> <consumer>",
    "    Create a new consumer in the specified group.",
    "DELCONSUMER <key> <groupname> <consumer>",
    "    Remove the specified consumer.",
    "DESTROY <key> <groupname>",
    "    Remove the specified group.",
    "SETID <key> <groupname> <id|$> [ENTRIESREAD entries_read]",
    "    Set the current group ID and entries_read counter.",
    "HELP",
    "    Prints this help.",
];

impl Context {
    pub(crate) async fn xgroup(&mut self, args: &Args<'_>) -> Result<(), Rejection> {
        let Some((name, change)) = command::group_change(args)? else {
            self.replies.array(HELP.len());
            HELP.iter().for_each(|line| self.replies.simple(line));
            return Ok(());
        };
        let topic = self.topic_to_change(&name, &change).await?;
        match change {
            GroupChange::Create { start, .. } => self.create_group(&topic, &name, start).await,
            GroupChange::SetId(start) => self.set_group(&topic, &name, start).await,
            GroupChange::Destroy => self.destroy_group(&topic, &name).await,
            GroupChange::CreateConsumer(consumer) => {
                self.create_consumer(&topic, &name, &consumer).await
            }
            GroupChange::DeleteConsumer(consumer) => {
                self.delete_consumer(&topic, &name, &consumer).await
            }
        }
    }

    async fn topic_to_change(
        &self,
        name: &GroupName,
        change: &GroupChange,
    ) -> Result<TopicInfo, Rejection> {
        if let Some(topic) = self.topic_of(name).await? {
            return Ok(topic);
        }
        if !matches!(change, GroupChange::Create { makes_topic: true, .. }) {
            return Err(Rejection::err(
                "The XGROUP subcommand requires the key to exist. Note that for CREATE you may want to use the MKSTREAM option to create an empty stream automatically.",
            ));
        }
        let cluster = &self.identity()?.cluster;
        let made = self.services.pipeline.ensure_topic(cluster, &name.topic).await;
        made.map_err(|error| broker_rejection(BrokerOp::Create, error))
    }

    async fn create_group(
        &mut self,
        topic: &TopicInfo,
        name: &GroupName,
        start: GroupStart,
    ) -> Result<(), Rejection> {
        if self.group_exists(topic, name).await? {
            let words = "Consumer Group name already exists";
            return Err(Rejection::new(ErrorCode::BusyGroup, words));
        }
        let places = self.group_places(topic, start).await?;
        match self.commit_places(name, &places).await {
            Ok(()) => {}
            Err(BrokerError::Refused { .. }) => self.create_as_member(name, &places).await?,
            Err(error) => return Err(broker_rejection(BrokerOp::Commit, error)),
        }
        self.replies.ok();
        Ok(())
    }

    /// Makes a group whose name has members already, in other topics: only members may commit then.
    async fn create_as_member(
        &mut self,
        name: &GroupName,
        places: &[u64],
    ) -> Result<(), Rejection> {
        let group = self.use_group(name)?;
        group.assigned(self.commit_deadline()).await;
        let begun = self.committed(group.begin(places)).await;
        if begun.is_err() {
            // What is not made must not be found open.
            let cluster = &self.identity()?.cluster;
            self.services.groups.end_stream(cluster, &name.group, &name.topic);
        }
        begun
    }

    /// Stores the places of a group that nobody is a member of.
    async fn commit_places(&self, name: &GroupName, places: &[u64]) -> Result<(), BrokerError> {
        let broker = self.broker().map_err(|_| BrokerError::Closed)?;
        let commits = (0..).zip(places).map(|(partition, offset)| {
            let committed = Committed { offset: *offset, metadata: String::new() };
            broker.commit(&name.group, &name.topic, partition, committed)
        });
        let commits = stream::iter(commits.collect::<Vec<_>>());
        commits.buffer_unordered(COMMITS_TOGETHER).try_collect().await
    }

    /// The offset to go on from in each partition; an id behind the end is the end.
    async fn group_places(
        &self,
        topic: &TopicInfo,
        start: GroupStart,
    ) -> Result<Vec<u64>, Rejection> {
        let ranges = self.ranges(&topic.name).await?;
        let oldest = || ranges.iter().map(|range| range.start).collect();
        let newest = || ranges.iter().map(|range| range.end).collect();
        let id = match start {
            GroupStart::Oldest => return Ok(oldest()),
            GroupStart::Newest => return Ok(newest()),
            GroupStart::Behind(id) => id,
        };
        let Some(offset) = id.place.checked_sub(1) else { return Ok(oldest()) };
        if let [only] = &ranges[..] {
            return Ok(vec![id.offset_after(0).clamp(only.start, only.end)]);
        }
        let partition = u32::try_from(id.partition).ok().filter(|at| *at < topic.partitions);
        let partition = partition.ok_or_else(|| no_partition(topic, id.partition))?;
        // The entries behind an id are those behind it in the order over all partitions.
        let record = PartitionOffset::new(partition, offset);
        let behind = self.order(&topic.name)?.offsets_after(record).await;
        let Some(mut places) = behind.map_err(read_rejection)? else { return Ok(newest()) };
        // Partitions that came later are behind every id before.
        places.resize(ranges.len(), 0);
        for (place, range) in places.iter_mut().zip(&ranges) {
            *place = (*place).clamp(range.start, range.end);
        }
        Ok(places)
    }

    async fn set_group(
        &mut self,
        topic: &TopicInfo,
        name: &GroupName,
        start: GroupStart,
    ) -> Result<(), Rejection> {
        if !self.group_exists(topic, name).await? {
            return Err(no_group_of_key(name));
        }
        let places = self.group_places(topic, start).await?;
        let Some(group) = self.open_group(name)? else {
            let set = self.commit_places(name, &places).await;
            set.map_err(|error| read_by_others(name, BrokerOp::Commit, error))?;
            self.replies.ok();
            return Ok(());
        };
        group.assigned(self.commit_deadline()).await;
        let others = |partition: u32| {
            Rejection::err(format!(
                "not set: partition {partition} of `{}` is read elsewhere in group `{}`; end its readers there first",
                name.topic, name.group
            ))
        };
        let set = async {
            match group.set(&places).await {
                Err(CommitError::NotOwned { partition }) => Ok(Err(others(partition))),
                set => set.map(Ok),
            }
        };
        if !self.committed(set).await?? {
            return Err(Rejection::err(
                "not set: too many entries far before that id are pending; acknowledge the oldest ones first",
            ));
        }
        self.replies.ok();
        Ok(())
    }

    async fn destroy_group(
        &mut self,
        topic: &TopicInfo,
        name: &GroupName,
    ) -> Result<(), Rejection> {
        if !self.group_exists(topic, name).await? {
            self.replies.integer(0);
            return Ok(());
        }
        self.stream_groups.remove(&(name.group.clone(), name.topic.clone()));
        let cluster = self.identity()?.cluster.clone();
        // Held until the group is gone: its readers must not come back meanwhile.
        let _ending = self.services.groups.end_stream(&cluster, &name.group, &name.topic);
        let until = Instant::now() + LEFT_WITHIN;
        let broker = Arc::clone(&cluster.broker);
        loop {
            match broker.forget_group(&name.group, &name.topic).await {
                Ok(()) => break,
                // The broker may not have seen yet that this gateway has left.
                Err(BrokerError::Refused { .. }) if Instant::now() + PAUSE < until => {
                    sleep(PAUSE).await;
                }
                Err(error) => return Err(read_by_others(name, BrokerOp::Commit, error)),
            }
        }
        self.replies.integer(1);
        Ok(())
    }
}

/// A refusal to change a group from outside means that it has members.
fn read_by_others(name: &GroupName, op: BrokerOp, error: BrokerError) -> Rejection {
    match error {
        BrokerError::Refused { reason } => Rejection {
            private: Some(anyhow::anyhow!(reason)),
            ..Rejection::err(format!(
                "the broker refused: group `{}` has members, on another gateway or in another topic; end its readers there first",
                name.group
            ))
        },
        BrokerError::Unreachable { .. } | BrokerError::NoSuchTopic { .. } => read_rejection(error),
        error => broker_rejection(op, error),
    }
}
