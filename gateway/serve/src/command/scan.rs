//! `SCAN cursor [MATCH pattern] [COUNT count] [TYPE type]`.

use super::{integer, is_word, syntax_error};
use crate::{message::Rejection, resp::Args};

/// Topics looked at in one answer where the client does not say how many.
const COUNT: usize = 10;

/// What a SCAN asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scan<'a> {
    /// What the reply before gave; 0 begins.
    pub cursor: u64,
    /// Only names that fit.
    pub pattern: Option<&'a [u8]>,
    /// Topics to look at.
    pub count: usize,
    /// False if another type than streams is asked for: then none fits.
    pub streams: bool,
}

/// Reads SCAN.
///
/// # Errors
/// Redis' words for a bad cursor, number or option.
pub fn scan<'a>(args: &Args<'a>) -> Result<Scan<'a>, Rejection> {
    let cursor = std::str::from_utf8(&args[1]).ok().and_then(|text| text.parse().ok());
    let cursor = cursor.ok_or_else(|| Rejection::err("invalid cursor"))?;
    let mut scan = Scan { cursor, pattern: None, count: COUNT, streams: true };
    let mut at = 2;
    while let Some(option) = args.get(at) {
        let value = args.get(at + 1).ok_or_else(syntax_error)?;
        if is_word(option, "MATCH") {
            scan.pattern = Some(value);
        } else if is_word(option, "COUNT") {
            let count = usize::try_from(integer(value)?).ok();
            scan.count = count.filter(|count| *count > 0).ok_or_else(syntax_error)?;
        } else if is_word(option, "TYPE") {
            scan.streams = is_word(value, "stream");
        } else {
            return Err(syntax_error());
        }
        at += 2;
    }
    Ok(scan)
}
