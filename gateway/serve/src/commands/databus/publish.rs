//! Publishing a databus message: what SET and HSET share.

use bytes::Bytes;

use super::member::not_bound;
use crate::{
    context::{Context, Reply, check_value_size},
    databus::DatabusRecord,
    message::{Message, Rejection},
    resp::Args,
};

/// Adds a message to the burst; `read` makes it from the arguments, for a publisher of a colour.
pub(super) fn publish(
    context: &mut Context,
    args: &Args<'_>,
    read: fn(&Args<'_>, &str) -> Result<DatabusRecord, Rejection>,
) -> Result<Reply, Rejection> {
    let Some(binding) = &context.identity()?.grant().binding else {
        return Err(not_bound());
    };
    let topic = binding.topic.clone();
    let record = read(args, &binding.color)?;
    context.check_publish(&topic)?;
    check_value_size(context, record.value.len())?;
    // The burst gets its time as a whole, when it is sent.
    let record = record.into_record(0);
    context.burst.push(Message { topic, partition: None, record, expected_offset: None });
    Ok(Reply::Ok)
}

/// A copy of an argument.
pub(super) fn copy(args: &Args<'_>, at: usize) -> Bytes {
    Bytes::copy_from_slice(&args[at])
}

/// The error for another number of arguments.
pub(super) fn wrong_arguments() -> Rejection {
    Rejection::err("pub params error: write SET key value, or HSET key header value")
}
