//! Circles among arrows.

use std::collections::{BTreeMap, BTreeSet};

/// The room that a file of a crate belongs to: its first folder, or the file that opens it.
pub(super) fn room(path: &str) -> &str {
    path.split('/').next().unwrap_or(path).trim_end_matches(".rs")
}

/// Groups of names that can all be reached from each other, each in order; a name alone is none.
pub(super) fn circles<'a>(
    arrows: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> Vec<Vec<&'a str>> {
    let mut next: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (from, to) in arrows {
        next.entry(from).or_default().insert(to);
        next.entry(to).or_default();
    }
    let reached: BTreeMap<_, _> = next.keys().map(|from| (*from, reachable(&next, from))).collect();
    let mut found = BTreeSet::new();
    for (from, behind) in &reached {
        let circle: Vec<_> =
            behind.iter().copied().filter(|to| reached[to].contains(from)).collect();
        if circle.len() > 1 {
            found.insert(circle);
        }
    }
    found.into_iter().collect()
}

fn reachable<'a>(next: &BTreeMap<&'a str, BTreeSet<&'a str>>, from: &str) -> BTreeSet<&'a str> {
    let mut seen = BTreeSet::new();
    let mut waiting: Vec<_> = next[from].iter().copied().collect();
    while let Some(name) = waiting.pop() {
        if seen.insert(name) {
            waiting.extend(&next[name]);
        }
    }
    seen
}
