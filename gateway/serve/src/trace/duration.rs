//! Times for people to read.

use std::time::Duration;

/// Three digits and a unit: `431 ns`, `12.3 µs`, `664 ms`, `17.5 s`.
pub fn time(time: Duration) -> String {
    time_of_nanoseconds(time.as_secs_f64() * 1e9)
}

/// As [`time`], for what is less than a nanosecond too.
pub fn time_of_nanoseconds(nanoseconds: f64) -> String {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_three_digits_and_a_unit() {
        let times = [0.4, 431.2, 1_230.0, 12_345.0, 664e6, 17.5e9];
        let words = ["0 ns", "431 ns", "1.23 µs", "12.3 µs", "664 ms", "17.5 s"];
        assert_eq!(times.map(time_of_nanoseconds), words);
        assert_eq!(time(Duration::from_micros(12)), "12.0 µs");
    }
}
