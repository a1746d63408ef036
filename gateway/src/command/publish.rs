//! `XADD`, and how large a value may be.

use bytes::BytesMut;

use super::{EntryId, StreamSettings, Trim, is_word, rest, trim::TrimOptions, wrong_arity};
use crate::{
    message::{Record, Rejection},
    resp::Args,
};

/// What an XADD asks for.
#[derive(Clone, Debug)]
pub struct Add {
    /// `NOMKSTREAM`: the topic is not made if it is missing.
    pub only_existing: bool,
    /// The offset that an explicit id stands for.
    pub expected_offset: Option<u64>,
    /// What to delete when it is stored.
    pub trim: Option<Trim>,
    /// The entry as a record without a time.
    pub record: Record,
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

/// Reads all but the key of `XADD key [NOMKSTREAM] [KEEPREF] [MAXLEN|MINID [=|~] n [LIMIT c]] *|id
/// field value …`.
///
/// # Errors
/// Redis' words; and what a log cannot do with the reason.
pub fn add(
    args: &Args<'_>,
    settings: &StreamSettings,
    arena: &mut BytesMut,
) -> Result<Add, Rejection> {
    let mut at = 2;
    let mut only_existing = false;
    let mut options = TrimOptions::default();
    while at < args.len() && &args[at] != b"*" {
        if is_word(&args[at], "NOMKSTREAM") {
            only_existing = true;
            at += 1;
        } else if let Some(next) = options.take(args, at)? {
            at = next;
        } else {
            refuse_idempotence(&args[at])?;
            break;
        }
    }
    let Some(fields) = args.len().checked_sub(at + 1) else { return Err(wrong_arity("xadd")) };
    let expected_offset = if &args[at] == b"*" { None } else { Some(expected(&args[at])?) };
    let trim = options.finish()?;
    if fields == 0 || fields % 2 != 0 {
        return Err(wrong_arity("xadd"));
    }
    let record = settings.record(arena, fields, rest(args, at + 1))?;
    Ok(Add { only_existing, expected_offset, trim, record })
}

/// The offset that an id of the client's choice stands for: `n-0`, `n-*` or `n`.
fn expected(id: &[u8]) -> Result<u64, Rejection> {
    let place = id.strip_suffix(b"-*").filter(|digits| !digits.contains(&b'-'));
    let parsed = EntryId::parse(place.unwrap_or(id), 0);
    let EntryId { place: number, partition } =
        parsed.map_err(|error| Rejection::err(error.to_string()))?;
    if number == 0 && partition == 0 && place.is_none() {
        return Err(Rejection::err("The ID specified in XADD must be greater than 0-0"));
    }
    if partition != 0 {
        let words = format!(
            "{number}-{partition} cannot be chosen: in an id <offset + 1>-<partition> of a topic \
             with one partition the second number is 0"
        );
        return Err(Rejection::err(words));
    }
    number.checked_sub(1).ok_or_else(|| Rejection::err(ID_TOO_SMALL))
}

/// Redis' answer to an id that is not behind the last one.
const ID_TOO_SMALL: &str =
    "The ID specified in XADD is equal or smaller than the target stream top item";

fn refuse_idempotence(word: &[u8]) -> Result<(), Rejection> {
    if is_word(word, "IDMP") || is_word(word, "IDMPAUTO") {
        return Err(Rejection::err(
            "IDMP and IDMPAUTO are not possible here: the gateway keeps no window of what \
             producers sent, write XADD without them",
        ));
    }
    Ok(())
}
