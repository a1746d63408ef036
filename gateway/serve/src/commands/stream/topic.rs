//! The topic behind a stream's key: its partitions, its ends and the order of its entries.

use std::sync::Arc;

use crate::{
    broker::TopicInfo,
    context::Context,
    entry::StreamKey,
    message::{Rejection, TopicName},
    order::{Ends, Sequencer},
    pipeline::read_rejection,
};

/// What a stream's key stands for.
#[derive(Clone, Debug)]
pub(crate) struct Stream {
    pub(crate) topic: TopicInfo,
    /// The only partition that the key stands for; `None` for all partitions of the topic.
    pub(crate) partition: Option<u32>,
}

/// Finds the topic of a key; `None` if there is no such topic.
///
/// # Errors
/// The client may not consume it, the topic has no such partition, or the broker fails.
pub(crate) async fn find(context: &Context, key: &StreamKey) -> Result<Option<Stream>, Rejection> {
    context.check_consume(&key.topic)?;
    let Some(topic) = context.find_topic(&key.topic).await? else {
        return Ok(None);
    };
    match key.partition {
        Some(partition) if partition >= topic.partitions => {
            Err(no_partition(&topic, u64::from(partition)))
        }
        None if topic.partitions == 1 => Ok(Some(Stream { topic, partition: Some(0) })),
        partition => Ok(Some(Stream { topic, partition })),
    }
}

/// First and next offset of every partition. Clients that ask at the same time share one answer.
pub(crate) async fn ends(context: &Context, topic: &TopicName) -> Result<Ends, Rejection> {
    let cluster = &context.identity()?.cluster;
    context.services.orders.ends(cluster, topic).await.map_err(read_rejection)
}

/// The order over all partitions of a topic.
pub(crate) fn order(context: &Context, topic: &TopicName) -> Result<Arc<Sequencer>, Rejection> {
    context.services.orders.of(&context.identity()?.cluster, topic)
}

/// The error for a partition that a topic does not have.
pub(crate) fn no_partition(topic: &TopicInfo, partition: u64) -> Rejection {
    Rejection::err(format!(
        "topic `{}` has no partition {partition}, it has {}",
        topic.name, topic.partitions
    ))
}
