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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resp::with_args;

    #[test]
    fn an_integer_has_64_bits_and_nothing_around_it() {
        assert_eq!(integer(b"-9223372036854775808").unwrap(), i64::MIN);
        for bad in [&b""[..], b" 1", b"1 ", b"1.0", b"x", b"9223372036854775808", b"\xff"] {
            assert!(integer(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn the_rest_may_be_empty() {
        with_args("A b c", |args| {
            assert_eq!(rest(args, 1).collect::<Vec<_>>(), [b"b", b"c"]);
            assert_eq!(rest(args, 3).count(), 0);
        });
    }
}
