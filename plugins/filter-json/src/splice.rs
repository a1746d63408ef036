//! Replaces pieces of a JSON text and leaves every other byte as it was: order of keys, digits of
//! numbers, spaces.

use std::ops::Range;

/// Puts `with` in place of each range; `None` if there is none. Ranges may repeat and lie within
/// one another; the outermost wins.
pub(crate) fn replace_all(text: &str, mut ranges: Vec<Range<usize>>, with: &str) -> Option<String> {
    if ranges.is_empty() {
        return None;
    }
    ranges.sort_by_key(|range| (range.start, usize::MAX - range.end));
    let mut replaced = String::with_capacity(text.len());
    let mut done = 0;
    for range in ranges {
        if range.start < done {
            continue;
        }
        replaced.push_str(&text[done..range.start]);
        replaced.push_str(with);
        done = range.end;
    }
    replaced.push_str(&text[done..]);
    Some(replaced)
}
