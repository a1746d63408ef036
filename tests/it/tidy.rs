//! What a reviewer would repeat by hand. Each finding says `path:line: what: do this instead`.

mod circles;
mod commands;
mod glossary;
mod imports;
mod shapes;
mod source;

use source::Source;

/// The longest file, without its unit tests.
const FILE_LINES_MAX: usize = 300;

/// A name, and the only places under `gateway` that may use it, without their `src`.
const BORDERS: &[(&str, &[&str])] = &[
    ("wasmtime::", &["serve/plugin.rs", "serve/plugin/"]),
    ("wasmtime_wasi::", &["serve/plugin/"]),
    ("redis_protocol::", &["serve/resp.rs", "serve/resp/"]),
    (
        "redis::",
        &[
            "serve/plugin/reach.rs",
            "serve/plugin/reach/redis",
            "tools/cli/plugin/dev/gateway.rs",
            // Modules of our own that are called so.
            "serve/config/stores.rs",
            "serve/plugin/host/redis.rs",
        ],
    ),
    ("mysql_async::", &["serve/plugin/reach/sql"]),
    ("notify::", &["serve/reload/watch.rs"]),
    ("clap::", &["program/", "tools/cli/"]),
    ("axum::", &["serve/http.rs", "serve/http/"]),
    ("hyper::", &["serve/http/"]),
    ("wit_component::", &["tools/sdk/"]),
    ("wit_parser::", &["tools/sdk/"]),
    ("wat::", &["tools/sdk/", "serve/plugin/tests.rs", "serve/pipeline/tests/"]),
    ("include_dir::", &["tools/sdk.rs", "tools/sdk/"]),
    (
        "Deserialize",
        &[
            "serve/config.rs",
            "serve/config/",
            "serve/http/records.rs",
            "tools/conversation/test_settings.rs",
            "tools/sdk/manifest.rs",
        ],
    ),
    ("rskafka::", &["serve/broker/kafka.rs", "serve/broker/kafka/"]),
    ("krafka::", &["serve/broker/kafka.rs", "serve/broker/kafka/"]),
    ("sluicegate_tools::", &["program/"]),
    ("crate::listener", &["serve/startup.rs", "serve/startup/", "serve/listener.rs"]),
    ("crate::startup", &["serve/startup.rs", "serve/startup/"]),
    ("sluicegate::startup", &["program/", "tools/conversation/"]),
];

/// The roles' one name each, as `message/role.rs` has them.
const ROLES: [&str; 5] = ["authenticator", "filter", "router", "partitioner", "transcoder"];

/// Text files that people write.
const TEXTS: &[&str] = &[
    ".rs",
    ".toml",
    ".md",
    ".wit",
    ".py",
    ".go",
    ".js",
    ".ts",
    ".zig",
    ".c",
    ".h",
    ".wat",
    ".resp",
    ".txt",
    "Makefile",
    ".ci/run",
    ".ci/setup",
];

#[test]
fn libraries_stay_behind_their_borders() {
    let mut found = Vec::new();
    for source in Source::all(&[".rs"]) {
        let Some(place) = source.path.strip_prefix("gateway/") else { continue };
        let place = place.replacen("/src/", "/", 1);
        for (name, allowed) in BORDERS {
            if allowed.iter().any(|start| place.starts_with(start)) {
                continue;
            }
            let uses = source.code().filter(|(_, line)| has_word(line, name));
            let finding = |(number, _)| {
                let path = &source.path;
                format!("{path}:{number}: uses `{name}`: keep it behind {}", allowed.join(", "))
            };
            found.extend(uses.map(finding));
        }
    }
    report(&found);
}

#[test]
fn the_vocabulary_knows_nobody() {
    let mut found = Vec::new();
    for source in Source::all(&[".rs"]) {
        if !source.path.starts_with("gateway/serve/src/message") {
            continue;
        }
        for (number, line) in source.code() {
            if line.contains("crate::") && !line.contains("crate::message") {
                let path = &source.path;
                found.push(format!(
                    "{path}:{number}: imports a room: `message` is plain data; move the code there"
                ));
            }
        }
    }
    report(&found);
}

#[test]
fn files_are_short_enough_to_read() {
    let mut found = Vec::new();
    for source in Source::all(&[".rs"]) {
        let lines = source.lines_without_tests().count();
        let is_exempt = source.is_generated() || source.is_only_for_tests();
        if lines > FILE_LINES_MAX && !is_exempt {
            let path = &source.path;
            found.push(format!(
                "{path}:{lines}: longer than {FILE_LINES_MAX} lines: split it along the journey"
            ));
        }
    }
    report(&found);
}

