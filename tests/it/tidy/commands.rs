//! A command is known to few files.

use std::collections::BTreeMap;

use super::{report, source::Source};
use sluicegate_tests::console::tell;

/// Most files whose code names a command.
const FILES_MAX: usize = 3;

/// Where the code of the gateway is that answers commands.
const SERVE: &str = "gateway/serve/src/";

/// Folders whose commands are those that plugins send to a Redis server of theirs.
const OTHER_COMMANDS: [&str; 2] = ["gateway/serve/src/plugin/", "gateway/serve/src/config/stores/"];

/// Names that are subcommands or options of other commands too: a text that is nothing but such a
/// word, or begins with it, is one of those.
const ALSO_OPTIONS: [&str; 9] =
    ["CLIENT", "COMMAND", "CONFIG", "EXISTS", "INFO", "RESET", "SET", "TIME", "TYPE"];

/// A command is named by its own file and the files in its folder (together one), and where an
/// error, EXPLAIN or a table of another file needs it. What counts are texts in the code; comments
/// do not.
#[test]
fn the_name_of_a_command_is_in_few_files() {
    let mut sources = Source::of_code(SERVE);
    let own = own_files(&sources);
    assert!(own.len() > 60, "the rows of commands are found: {own:?}");
    sources.retain(|source| !OTHER_COMMANDS.iter().any(|other| source.path.starts_with(other)));
    let texts: Vec<_> =
        sources.iter().map(|source| (source.path.as_str(), texts(source))).collect();

    let mut findings = Vec::new();
    for (name, own) in &own {
        let folder = format!("{}/", own.trim_end_matches(".rs"));
        let others = texts.iter().filter(|(path, texts)| {
            *path != own && !path.starts_with(&folder) && texts.iter().any(|text| names(text, name))
        });
        let others: Vec<_> = others.map(|(path, _)| path.trim_start_matches(SERVE)).collect();
        tell(&format!("{name}: {} {}", own.trim_start_matches(SERVE), others.join(" ")));
        if others.len() + 1 > FILES_MAX {
            findings
                .push(format!("{own}:1: `{name}` is in {} more files: {others:?}", others.len()));
        }
    }
    report(&findings);
}

/// Commands with the files that have their rows.
fn own_files(sources: &[Source]) -> BTreeMap<String, String> {
    let mut own = BTreeMap::new();
    for source in sources {
        for row in source.text.split(": Spec = Spec {").skip(1) {
            let name = row.split('"').nth(1).expect("a row begins with the name");
            own.insert(name.to_owned(), source.path.clone());
        }
    }
    own
}

/// What is between quotes in the code of a file.
fn texts(source: &Source) -> Vec<String> {
    let code: Vec<_> = source.code().map(|(_, line)| line.replace("'\"'", "' '")).collect();
    let code = code.join("\n").replace("\\\"", "'");
    code.split('"').skip(1).step_by(2).map(str::to_owned).collect()
}

/// Does a text name the command?
fn names(text: &str, name: &str) -> bool {
    if ALSO_OPTIONS.contains(&name) && text.trim_start_matches([' ', '*']).starts_with(name) {
        return false;
    }
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    text.match_indices(name).any(|(at, _)| {
        !text[..at].ends_with(is_part) && !text[at + name.len()..].starts_with(is_part)
    })
}
