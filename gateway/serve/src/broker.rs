//! What stands behind the gateway: topics, partitions, records and group offsets.
//!
//! One trait, several implementations, and one test suite that runs over all of them. Nothing
//! outside this room knows which broker it speaks to.

use std::{fmt, future::Future, pin::Pin, sync::Arc};

use tokio::sync::watch;

use crate::message::{StoredRecord, TopicName, TopicPartition};

mod error;
mod member;
mod clusters;
pub mod embedded;
pub mod kafka;
mod overlay;
#[cfg(test)]
mod suite;
mod types;

pub use clusters::{Cluster, ClusterIndex, ClusterTopic, Clusters};
pub use error::BrokerError;
pub use member::GroupMember;
pub use overlay::{Effect, OverlayBroker};
pub use types::{
    Append, Appended, BrokerState, Committed, Fetch, NewTopic, OffsetRange, TopicDetails, TopicInfo,
};

/// A boxed future, so that the trait can be used as an object; one allocation per *burst*.
pub type BrokerFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The broker, as the rest of the gateway sees it.
///
/// All methods may be called from any number of tasks at once. Dropping a returned future gives
/// up the answer, not the work: a produce whose future was dropped may still be stored.
pub trait Broker: Send + Sync + fmt::Debug {
    /// Name of the implementation: `embedded`, `memory`, `kafka`.
    fn name(&self) -> &'static str;

    /// May other gateways be members of its groups too?
    fn is_shared(&self) -> bool {
        false
    }

    /// Is it there? From what is known here; never blocks.
    fn state(&self) -> BrokerState;

    /// The topic, if it exists, from what is known here. Never blocks.
    fn topic(&self, name: &str) -> Option<TopicInfo>;

