//! When a text that looks like a time is: milliseconds since 1970.

use std::ops::RangeInclusive;

use regex::Captures;

const DAY_MS: u64 = 24 * 60 * 60 * 1_000;

/// The moment of a number of seconds, milliseconds or microseconds, told apart by their digits.
pub(super) fn of_number(digits: &str) -> Option<RangeInclusive<u64>> {
    let whole = digits.split('.').next()?;
    let number: u64 = whole.parse().ok()?;
    let ms = match whole.len() {
        10 => number * 1_000,
        13 => number,
        _ => number / 1_000,
    };
    Some(ms..=ms)
}

/// The day of a date, which is in the groups 1 to 3, and the one before and after it: the time of
/// day may be that of any place.
pub(super) fn of_date(found: &Captures<'_>) -> Option<RangeInclusive<u64>> {
    let part = |group: usize| found.get(group)?.as_str().parse::<u64>().ok();
    let (year, month, day) = (part(1)?, part(2)?, part(3)?);
    if year < 1970 || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let start = days_before(year, month) * DAY_MS + (day - 1) * DAY_MS;
    Some(start.saturating_sub(DAY_MS)..=start + 2 * DAY_MS)
}

/// Days from 1970 to the first of a month.
fn days_before(year: u64, month: u64) -> u64 {
    let is_leap = |year: u64| {
        year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
    };
    let years: u64 = (1970..year).map(|year| if is_leap(year) { 366 } else { 365 }).sum();
    let months = (1..month).map(|month| match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    });
    years + months.sum::<u64>()
}

#[cfg(test)]
mod tests {
    use super::days_before;

    #[test]
    fn months_begin_when_they_do() {
        assert_eq!(days_before(1970, 1), 0);
        assert_eq!(days_before(2000, 3), 11_017);
        assert_eq!(days_before(2026, 1), 20_454);
        assert_eq!(days_before(2100, 3), 47_541);
    }
}
