//! No two files and no two rooms need each other.

use std::collections::{BTreeMap, BTreeSet};

use super::{imports::Imports, report, source::Source};

/// The gateway's crates.
const CRATES: [&str; 3] = ["gateway/serve/src/", "gateway/tools/src/", "gateway/program/src/"];

/// The room that a file of a crate belongs to: its first folder, or the file that opens it.
fn room(path: &str) -> &str {
    path.split('/').next().unwrap_or(path).trim_end_matches(".rs")
}

/// Groups of names that can all be reached from each other, each in order; a name alone is none.
fn circles<'a>(arrows: impl IntoIterator<Item = (&'a str, &'a str)>) -> Vec<Vec<&'a str>> {
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

#[test]
fn no_two_files_and_no_two_rooms_need_each_other() {
    let (mut files, mut rooms) = (Vec::new(), Vec::new());
    for folder in CRATES {
        let imports = imports_of(folder);
        let arrows = imports.arrows();
        for circle in circles(arrows.keys().copied()) {
            files.extend(circle.into_iter().map(|path| format!("{folder}{path}")));
        }
        let between = arrows.keys().map(|(from, to)| (room(from), room(to)));
        for circle in circles(between.filter(|(from, to)| from != to)) {
            rooms.extend(circle.into_iter().map(str::to_owned));
        }
    }
    report(&findings(&files));
    report(&findings(&rooms));
}

fn imports_of(folder: &str) -> Imports {
    let sources = Source::of_code(folder).into_iter();
    Imports::read(sources.map(|source| (source.path[folder.len()..].to_owned(), source.text)))
}

fn findings(names: &[String]) -> Vec<String> {
    let finding = |name: &String| {
        format!("{name}:1: is part of a circle: move what the others need into a file below both")
    };
    names.iter().map(finding).collect()
}

#[test]
fn a_circle_is_found_through_names_that_are_passed_on() {
    let file = |path: &str, text: &str| (path.to_owned(), text.to_owned());
    let imports = Imports::read([
        file("lib.rs", "mod a; mod b;"),
        file("a.rs", "mod inner; pub use inner::Thing; fn f(_: crate::b::Other) {}"),
        file("a/inner.rs", "pub struct Thing; #[cfg(test)] mod tests { use crate::b::Other; }"),
        file("b.rs", "use crate::a::{self, Thing}; pub struct Other(Thing);"),
    ]);
    let arrows = imports.arrows();
    assert!(arrows.contains_key(&("b.rs", "a/inner.rs")), "{arrows:?}");
    assert!(!arrows.contains_key(&("a/inner.rs", "b.rs")), "{arrows:?}");
    let rooms = arrows.keys().map(|(from, to)| (room(from), room(to)));
    assert_eq!(circles(rooms.filter(|(from, to)| from != to)), [["a", "b"]]);
}
