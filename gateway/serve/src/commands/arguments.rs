//! Reading arguments: what all commands share.

use crate::{message::Rejection, resp::Args};

/// Reads an integer argument.
///
/// # Errors
/// If it is no integer, or out of range.
pub(crate) fn integer(bytes: &[u8]) -> Result<i64, Rejection> {
    let number = std::str::from_utf8(bytes).ok().and_then(|text| text.parse().ok());
    number.ok_or_else(|| Rejection::err("value is not an integer or out of range"))
}

/// Redis' error for arguments that do not fit its syntax.
pub(crate) fn syntax_error() -> Rejection {
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
