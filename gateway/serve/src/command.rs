//! Commands: what a request asks for. One file a family turns arguments into an intent; none of
//! them acts.

use crate::{message::Rejection, resp::Args};

mod client;
mod databus;
mod group;
mod keys;
mod publish;
mod range;
mod read;
mod reply_text;
mod scan;
mod subcommand;
mod topic;
mod trim;

pub use crate::entry::{
    Entry, EntryId, IdError, IdText, Layout, StreamKey, StreamSettings, Streams, bare_value,
    encode_entry, entry_of, stream_key, value_entry,
};
pub use crate::resp::is_word;
pub use client::{ClientFilter, ClientKind, Kill, client_kill, client_list};
pub use databus::{
    Commit, MessageFormat, Publish, color_fits, commit, databus_publish, message_format,
};
pub use group::{
    AutoClaim, GroupChange, GroupClaim, GroupName, GroupRead, GroupStart, PendingList,
    PendingQuery, ReadOf, acknowledgement, auto_claim, group_change, group_claim, group_name,
    pending, read_group,
};
pub(crate) use keys::keys_of;
pub use publish::{Add, add, check_value_size, has_identity};
pub use range::{Range, range, reverse_range};
pub use read::{Read, ReadFrom, read};
pub use reply_text::{unknown_command, unknown_subcommand, wrong_arity};
pub use scan::{Scan, scan};
pub(crate) use subcommand::{Asked, help, lines, subcommand};
pub use topic::{TopicCreate, topic_create};
pub use trim::{Keep, Trim, trim};

/// A number argument.
///
/// # Errors
/// Redis' words for what is not one.
pub fn integer(bytes: &[u8]) -> Result<i64, Rejection> {
    let number = std::str::from_utf8(bytes).ok().and_then(|text| text.parse().ok());
    number.ok_or_else(|| Rejection::err("value is not an integer or out of range"))
}

/// Redis' answer to an option it does not know.
pub fn syntax_error() -> Rejection {
    Rejection::err("syntax error")
}

/// All arguments from `first` on.
pub(crate) fn rest<'a>(
    args: &Args<'a>,
    first: usize,
) -> impl Iterator<Item = &'a [u8]> + Clone + use<'a> {
    let args = *args;
    (first..args.len()).filter_map(move |at| args.get(at))
}
