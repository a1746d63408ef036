//! Fields of maps in replies.

use crate::resp::Replies;

/// Writes a field whose value is text.
pub(crate) fn text(replies: &mut Replies, name: &str, value: &str) {
    replies.bulk(name.as_bytes());
    replies.bulk(value.as_bytes());
}

/// Writes a field whose value is a number; the largest one stands for what is larger.
pub(crate) fn number(replies: &mut Replies, name: &str, value: u64) {
    replies.bulk(name.as_bytes());
    replies.unsigned(value);
}
