//! Integers as Go reads them in base 0.

/// Reads an integer like Go's `strconv.ParseInt(text, 0, 64)`: an optional sign, then decimal
/// digits, or `0x`, `0o` or `0`, `0b` and digits of that base; `_` may stand between digits and behind
/// the prefix. `None` for anything else, and for what 64 bits do not hold.
pub fn parse_integer(text: &str) -> Option<i64> {
    let (is_negative, number) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    let (radix, digits) = base(number);
    if digits.is_empty() {
        return (number == "0").then_some(0);
    }
    let is_after_prefix = digits.len() < number.len();
    let is_misplaced = digits.ends_with('_')
        || digits.contains("__")
        || (digits.starts_with('_') && !is_after_prefix);
    // `from_str_radix` would take one more sign.
    let is_number = digits.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if is_misplaced || !is_number {
        return None;
    }
    let size = i128::from_str_radix(&digits.replace('_', ""), radix).ok()?;
    i64::try_from(if is_negative { -size } else { size }).ok()
}

/// The base, and what is left behind its prefix.
fn base(number: &str) -> (u32, &str) {
    let prefixes = [("0x", 16), ("0X", 16), ("0o", 8), ("0O", 8), ("0b", 2), ("0B", 2)];
    for (prefix, radix) in prefixes {
        if let Some(digits) = number.strip_prefix(prefix).filter(|digits| !digits.is_empty()) {
            return (radix, digits);
        }
    }
    number.strip_prefix('0').map_or((10, number), |digits| (8, digits))
}

#[cfg(test)]
mod tests {
    use super::parse_integer;

    #[test]
    fn numbers_are_read_as_go_reads_them() {
        for (text, expected) in [
            ("0", 0),
            ("3", 3),
            ("+3", 3),
            ("-3", -3),
            ("0x3", 3),
            ("-0X1f", -31),
            ("010", 8),
            ("00", 0),
            ("0o7", 7),
            ("0O17", 15),
            ("0b11", 3),
            ("0B1", 1),
            ("1_000", 1000),
            ("0_7", 7),
            ("0x_1_f", 31),
            ("0b_1", 1),
            ("9223372036854775807", i64::MAX),
            ("-9223372036854775808", i64::MIN),
        ] {
            assert_eq!(parse_integer(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_go_refuses_is_refused() {
        for text in [
            "",
            "-",
            "+-3",
            "--3",
            "0x",
            "0b2",
            "08",
            "0o8",
            "0o",
            "3 ",
            " 3",
            "3.0",
            "1e3",
            "_3",
            "3_",
            "1__0",
            "0_",
            "0x_",
            "0x1__f",
            "0+7",
            "٣",
            "-٣",
            "9223372036854775808",
            "-9223372036854775809",
            "340282366920938463463374607431768211456",
        ] {
            assert_eq!(parse_integer(text), None, "{text}");
        }
    }
}
