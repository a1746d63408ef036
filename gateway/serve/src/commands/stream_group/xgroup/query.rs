//! The arguments of XGROUP.

use super::super::position::entry_id;
use crate::{
    commands::{
        arguments::integer,
        group_name::{GroupName, consumer_name},
        rejections::{unknown_subcommand, wrong_arity},
    },
    entry::EntryId,
    message::Rejection,
    resp::{Args, is_word},
};

/// The arguments of an XGROUP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Query {
    Help,
    Change(GroupName, Change),
}

/// What is to become of a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Change {
    Create {
        start: Start,
        /// `MKSTREAM`: the topic is made if it is missing.
        makes_topic: bool,
    },
    SetId(Start),
    Destroy,
    CreateConsumer(Vec<u8>),
    DeleteConsumer(Vec<u8>),
}

/// Where a group starts to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Start {
    /// `0`: at the oldest entry.
    Oldest,
    /// `$`: after the entries that are there now.
    Newest,
    /// After this id.
    After(EntryId),
}

impl Query {
    /// Reads `XGROUP subcommand key group …`.
    ///
    /// # Errors
    /// Redis' words.
    pub(super) fn parse(args: &Args<'_>) -> Result<Self, Rejection> {
        let subcommand = &args[1];
        let arity = |name: &str, fits: bool| {
            if fits { Ok(()) } else { Err(wrong_arity(&format!("xgroup|{name}"))) }
        };
        let count = args.len();
        let change = if is_word(subcommand, "CREATE") {
            arity("create", count >= 5)?;
            let makes_topic = makes_topic(args, "CREATE")?;
            Change::Create { start: Start::parse(&args[4])?, makes_topic }
        } else if is_word(subcommand, "SETID") {
            arity("setid", count >= 5)?;
            if makes_topic(args, "SETID")? {
                return Err(bad_option("SETID"));
            }
            Change::SetId(Start::parse(&args[4])?)
        } else if is_word(subcommand, "DESTROY") {
            arity("destroy", count == 4)?;
            Change::Destroy
        } else if is_word(subcommand, "CREATECONSUMER") {
            arity("createconsumer", count == 5)?;
            Change::CreateConsumer(consumer_name(&args[4])?)
        } else if is_word(subcommand, "DELCONSUMER") {
            arity("delconsumer", count == 5)?;
            Change::DeleteConsumer(consumer_name(&args[4])?)
        } else if is_word(subcommand, "HELP") {
            arity("help", count == 2)?;
            return Ok(Self::Help);
        } else {
            return Err(unknown_subcommand("XGROUP", subcommand));
        };
        Ok(Self::Change(GroupName::parse(&args[2], &args[3])?, change))
    }
}

/// Reads the options of CREATE and SETID; true if `MKSTREAM` is one of them. The gateway counts the
/// entries read itself: `ENTRIESREAD` is checked and ignored.
fn makes_topic(args: &Args<'_>, subcommand: &str) -> Result<bool, Rejection> {
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

impl Start {
    fn parse(id: &[u8]) -> Result<Self, Rejection> {
        match id {
            b"$" => Ok(Self::Newest),
            b"-" => Ok(Self::Oldest),
            _ => match entry_id(id)? {
                EntryId::FIRST => Ok(Self::Oldest),
                id => Ok(Self::After(id)),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resp::with_args;

    fn parse(line: &str) -> Result<Change, String> {
        match with_args(line, Query::parse).map_err(|refusal| refusal.to_string())? {
            Query::Change(_, change) => Ok(change),
            Query::Help => panic!("{line} asks for help"),
        }
    }

    #[test]
    fn each_subcommand_is_one_change() {
        let after = Start::After(EntryId { place: 7, partition: 3 });
        for (line, change) in [
            ("XGROUP CREATE t g $", Change::Create { start: Start::Newest, makes_topic: false }),
            (
                "xgroup create t g 0 ENTRIESREAD 5 mkstream",
                Change::Create { start: Start::Oldest, makes_topic: true },
            ),
            ("XGROUP CREATE t g -", Change::Create { start: Start::Oldest, makes_topic: false }),
            ("XGROUP SETID t g 7-3 ENTRIESREAD -1", Change::SetId(after)),
            ("XGROUP DESTROY t g", Change::Destroy),
            ("XGROUP CREATECONSUMER t g a", Change::CreateConsumer(b"a".to_vec())),
            ("XGROUP DELCONSUMER t g a", Change::DeleteConsumer(b"a".to_vec())),
        ] {
            assert_eq!(parse(line), Ok(change), "{line}");
        }
        assert_eq!(with_args("XGROUP HELP", Query::parse).unwrap(), Query::Help);
    }

    #[test]
    fn mistakes_are_refused_in_the_words_of_redis() {
        for (line, error) in [
            ("XGROUP CREATE t g", "wrong number of arguments for 'xgroup|create' command"),
            ("XGROUP DESTROY t g x", "wrong number of arguments for 'xgroup|destroy' command"),
            ("XGROUP DELCONSUMER t g", "wrong number of arguments for 'xgroup|delconsumer'"),
            ("XGROUP HELP me", "wrong number of arguments for 'xgroup|help' command"),
            ("XGROUP RENAME t g", "unknown subcommand 'RENAME'. Try XGROUP HELP."),
            ("XGROUP CREATE t g $ FOO", "wrong number of arguments for 'CREATE'"),
            ("XGROUP CREATE t g $ ENTRIESREAD", "wrong number of arguments for 'CREATE'"),
            ("XGROUP CREATE t g $ ENTRIESREAD -2", "must be positive or -1"),
            ("XGROUP SETID t g $ MKSTREAM", "wrong number of arguments for 'SETID'"),
            ("XGROUP SETID t g x", "Invalid stream ID"),
            ("XGROUP CREATE t:1 g $", "a consumer group reads whole topics"),
        ] {
            let refusal = parse(line).unwrap_err();
            assert!(refusal.contains(error), "{line}: {refusal}");
        }
    }
}
