//! Commands: what a request asks for. One file a family turns arguments into an intent; none of
//! them acts.

mod group;
mod range;

pub(crate) use crate::commands::{
    arguments::{integer, rest, syntax_error},
    rejections::{unknown_subcommand, wrong_arity},
};
pub use crate::entry::{
    Entry, EntryId, IdError, IdText, Layout, StreamKey, StreamSettings, Streams, bare_value,
    encode_entry, entry_of, stream_key, value_entry,
};
pub use crate::resp::is_word;
pub use group::{
    AutoClaim, GroupChange, GroupClaim, GroupName, GroupRead, GroupStart, PendingList,
    PendingQuery, ReadOf, acknowledgement, auto_claim, group_change, group_claim, group_name,
    pending, read_group,
};
