//! Topics as keys: which of them a client may know about.

use crate::{
    context::Context,
    entry::{StreamKey, stream_key},
    message::{Rejection, TopicName},
    pipeline::read_rejection,
};

/// The topics that this client may know about, sorted by name.
pub(crate) async fn visible_topics(context: &Context) -> Result<Vec<TopicName>, Rejection> {
    let topics = context.broker()?.topics().await.map_err(read_rejection)?;
    let mut visible = Vec::with_capacity(topics.len());
    for topic in topics {
        if is_visible(context, &topic.name)? {
            visible.push(topic.name);
        }
    }
    Ok(visible)
}

/// May the client know that this topic exists?
pub(crate) fn is_visible(context: &Context, name: &TopicName) -> Result<bool, Rejection> {
    Ok(!name.is_internal() && context.identity()?.grant().may_use(name.as_str()))
}

/// The topic or partition that a key names, if it exists and the client may know about it.
pub(crate) async fn find_key(
    context: &Context,
    key: &[u8],
) -> Result<Option<StreamKey>, Rejection> {
    let Ok(key) = stream_key(key) else { return Ok(None) };
    if !is_visible(context, &key.topic)? {
        return Ok(None);
    }
    let topic = context.find_topic(&key.topic).await?;
    let has = |partitions| key.partition.is_none_or(|at| at < partitions);
    Ok(topic.filter(|topic| has(topic.partitions)).map(|_| key))
}
