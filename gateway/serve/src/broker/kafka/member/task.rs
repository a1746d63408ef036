//! The task of a membership: joins, polls, leaves.

use std::{sync::Arc, time::Duration};

use krafka::{
    CloseOptions, Kafka, KrafkaError,
    consumer::{Consumer, GroupProtocol as Protocol, PartitionAssignmentStrategy},
};
use tokio::{
    sync::watch,
    time::{self, Instant},
};
use tracing::debug;

use super::assignment::{MemberAssignment, RebalanceListener};
use crate::broker::kafka::{
    connection::KafkaConnection,
    settings::{ClusterSettings, GroupProtocol},
};

/// How often the client is polled for rebalances. Heartbeats do not depend on it.
const POLL: Duration = Duration::from_millis(200);

/// Wait after something went wrong.
const PAUSE: Duration = Duration::from_millis(250);

/// Most time between heartbeats: their answers announce a rebalance.
const HEARTBEAT_MAX: Duration = Duration::from_secs(1);

/// Longest wait for joining to end before leaving: Kafka keeps a member that leaves too early.
const JOINING: Duration = Duration::from_secs(10);

/// Longest time for leaving.
const LEAVING: Duration = Duration::from_secs(10);

/// The parts that the task needs.
pub(super) struct MemberTask {
    pub(super) settings: Arc<ClusterSettings>,
    pub(super) connection: KafkaConnection,
    /// The group, as Kafka knows it.
    pub(super) group: String,
    pub(super) assignment: Arc<MemberAssignment>,
}

/// The number of partitions, and when it was checked.
struct PartitionCount {
    partitions: Option<usize>,
    looked: Option<Instant>,
}

/// Kafka's client, while there is one.
pub(super) type CurrentConsumer = Option<Arc<Consumer>>;

/// Joins, stays a member until `leaving` says so, and leaves.
pub(super) async fn run(
    task: &MemberTask,
    current: watch::Sender<CurrentConsumer>,
    mut leaving: watch::Receiver<bool>,
) {
    loop {
        let Some(consumer) = task.subscribe(&current, &mut leaving).await else { return };
        let stayed = task.stay(&consumer, &mut leaving).await;
        if stayed == LeaveReason::Requested {
            task.finish_joining(&consumer).await;
        }
        // By default a static member stays in the group, so that its restart disturbs nobody.
        let left = consumer.close_with(CloseOptions::new().timeout(LEAVING)).await;
        if let Err(error) = left {
            debug!(%error, group = task.group, "a group was left without its coordinator");
        }
        current.send_replace(None);
        if stayed == LeaveReason::Requested {
            return;
        }
        task.assignment.clear().await;
        let _ = time::timeout(PAUSE, leaving.wait_for(|leaving| *leaving)).await;
    }
}

/// Why a member leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum LeaveReason {
    /// It was asked to.
    Requested,
    /// Kafka's client lost the membership, and a new one must join.
    Lost,
}

impl MemberTask {
    /// Connects and subscribes, however long it takes; `None` if it is to leave before.
    async fn subscribe(
        &self,
        current: &watch::Sender<CurrentConsumer>,
        leaving: &mut watch::Receiver<bool>,
    ) -> CurrentConsumer {
        loop {
            let tried = tokio::select! {
                // Nothing has begun at Kafka.
                _ = leaving.wait_for(|leaving| *leaving) => return None,
                tried = self.build() => tried,
            };
            let error = match tried {
                Ok(consumer) => {
                    match consumer.subscribe([&self.assignment.topic_in_kafka]).await {
                        Ok(()) => {
                            current.send_replace(Some(Arc::clone(&consumer)));
                            return Some(consumer);
                        }
                        Err(error) => {
                            // It has joined nothing, so there is nothing that could go wrong.
                            let _ = consumer.close().await;
                            error.to_string()
                        }
                    }
                }
                Err(error) => error,
            };
            debug!(error, group = self.group, "a group cannot be joined yet");
            let _ = time::timeout(PAUSE, leaving.wait_for(|leaving| *leaving)).await;
        }
    }

