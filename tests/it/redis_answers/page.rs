//! The table of differences in `config/redis.md`.

use std::{collections::BTreeSet, fs};

use sluicegate_tests::workspace;

/// The keys of the table: its first column.
pub(super) fn differences() -> BTreeSet<String> {
    let path = workspace::root().join("config/redis.md");
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path:?}: {error}"));
    let (_, text) = text.split_once("| key |").expect("the table of differences begins with it");
    let keys = text.lines().filter_map(|line| line.strip_prefix("| `")?.split_once("` |"));
    let keys: Vec<_> = keys.map(|(key, _)| key.to_owned()).collect();
    let unique: BTreeSet<_> = keys.iter().cloned().collect();
    assert_eq!(unique.len(), keys.len(), "a key of config/redis.md stands there twice");
    unique
}
