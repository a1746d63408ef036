//! Consumer groups of streams: XGROUP, and what their commands share.

use super::{EntryId, integer, is_word, rest, stream_key, unknown_subcommand, wrong_arity};
use crate::{
    message::{Rejection, TopicName},
    resp::Args,
};

mod claim;
mod pending;
mod read;

pub use claim::{AutoClaim, GroupClaim, auto_claim, group_claim};
pub use pending::{PendingList, PendingQuery, pending};
pub use read::{GroupRead, ReadOf, read_group};

/// Longest name of a group or of a consumer, in bytes.
const NAME_BYTES_MAX: usize = 255;

/// What a command of groups is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupName {
    /// The topic, all of it.
    pub topic: TopicName,
    /// The group.
    pub group: String,
}

/// `XGROUP …`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GroupChange {
    /// `CREATE`.
    Create {
        /// Where it begins.
        start: GroupStart,
        /// `MKSTREAM`: the topic is made if it is missing.
        makes_topic: bool,
    },
    /// `SETID`.
    SetId(GroupStart),
    /// `DESTROY`.
    Destroy,
    /// `CREATECONSUMER`.
    CreateConsumer(Vec<u8>),
    /// `DELCONSUMER`.
    DeleteConsumer(Vec<u8>),
}

/// Where a group goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GroupStart {
    /// `0`: before everything that is left.
    Oldest,
    /// `$`: behind what is there now.
    Newest,
    /// Behind this id.
    Behind(EntryId),
}

/// Reads `XGROUP subcommand key group …`; `None` for `HELP`.
///
/// # Errors
/// Redis' words.
pub fn group_change(args: &Args<'_>) -> Result<Option<(GroupName, GroupChange)>, Rejection> {
    let subcommand = &args[1];
    let arity = |name: &str, fits: bool| {
        if fits { Ok(()) } else { Err(wrong_arity(&format!("xgroup|{name}"))) }
    };
    let count = args.len();
    let change = if is_word(subcommand, "CREATE") {
        arity("create", count >= 5)?;
        create(args)?
    } else if is_word(subcommand, "SETID") {
        arity("setid", count >= 5)?;
        let makes_topic = options(args, "SETID")?;
        if makes_topic {
            return Err(bad_option("SETID"));
        }
        GroupChange::SetId(start(&args[4])?)
    } else if is_word(subcommand, "DESTROY") {
        arity("destroy", count == 4)?;
        GroupChange::Destroy
    } else if is_word(subcommand, "CREATECONSUMER") {
        arity("createconsumer", count == 5)?;
        GroupChange::CreateConsumer(consumer_name(&args[4])?)
    } else if is_word(subcommand, "DELCONSUMER") {
        arity("delconsumer", count == 5)?;
        GroupChange::DeleteConsumer(consumer_name(&args[4])?)
    } else if is_word(subcommand, "HELP") {
        arity("help", count == 2)?;
        return Ok(None);
    } else {
        return Err(unknown_subcommand("XGROUP", subcommand));
    };
    Ok(Some((group_name(&args[2], &args[3])?, change)))
}

fn create(args: &Args<'_>) -> Result<GroupChange, Rejection> {
    let makes_topic = options(args, "CREATE")?;
    Ok(GroupChange::Create { start: start(&args[4])?, makes_topic })
}

/// Reads the options of CREATE and SETID; true if `MKSTREAM` is one of them. The number of entries
/// read is known anyway: what a client says about it is checked and passed over.
fn options(args: &Args<'_>, subcommand: &str) -> Result<bool, Rejection> {
    let (mut makes_topic, mut at) = (false, 5);
    while let Some(option) = args.get(at) {
        if is_word(option, "MKSTREAM") {
            makes_topic = true;
            at += 1;
        } else if is_word(option, "ENTRIESREAD") {
            let value = args.get(at + 1).ok_or_else(|| bad_option(subcommand))?;
            if integer(value)? < -1 {
                return Err(Rejection::err("value for ENTRIESREAD must be positive or -1"));
            }
            at += 2;
        } else {
            return Err(bad_option(subcommand));
        }
    }
    Ok(makes_topic)
}

fn bad_option(subcommand: &str) -> Rejection {
    Rejection::err(format!(
        "unknown subcommand or wrong number of arguments for '{subcommand}'. Try XGROUP HELP."
    ))
}

fn start(id: &[u8]) -> Result<GroupStart, Rejection> {
    match id {
        b"$" => Ok(GroupStart::Newest),
        b"-" => Ok(GroupStart::Oldest),
        _ => match entry_id(id)? {
            EntryId::FIRST => Ok(GroupStart::Oldest),
            id => Ok(GroupStart::Behind(id)),
        },
    }
}

/// Reads an id that is one.
pub(crate) fn entry_id(id: &[u8]) -> Result<EntryId, Rejection> {
    EntryId::parse(id, 0).map_err(|error| Rejection::err(error.to_string()))
}

/// Reads the key and the group of a command.
///
/// # Errors
/// What they may be.
pub fn group_name(key: &[u8], group: &[u8]) -> Result<GroupName, Rejection> {
    let key = stream_key(key)?;
    if let Some(partition) = key.partition {
        return Err(Rejection::err(format!(
            "a consumer group reads whole topics: write `{0}` in place of `{0}:{partition}`",
            key.topic
        )));
    }
    let group = std::str::from_utf8(group).ok();
    let group = group.filter(|group| !group.is_empty() && group.len() <= NAME_BYTES_MAX);
    let group = group.ok_or_else(|| {
        Rejection::err(format!("invalid group name: use 1 to {NAME_BYTES_MAX} bytes of UTF-8"))
    })?;
    Ok(GroupName { topic: key.topic, group: group.to_owned() })
}

/// Reads the name of a consumer.
pub(crate) fn consumer_name(name: &[u8]) -> Result<Vec<u8>, Rejection> {
    if name.len() <= NAME_BYTES_MAX {
        return Ok(name.to_vec());
    }
    Err(Rejection::err(format!("invalid consumer name: use at most {NAME_BYTES_MAX} bytes")))
}

/// Reads `XACK key group id …`.
///
/// # Errors
/// Redis' words.
pub fn acknowledgement(args: &Args<'_>) -> Result<(GroupName, Vec<EntryId>), Rejection> {
    let name = group_name(&args[1], &args[2])?;
    let ids = rest(args, 3).map(entry_id).collect::<Result<_, _>>()?;
    Ok((name, ids))
}
