//! `XADD`, and how large a value may be.

use bytes::{Bytes, BytesMut};

use super::{EntryId, encode_entry, integer, is_word, rest, wrong_arity};
use crate::{message::Rejection, resp::Args};

/// What an XADD asks for.
#[derive(Clone, Debug)]
pub struct Add {
    /// `NOMKSTREAM`: the topic is not made if it is missing.
    pub only_existing: bool,
    /// The entry as a record's value.
    pub value: Bytes,
}

/// Refuses a value that is larger than one may be.
///
/// # Errors
/// Words that name the limit; nothing was stored.
pub fn check_value_size(bytes: usize, most: usize) -> Result<(), Rejection> {
    if bytes <= most {
        return Ok(());
    }
    Err(Rejection::err(format!("value of {bytes} bytes is over the limit of {most} bytes")))
}

/// Reads all but the key of `XADD key [NOMKSTREAM] [MAXLEN|MINID [=|~] n [LIMIT c]] * field value …`.
///
/// # Errors
/// Redis' words; and what a log cannot do (ids of the client's choice, exact trimming) with the
/// reason.
pub fn add(args: &Args<'_>, arena: &mut BytesMut) -> Result<Add, Rejection> {
    let mut at = 2;
    let mut only_existing = false;
    while at < args.len() {
        let word = &args[at];
        if is_word(word, "NOMKSTREAM") {
            only_existing = true;
            at += 1;
        } else if is_word(word, "MAXLEN") || is_word(word, "MINID") {
            at = trim(args, at)?;
        } else {
            break;
        }
    }
    let Some(fields) = args.len().checked_sub(at + 1) else { return Err(wrong_arity("xadd")) };
    check_id(&args[at])?;
    if fields == 0 || fields % 2 != 0 {
        return Err(wrong_arity("xadd"));
    }
    let value = encode_entry(arena, fields, rest(args, at + 1));
    Ok(Add { only_existing, value })
}

/// Passes over a trimming option. Approximate trimming is a hint that retention answers; exact
/// trimming is a promise that cannot be kept.
fn trim(args: &Args<'_>, at: usize) -> Result<usize, Rejection> {
    let strategy = &args[at];
    let mut at = at + 1;
    let argument = |at: usize| (at < args.len()).then(|| &args[at]).ok_or_else(super::syntax_error);
    let approximate = argument(at)? == b"~";
    if approximate || argument(at)? == b"=" {
        at += 1;
    }
    if is_word(strategy, "MAXLEN") {
        if integer(argument(at)?)? < 0 {
            return Err(Rejection::err("The MAXLEN argument must be >= 0."));
        }
    } else {
        EntryId::parse(argument(at)?, 0).map_err(|error| Rejection::err(error.to_string()))?;
    }
    at += 1;
    if at < args.len() && is_word(&args[at], "LIMIT") {
        if !approximate {
            return Err(Rejection::err(
                "syntax error, LIMIT cannot be used without the special ~ option",
            ));
        }
        integer(argument(at + 1)?)?;
        at += 2;
    }
    if !approximate {
        return Err(Rejection::err(
            "exact trimming is not possible on a log: write MAXLEN ~ or MINID ~, or set retention",
        ));
    }
    Ok(at)
}

fn check_id(id: &[u8]) -> Result<(), Rejection> {
    if id == b"*" {
        return Ok(());
    }
    let digits = id.strip_suffix(b"-*").unwrap_or(id);
    EntryId::parse(digits, 0).map_err(|error| Rejection::err(error.to_string()))?;
    Err(Rejection::err("explicit ids are not possible: an id is the record's offset, write *"))
}