    async fn build(&self) -> Result<Arc<Consumer>, String> {
        let kafka = self.connection.kafka().await.map_err(|error| error.to_string())?;
        let listener = RebalanceListener::new(Arc::clone(&self.assignment));
        let consumer = self.consumer(&kafka, listener.clone()).await;
        let consumer = Arc::new(consumer.map_err(|error| error.to_string())?);
        listener.listen_to(&consumer);
        Ok(consumer)
    }

    async fn consumer(
        &self,
        kafka: &Kafka,
        listener: RebalanceListener,
    ) -> Result<Consumer, KrafkaError> {
        let settings = &self.settings;
        let session = settings.session_timeout;
        let mut builder = kafka
            .consumer(&self.group)
            .enable_auto_commit(false)
            .session_timeout(session)
            .heartbeat_interval((session / 3).min(HEARTBEAT_MAX))
            // Also how long the group waits for a member that does not answer.
            .max_poll_interval(session.max(settings.request_timeout) * 2)
            .idle_poll_backoff(POLL)
            .metrics_push(false)
            .rebalance_listener(listener);
        builder = match settings.group_protocol {
            GroupProtocol::Classic => builder
                .partition_assignment_strategy(PartitionAssignmentStrategy::CooperativeSticky),
            GroupProtocol::Consumer => builder.group_protocol(Protocol::Consumer),
        };
        if let Some(instance) = &settings.group_instance {
            // A gateway may be in the group with several topics, each of them a member.
            builder = builder.group_instance_id(format!("{instance}-{}", self.assignment.topic));
        }
        builder.build().await
    }

    /// Polls until it is to leave or the client gives up.
    async fn stay(&self, consumer: &Consumer, leaving: &mut watch::Receiver<bool>) -> LeaveReason {
        // In the classic protocol the client joins in a separate task, so a poll may be dropped.
        // In the newer one it joins inside the poll, and Kafka would keep a member that just joined.
        let may_drop = self.settings.group_protocol == GroupProtocol::Classic;
        let mut growth = PartitionCount { partitions: None, looked: None };
        while !*leaving.borrow() {
            if self.settings.group_protocol == GroupProtocol::Classic {
                self.follow_growth(consumer, &mut growth).await;
            }
            let polled = tokio::select! {
                polled = consumer.poll(POLL) => polled,
                _ = leaving.wait_for(|leaving| *leaving), if may_drop => return LeaveReason::Requested,
            };
            match polled {
                Ok(_) => {}
                Err(KrafkaError::Closed { .. }) => return LeaveReason::Lost,
                // After such an answer the client of the newer protocol sends no more heartbeats.
                Err(error @ KrafkaError::Broker { .. }) if !may_drop && !error.is_retriable() => {
                    debug!(%error, group = self.group, "a membership was lost");
                    return LeaveReason::Lost;
                }
                Err(error) => {
                    debug!(%error, group = self.group, "news of a group did not come");
                    time::sleep(PAUSE).await;
                }
            }
        }
        LeaveReason::Requested
    }

    /// Starts a rebalance when the topic has more partitions. In the classic protocol that is up to
    /// the members, and this client does not do it.
    async fn follow_growth(&self, consumer: &Consumer, growth: &mut PartitionCount) {
        if growth.looked.is_some_and(|looked| looked.elapsed() < self.settings.metadata_refresh) {
            return;
        }
        growth.looked = Some(Instant::now());
        let name = &self.assignment.topic_in_kafka;
        let Ok(found) = consumer.fetch_metadata(Some(name)).await else { return };
        let Some(partitions) = found.topics.first().map(krafka::TopicInfo::partition_count) else {
            return;
        };
        if growth.partitions.is_some_and(|before| before < partitions) {
            // A changed subscription starts a rebalance; it is restored before the next poll joins
            // with it.
            for topics in [vec![name, name], vec![name]] {
                if let Err(error) = consumer.subscribe(topics).await {
                    debug!(%error, group = self.group, "a grown topic is not dealt anew yet");
                    return;
                }
            }
        }
        growth.partitions = Some(partitions);
    }

    /// Waits for the first assignment.
    async fn finish_joining(&self, consumer: &Consumer) {
        let until = Instant::now() + JOINING;
        while !self.assignment.is_assigned() && Instant::now() < until {
            if let Err(error) = consumer.poll(POLL / 10).await {
                debug!(%error, group = self.group, "joining has not ended yet");
                time::sleep(POLL / 10).await;
            }
        }
    }
}
