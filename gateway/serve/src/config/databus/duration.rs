//! Durations as Go writes them.

use std::time::Duration;

/// Units and their nanoseconds; the longer names before those they begin with.
const UNITS: [(&str, f64); 8] = [
    ("ns", 1.0),
    ("us", 1e3),
    ("µs", 1e3),
    ("μs", 1e3),
    ("ms", 1e6),
    ("s", 1e9),
    ("m", 6e10),
    ("h", 3.6e12),
];

/// Reads `300ms`, `1.5h` or `1m30s`; `None` for what Go would not take, and for negative ones.
///
/// Source: Go, `time.ParseDuration`.
pub(super) fn parse(text: &str) -> Option<Duration> {
    let mut rest = text.strip_prefix('+').unwrap_or(text);
    if rest == "0" {
        return Some(Duration::ZERO);
    }
    if rest.is_empty() {
        return None;
    }
    let mut total = 0.0;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let number: f64 = rest[..digits].parse().ok()?;
        let after = &rest[digits..];
        let end = after.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(after.len());
        let (_, nanoseconds) = UNITS.iter().find(|(unit, _)| *unit == &after[..end])?;
        total += number * nanoseconds;
        rest = &after[end..];
    }
    Duration::try_from_secs_f64(total / 1e9).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_as_go_reads_them() {
        for (text, milliseconds) in [
            ("1m30s", 90_000),
            ("300ms", 300),
            ("1.5h", 5_400_000),
            ("2h45m0.5s", 9_900_500),
            ("0", 0),
            ("+1s", 1_000),
            (".5s", 500),
            ("1500us", 1),
        ] {
            assert_eq!(parse(text).map(|d| d.as_millis()), Some(milliseconds), "{text}");
        }
        for bad in ["", "1", "s", "1x", "-1s", "1s2", "1 s", "..s", "1sm", "99999999999999999999h"]
        {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }
}