    /// The topic, asked for where it is not known here yet: others may have made it meanwhile.
    fn look_up<'a>(
        &'a self,
        name: &'a TopicName,
    ) -> BrokerFuture<'a, Result<Option<TopicInfo>, BrokerError>>;

    /// All topics, sorted by name.
    fn topics(&self) -> BrokerFuture<'_, Result<Vec<TopicInfo>, BrokerError>>;

    /// Settings of one topic.
    ///
    /// # Errors
    /// `NoSuchTopic`, or the broker's.
    fn describe_topic<'a>(
        &'a self,
        name: &'a TopicName,
    ) -> BrokerFuture<'a, Result<TopicDetails, BrokerError>>;

    /// Would it make such a topic? As far as that is known without asking anybody. Never blocks.
    ///
    /// # Errors
    /// `Refused` for settings that it does not take.
    fn check_topic(&self, topic: &NewTopic) -> Result<(), BrokerError> {
        let _ = topic;
        Ok(())
    }

    /// Makes a topic; durable when the answer is `Ok`.
    ///
    /// # Errors
    /// `TopicExists` if there is one, `Refused` for settings the broker does not take; nothing
    /// or, after `Unknown`, perhaps was made.
    fn create_topic(&self, topic: NewTopic) -> BrokerFuture<'_, Result<TopicInfo, BrokerError>>;

    /// Deletes the records of a partition below `before`; answers the offset it now starts at.
    ///
    /// # Errors
    /// `Refused` where the broker cannot, or `before` lies behind the end; nothing or, after
    /// `Unknown`, perhaps was deleted.
    fn delete_records<'a>(
        &'a self,
        partition: &'a TopicPartition,
        before: u64,
    ) -> BrokerFuture<'a, Result<u64, BrokerError>>;

    /// Deletes a topic with its records and the places of its groups; durable when the answer is
    /// `Ok`. Those who watch it hear of that. Another topic of that name may be made at once, and
    /// begins at 0.
    ///
    /// # Errors
    /// `NoSuchTopic`, `Refused`; after `Unknown` it may be gone.
    fn delete_topic<'a>(&'a self, name: &'a TopicName)
    -> BrokerFuture<'a, Result<(), BrokerError>>;

    /// Stores every append on its own and answers one result for each, in the same order.
    ///
    /// `Ok` means durable. Appends of one caller to one partition keep their order. An append that
    /// expects an offset is `NotNext` if another one comes next, and `Refused` by brokers that
    /// cannot tell. Work begins when the method is called, not when the future is polled.
    fn produce(&self, appends: Vec<Append>)
    -> BrokerFuture<'_, Vec<Result<Appended, BrokerError>>>;

    /// Reads records that are durable, oldest first; empty at the end of the partition.
    fn fetch(&self, fetch: Fetch) -> BrokerFuture<'_, Result<Vec<StoredRecord>, BrokerError>>;

    /// Reads as [`fetch`](Self::fetch) does, and is sure of what lies below `end`, up to which
    /// records are known to be stored: an empty answer says that nothing can be read up to there,
    /// and `None` that what is there has not come yet.
    fn fetch_below(
        &self,
        fetch: Fetch,
        end: u64,
    ) -> BrokerFuture<'_, Result<Option<Vec<StoredRecord>>, BrokerError>> {
        let _ = end;
        Box::pin(async move { self.fetch(fetch).await.map(Some) })
    }

    /// True if an append may name the offset it expects.
    fn expects_offsets(&self) -> bool;

    /// The highest offset, not above `before`, below which records lie in files of their own: to
    /// delete those costs nothing but the files. `None` for brokers that do not tell. Never blocks.
    fn boundary_below(&self, partition: &TopicPartition, before: u64) -> Option<u64>;

    /// Oldest and next offset of a partition.
    fn offsets<'a>(
        &'a self,
        partition: &'a TopicPartition,
    ) -> BrokerFuture<'a, Result<OffsetRange, BrokerError>>;

    /// Oldest and next offset of every partition of a topic, asked for together.
    ///
    /// # Errors
    /// `NoSuchTopic`, `Unreachable`.
    fn all_offsets<'a>(
        &'a self,
        topic: &'a TopicName,
    ) -> BrokerFuture<'a, Result<Vec<OffsetRange>, BrokerError>>;

    /// Offset of the first record at or after `timestamp_ms`; the end if there is none.
    fn offset_at<'a>(
        &'a self,
        partition: &'a TopicPartition,
        timestamp_ms: i64,
    ) -> BrokerFuture<'a, Result<u64, BrokerError>>;

    /// A counter that changes after every durable append to `topic`; `None` for no such topic.
    ///
    /// This is how readers wait: mark it seen, fetch, and only if nothing came await a change.
    fn watch(&self, topic: &str) -> Option<watch::Receiver<u64>>;

    /// A counter that changes after every topic that is made or deleted.
    fn watch_topics(&self) -> watch::Receiver<u64>;

    /// Makes this gateway a member of a group that reads `topic`, until the member has left.
    ///
    /// Joining goes on behind the answer: the member's partitions show when the group has dealt
    /// them.
    ///
    /// # Errors
    /// `NoSuchTopic`, `Closed`.
    fn join(&self, group: &str, topic: &TopicName) -> Result<Arc<dyn GroupMember>, BrokerError>;

    /// Stores the place of a group that nobody is a member of; durable when the answer is `Ok`.
    /// The caller checks that `offset` makes sense; a lower offset replaces a higher one.
    fn commit<'a>(
        &'a self,
        group: &'a str,
        partition: &'a TopicPartition,
        committed: Committed,
    ) -> BrokerFuture<'a, Result<(), BrokerError>>;

    /// A group's place in a partition, `None` if it never committed there.
    fn committed<'a>(
        &'a self,
        group: &'a str,
        partition: &'a TopicPartition,
    ) -> BrokerFuture<'a, Result<Option<Committed>, BrokerError>>;

    /// Groups that have a place in a partition of `topic`, sorted by name.
    ///
    /// # Errors
    /// `NoSuchTopic`, `Unreachable`.
    fn groups<'a>(
        &'a self,
        topic: &'a TopicName,
    ) -> BrokerFuture<'a, Result<Vec<String>, BrokerError>>;

    /// Forgets all places of a group in `topic`; durable when the answer is `Ok`. A group without
    /// places there is no error.
    ///
    /// # Errors
    /// `NoSuchTopic`, `Refused` where the broker minds that members read the topic; after
    /// `Unknown` they may be gone.
    fn forget_group<'a>(
        &'a self,
        group: &'a str,
        topic: &'a TopicName,
    ) -> BrokerFuture<'a, Result<(), BrokerError>>;

    /// Waits until everything taken is durable and closes files. Later calls get `Closed`.
    fn close(&self) -> BrokerFuture<'_, Result<(), BrokerError>>;
}
