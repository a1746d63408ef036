//! Types have the words of the glossary.

use std::collections::BTreeSet;

use super::{report, source::Source};

/// Words that begin the definition of a type.
const DEFINITIONS: [&str; 4] = ["struct ", "enum ", "trait ", "type "];

#[test]
fn no_type_has_a_name_that_the_glossary_gives_up() {
    let given_up = given_up(&Source::read("docs/glossary.md").text);
    assert!(given_up.len() > 20, "the tables are read: {given_up:?}");
    let mut findings = Vec::new();
    for source in Source::of_code("gateway/") {
        for (number, line) in source.code() {
            if defined(line).is_some_and(|name| given_up.contains(name)) {
                let path = &source.path;
                findings.push(format!("{path}:{number}: see the glossary for the usual word"));
            }
        }
    }
    report(&findings);
}

/// The names of types in the last column of all tables.
fn given_up(glossary: &str) -> BTreeSet<String> {
    let rows = glossary.lines().filter(|line| line.starts_with("| "));
    let words = rows.filter_map(|row| row.trim_end_matches([' ', '|']).rsplit('|').next());
    let words =
        words.flat_map(|column| column.split(',')).map(|word| word.trim_matches([' ', '`']));
    let is_type = |word: &&str| {
        word.starts_with(|first: char| first.is_ascii_uppercase())
            && word.chars().all(|c| c.is_ascii_alphanumeric())
    };
    words.filter(is_type).map(str::to_owned).collect()
}

/// The type that a line of code defines.
fn defined(line: &str) -> Option<&str> {
    let (_, behind) = DEFINITIONS.iter().find_map(|word| {
        let (before, behind) = line.split_once(word)?;
        let is_first = before.trim().is_empty() || before.trim_start().starts_with("pub");
        is_first.then_some((before, behind))
    })?;
    behind.split(|c: char| !c.is_ascii_alphanumeric()).next()
}

#[test]
fn definitions_and_given_up_words_are_found() {
    assert_eq!(defined("    pub(super) struct Card<T> {"), Some("Card"));
    assert_eq!(defined("enum Way {"), Some("Way"));
    assert_eq!(defined("let Card { .. } = card;"), None);
    let table =
        "| word | meaning | do not use |\n|---|---|---|\n| lane | x, Y | Lane, a word, `Seat` |";
    assert_eq!(given_up(table), ["Lane", "Seat"].map(str::to_owned).into());
}