#[test]
fn modules_are_files_named_after_them() {
    let is_mod = |path: &String| path.ends_with("/mod.rs");
    let found: Vec<_> = source::files()
        .into_iter()
        .filter(is_mod)
        .map(|path| format!("{path}:1: is called mod.rs: name the file after its module"))
        .collect();
    report(&found);
}

#[test]
fn nothing_unfinished_or_private_is_left() {
    // In pieces, so that this file does not find itself.
    let words = [
        (concat!("TO", "DO"), "finish it, or say in the documentation what is missing"),
        (concat!("FIX", "ME"), "mend it"),
        (concat!("db", "g!("), "remove it"),
        (concat!("/wo", "rk/"), "name no path of one machine"),
        (concat!("/tmp/", "wo", "rk"), "name no path of one machine"),
        (concat!("crates", ".io"), "name no registry"),
        (concat!("pypi", ".org"), "name no registry"),
        (concat!("npmjs", ".org"), "name no registry"),
        (concat!("proxy.golang", ".org"), "name no registry"),
    ];
    let mut found = Vec::new();
    for source in Source::all(TEXTS) {
        for (index, line) in source.text.lines().enumerate() {
            for (word, instead) in words.iter().filter(|(word, _)| line.contains(word)) {
                found.push(format!("{}:{}: says `{word}`: {instead}", source.path, index + 1));
            }
        }
    }
    report(&found);
}

#[test]
fn only_tests_unwrap() {
    let mut found = Vec::new();
    for source in Source::all(&[".rs"]) {
        let is_test = source.path.starts_with("tests/") || source.path.contains("/tests/");
        if is_test || source.is_only_for_tests() {
            continue;
        }
        let uses = source.code().filter(|(_, line)| line.contains(".unwrap()"));
        let path = &source.path;
        found.extend(uses.map(|(number, _)| {
            format!("{path}:{number}: unwraps: return the error, or `expect` with the invariant")
        }));
    }
    report(&found);
}

#[test]
fn every_key_of_the_configuration_is_explained() {
    let config = Source::read("config/gateway.toml");
    let lines: Vec<_> = config.text.lines().collect();
    let mut found = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let is_key = line.starts_with(|c: char| c.is_ascii_lowercase()) && line.contains('=');
        let is_above = index > 0 && lines[index - 1].starts_with('#');
        if is_key && !is_above && !line.contains(" # ") {
            found.push(format!(
                "{}:{}: a key without a comment: say meaning, unit and default above it",
                config.path,
                index + 1
            ));
        }
    }
    report(&found);
}

#[test]
fn each_role_has_one_name_everywhere() {
    let mut found = Vec::new();
    for path in [
        "gateway/serve/src/message/role.rs",
        "plugin-sdk/wit/sluicegate.wit",
        "README.md",
        "config/gateway.toml",
    ] {
        let text = Source::read(path).text;
        for role in ROLES.iter().filter(|role| !text.contains(**role)) {
            found.push(format!("{path}:1: never says `{role}`: name every role by its one word"));
        }
    }
    report(&found);
}

#[test]
fn every_folder_is_on_the_map() {
    let map = Source::read("ARCHITECTURE.md").text;
    let mut found = Vec::new();
    for folder in source::folders() {
        // A room is called by its path below its crate's `src`.
        let shown = match folder.split_once("/src/") {
            Some((crate_folder, room)) if crate_folder.starts_with("gateway/") => room,
            _ => folder.as_str(),
        };
        let is_deep = shown.matches('/').count() > 1;
        if !is_deep && !folder.starts_with('.') && !map.contains(shown) {
            found.push(format!("ARCHITECTURE.md:1: never says `{shown}`: put it on the code map"));
        }
    }
    report(&found);
}

#[test]
fn a_finding_is_found() {
    assert!(has_word("use notify::Watcher;", "notify::"));
    assert!(!has_word("self.renotify::<u8>()", "notify::"));
    assert!(!has_word("// Deserializer", "Deserialize"));
}

/// True if `name` stands in `line` as a word of its own.
fn has_word(line: &str, name: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(name).any(|(at, _)| {
        let after = line[at + name.len()..].chars().next();
        let ends = name.ends_with("::") || !after.is_some_and(is_part);
        ends && !line[..at].chars().next_back().is_some_and(is_part)
    })
}

fn report(found: &[String]) {
    assert!(found.is_empty(), "{} findings\n{}\n", found.len(), found.join("\n"));
}
