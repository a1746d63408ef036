//! Sizes, times and bytes for people to read.

use std::time::Duration;

const KIB: f64 = 1024.0;

/// `312 B`, `14.1 KiB`, `64.0 MiB`.
#[expect(clippy::cast_precision_loss, reason = "three digits are shown")]
pub(super) fn size(bytes: usize) -> String {
    let bytes = bytes as f64;
    if bytes < KIB {
        format!("{bytes} B")
    } else if bytes < KIB * KIB {
        format!("{:.1} KiB", bytes / KIB)
    } else {
        format!("{:.1} MiB", bytes / KIB / KIB)
    }
}

/// Three digits and a unit: `431 ns`, `12.3 µs`, `664 ms`, `17.5 s`.
pub(super) fn time(time: Duration) -> String {
    nanoseconds(time.as_secs_f64() * 1e9)
}

/// As [`time`], for what is less than a nanosecond too.
pub(super) fn nanoseconds(nanoseconds: f64) -> String {
    let units = [(1.0, "ns"), (1e3, "µs"), (1e6, "ms"), (1e9, "s")];
    let unit = units.into_iter().rev().find(|(size, _)| nanoseconds >= *size);
    let (size, name) = unit.unwrap_or(units[0]);
    let value = nanoseconds / size;
    let digits = match value {
        _ if name == "ns" => 0,
        value if value < 9.995 => 2,
        value if value < 99.95 => 1,
        _ => 0,
    };
    format!("{value:.digits$} {name}")
}

/// Bytes as text in quotes, compact JSON where they are JSON, else as hexadecimal digits.
pub(super) fn payload(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) if is_compound(text) && !text.contains(char::is_control) => text.to_owned(),
        Ok(text) => format!("{text:?}"),
        Err(_) => {
            use std::fmt::Write as _;
            let mut digits = String::from("hex ");
            bytes.iter().for_each(|byte| {
                let _ = write!(digits, "{byte:02x}");
            });
            digits
        }
    }
}

/// A JSON object or array, which reads better without quotes around it.
fn is_compound(text: &str) -> bool {
    let first = text.trim_start().as_bytes().first();
    matches!(first, Some(b'{' | b'['))
        && serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_times_have_three_digits_and_a_unit() {
        assert_eq!(
            [0, 1023, 14_438, 67_108_864].map(size),
            ["0 B", "1023 B", "14.1 KiB", "64.0 MiB"]
        );
        let times = [0.4, 431.2, 1_230.0, 12_345.0, 664e6, 17.5e9];
        let words = ["0 ns", "431 ns", "1.23 µs", "12.3 µs", "664 ms", "17.5 s"];
        assert_eq!(times.map(nanoseconds), words);
    }

    #[test]
    fn bytes_are_shown_as_what_they_are() {
        assert_eq!(payload(b"a \"b\"\n"), r#""a \"b\"\n""#);
        assert_eq!(payload(b"{\"n\":12345678901234567890}"), "{\"n\":12345678901234567890}");
        assert_eq!(payload(b"{\"n\":"), r#""{\"n\":""#);
        assert_eq!(payload(b"{}\n"), r#""{}\n""#);
        assert_eq!(payload(&[0xff, 0x00]), "hex ff00");
        assert_eq!(payload(b""), r#""""#);
    }
}
