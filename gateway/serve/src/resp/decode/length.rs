//! The number of a `*` or `$` line.

/// Longest line of a length, its type byte and line end not counted.
///
/// The longest 64-bit number has 20 characters. Redis waits for 64 KiB before it gives up.
const LENGTH_BYTES_MAX: usize = 32;

/// What stands after a `*` or `$`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Length {
    /// A number, and how many bytes it takes with its line end.
    Known { value: i64, bytes: usize },
    /// The line has not ended, and may become a number.
    Incomplete,
    /// Whatever follows, it is not a number. Redis' rules: no plus sign, no space, no leading
    /// zero, no minus zero, nothing beyond 64 bits.
    Malformed,
    /// So many digits that it is not worth waiting for their end.
    TooLong,
}

/// Reads the length at the start of `bytes`.
#[inline]
pub(super) fn read(bytes: &[u8]) -> Length {
    // Nearly all lengths have one or two digits; these need no loop.
    match *bytes {
        [ones @ b'0'..=b'9', b'\r', b'\n', ..] => {
            Length::Known { value: i64::from(ones - b'0'), bytes: 3 }
        }
        [tens @ b'1'..=b'9', ones @ b'0'..=b'9', b'\r', b'\n', ..] => {
            Length::Known { value: i64::from((tens - b'0') * 10 + (ones - b'0')), bytes: 4 }
        }
        _ => read_any(bytes),
    }
}

#[inline(never)]
fn read_any(bytes: &[u8]) -> Length {
    let negative = bytes.first() == Some(&b'-');
    let digits = &bytes[usize::from(negative)..];
    let mut value = Some(0_i64);
    for (at, &byte) in digits.iter().take(LENGTH_BYTES_MAX).enumerate() {
        match byte {
            b'0'..=b'9' => {
                let is_first_of_many = at == 1 && digits[0] == b'0';
                value = value.filter(|_| !is_first_of_many).and_then(|v| append(v, byte, negative));
            }
            b'\r' if at > 0 => return end(&digits[at..], value, usize::from(negative) + at + 2),
            _ => return Length::Malformed,
        }
        if negative && value == Some(0) {
            return Length::Malformed;
        }
    }
    if digits.len() >= LENGTH_BYTES_MAX { Length::TooLong } else { Length::Incomplete }
}

/// Downwards for negative numbers, because the lowest has no positive counterpart.
fn append(value: i64, digit: u8, negative: bool) -> Option<i64> {
    let digit = i64::from(digit - b'0');
    let shifted = value.checked_mul(10)?;
    if negative { shifted.checked_sub(digit) } else { shifted.checked_add(digit) }
}

fn end(line_end: &[u8], value: Option<i64>, bytes: usize) -> Length {
    match (line_end.get(1), value) {
        (None, _) => Length::Incomplete,
        (Some(b'\n'), Some(value)) => Length::Known { value, bytes },
        (Some(_), _) => Length::Malformed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_is_what_redis_takes_for_one() {
        for value in [0, 1, 9, 10, 99, 100, 1_048_576, i64::MAX, -1, -10, i64::MIN] {
            let line = format!("{value}\r\n");
            let known = Length::Known { value, bytes: line.len() };
            assert_eq!(read(format!("{line}more").as_bytes()), known, "{value}");
            for cut in 0..line.len() {
                assert_eq!(read(&line.as_bytes()[..cut]), Length::Incomplete, "{value} at {cut}");
            }
        }
    }

    #[test]
    fn anything_else_is_refused_as_early_as_it_shows() {
        for line in
            ["+1", " 1", "1 ", "-0", "\r\n", "\n", "1\n", "1\rX", "-\r", "01\r\n", "a", "\0"]
        {
            assert_eq!(read(line.as_bytes()), Length::Malformed, "{line:?}");
        }
        assert_eq!(read(b"9223372036854775808\r\n"), Length::Malformed);
        assert_eq!(read(b"-9223372036854775809\r\n"), Length::Malformed);
        assert_eq!(read(&[b'1'; LENGTH_BYTES_MAX - 1]), Length::Incomplete);
        assert_eq!(read(&[b'1'; LENGTH_BYTES_MAX]), Length::TooLong);
    }
}
