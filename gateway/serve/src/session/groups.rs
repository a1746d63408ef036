//! Consumer groups of streams: what their commands share.

use std::{future::Future, sync::Arc};

use futures_util::future::try_join_all;
use tokio::time::timeout_at;

use super::Context;
use crate::{
    broker::{BrokerError, OffsetRange, TopicInfo},
    command::{EntryId, GroupName, IdText},
    consumer::{CommitError, EntryPosition, StreamGroup},
    message::{ErrorCode, Rejection, TopicName},
    pipeline::{BrokerOp, broker_rejection, read_rejection},
};

mod acknowledge; // XACK
mod change; //      XGROUP
mod claim; //       XCLAIM and XAUTOCLAIM
mod consumers; //   XGROUP CREATECONSUMER and DELCONSUMER
mod entries; //     pending entries, read again
mod info; //        XINFO
mod pending; //     XPENDING
mod read; //        XREADGROUP

/// Partitions that are asked about together.
const ASK_TOGETHER: u32 = 64;

impl Context {
    /// The topic, if this client may consume it and there is one.
    async fn topic_of(&self, name: &GroupName) -> Result<Option<TopicInfo>, Rejection> {
        self.check_consume(&name.topic)?;
        self.find_topic(&name.topic).await
    }

    /// The group as far as it is open on this gateway.
    fn open_group(&self, name: &GroupName) -> Result<Option<Arc<StreamGroup>>, Rejection> {
        let cluster = &self.identity()?.cluster;
        let open = self.services.groups.stream(cluster, &name.group, &name.topic);
        Ok(open.filter(|group| !group.is_closed()))
    }

    /// Is there such a group? It is there if it has a place in any partition.
    async fn group_exists(&self, topic: &TopicInfo, name: &GroupName) -> Result<bool, Rejection> {
        if self.open_group(name)?.is_some() {
            return Ok(true);
        }
        let cluster = &self.identity()?.cluster;
        if self.services.groups.is_ending(cluster, &name.group, &name.topic) {
            return Ok(false);
        }
        let broker = self.broker()?;
        // The first partition answers for nearly every group that there is.
        let mut from = 0;
        while from < topic.partitions {
            let to = if from == 0 { 1 } else { topic.partitions.min(from + ASK_TOGETHER) };
            let asked = (from..to).map(|at| broker.committed(&name.group, &topic.name, at));
            let found = try_join_all(asked).await.map_err(read_rejection)?;
            if found.iter().any(Option::is_some) {
                return Ok(true);
            }
            from = to;
        }
        Ok(false)
    }

    /// The group, with this connection as one that uses it; it has to exist.
    fn use_group(&mut self, name: &GroupName) -> Result<Arc<StreamGroup>, Rejection> {
        let key = (name.group.clone(), name.topic.clone());
        if let Some(used) = self.stream_groups.get(&key) {
            if !used.group().is_closed() {
                return Ok(Arc::clone(used.group()));
            }
            self.stream_groups.remove(&key);
        }
        let cluster = &self.identity()?.cluster;
        let linger = cluster.broker.is_shared().then_some(self.services.settings.group_linger);
        let names = (name.group.as_str(), &name.topic);
        let used = self.services.groups.use_stream(cluster, names, linger);
        let used = used.map_err(|error| match error {
            BrokerError::Refused { reason } => Rejection::err(reason),
            error => read_rejection(error),
        })?;
        let group = Arc::clone(used.group());
        self.stream_groups.insert(key, used);
        Ok(group)
    }

    /// All ranges of a topic.
    async fn ranges(&self, topic: &TopicName) -> Result<Vec<OffsetRange>, Rejection> {
        self.broker()?.all_offsets(topic).await.map_err(read_rejection)
    }

    /// Waits for commits no longer than a client does.
    async fn committed<T>(
        &self,
        commits: impl Future<Output = Result<T, CommitError>>,
    ) -> Result<T, Rejection> {
        let late = || BrokerError::Unknown { reason: "no answer to a commit in time".to_owned() };
        let done = timeout_at(self.commit_deadline(), commits).await;
        done.unwrap_or_else(|_| Err(late().into())).map_err(|error| match error {
            CommitError::Broker(error) => broker_rejection(BrokerOp::Commit, error),
            error => Rejection::err(format!("not committed: {error}")),
        })
    }

    fn send_id(&mut self, position: EntryPosition) {
        let id = EntryId::of(position.partition, position.offset);
        self.replies.bulk(IdText::from(id).as_bytes());
    }

    fn send_number(&mut self, number: u64) {
        self.replies.integer(i64::try_from(number).unwrap_or(i64::MAX));
    }

    fn send_count(&mut self, count: usize) {
        self.replies.integer(i64::try_from(count).unwrap_or(i64::MAX));
    }
}

/// The place of an id among the entries; `None` for what lies before them all.
fn position(id: EntryId) -> Option<EntryPosition> {
    let offset = id.place.checked_sub(1)?;
    Some(EntryPosition { offset, partition: u32::try_from(id.partition).unwrap_or(u32::MAX) })
}

/// XREADGROUP and others, for a group that is not there.
fn no_group(name: &GroupName, suffix: &str) -> Rejection {
    let GroupName { topic, group } = name;
    let words = format!("No such key '{topic}' or consumer group '{group}'{suffix}");
    Rejection::new(ErrorCode::NoGroup, words)
}

/// XGROUP and XINFO, for a group that is not there.
fn no_group_of_key(name: &GroupName) -> Rejection {
    let GroupName { topic, group } = name;
    let words = format!("No such consumer group '{group}' for key name '{topic}'");
    Rejection::new(ErrorCode::NoGroup, words)
}
