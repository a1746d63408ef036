//! Numbers of several rounds, and how they are shown.

/// The middle one.
pub(crate) fn median(numbers: impl Iterator<Item = f64>) -> f64 {
    let mut sorted: Vec<_> = numbers.collect();
    sorted.sort_by(f64::total_cmp);
    sorted[sorted.len() / 2]
}

/// A share of a direct client's rate, marked where it misses the target.
pub(crate) fn ratio(share: f64) -> String {
    const TARGET: f64 = 0.8;
    format!("{share:>7.2}{}", mark(share >= TARGET))
}

/// Milliseconds added to a direct client's, marked where they miss the target.
pub(crate) fn added(milliseconds: f64) -> String {
    const TARGET: f64 = 0.2;
    format!("{milliseconds:>+7.2}{}", mark(milliseconds <= TARGET))
}

fn mark(is_reached: bool) -> char {
    if is_reached { ' ' } else { '!' }
}
