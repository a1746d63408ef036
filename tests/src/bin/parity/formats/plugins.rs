//! Plugins: what is told about their files, the code that is kept compiled, and gateways with them.

use std::{fs, os::unix::fs::MetadataExt as _, path::Path};

use sluicegate_tests::{
    Gateway,
    gateway::{Builder, gateway_in, read},
    workspace,
};
use tempfile::TempDir;

use super::{Program, report::Report, texts::said};
use crate::parity::{arguments::Programs, profile::Profile, side::scratch};

/// What is told about a gateway that only its plugins and the program decide.
const QUESTIONS: [&str; 8] = [
    "PLUGIN LIST",
    "PLUGIN INFO filter-json",
    "PLUGIN INFO auth-static",
    "PLUGIN INFO partition-hash",
    "COMMAND",
    "COMMAND DOCS",
    "CONFIG GET max* s* a* d* n* proto* t*",
    "TOPIC LIST",
];

/// `plugin check` of every plugin that lies in `folder`, and calls of some.
pub(super) async fn compare_checks(
    report: &mut Report,
    [old, new]: [Program<'_>; 2],
    folder: &Path,
) {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|end| end == "wasm"))
        .filter_map(|path| path.file_name()?.to_str().map(str::to_owned))
        .collect();
    names.sort();
    for name in &names {
        let arguments = ["plugin", "check", name];
        let (one, other) =
            (said(old, folder, &arguments).await, said(new, folder, &arguments).await);
        report.compare(
            &format!("`plugin check {name}`"),
            &without_times(&one),
            &without_times(&other),
        );
    }
    for (name, json) in [
        ("filter-json", "{\"value\": {\"id\": 1}}"),
        ("filter-json", "{\"value\": \"no json\"}"),
        ("route-rules", "{\"topic\": \"a\"}"),
        ("partition-hash", "{\"keys\": [\"a\", \"b\"], \"partitions\": 7}"),
    ] {
        let file = format!("{name}.wasm");
        let arguments = ["plugin", "call", &file, "--json", json];
        let (one, other) =
            (said(old, folder, &arguments).await, said(new, folder, &arguments).await);
        let what = format!("`plugin call {name} --json {json}`");
        report.compare(&what, &without_times(&one), &without_times(&other));
    }
}

/// Lines without what a call took.
fn without_times(text: &str) -> String {
    let time = regex::Regex::new(r"\d[\d.]* (ns|µs|ms|s)\b").expect("it is a pattern");
    time.replace_all(text, "<time>").into_owned()
}

/// Gateways with plugins and settings files: what they tell, and whether one takes the code that the
/// other has compiled.
pub(super) async fn compare_gateways(
    report: &mut Report,
    [old, new]: [Program<'_>; 2],
    plugins: &Path,
) {
    let mut told = Vec::new();
    for (first, second) in [(old, new), (new, old)] {
        let cache = TempDir::new().expect("a temporary folder can be made");
        let begin = with_plugins(plugins, cache.path()).program(first.path).start().await;
        told.push(answers(&begin).await);
        let kept = files(cache.path());
        let next = with_plugins(plugins, cache.path()).program(second.path).start().await;
        told.push(answers(&next).await);
        let what = format!("compiled plugins of {} are taken by {}", first.name, second.name);
        let is_taken = !kept.is_empty() && files(cache.path()) == kept;
        report.check(&what, is_taken, "there are other files in the folder now");
    }
    report.compare("a gateway with plugins", &told[0], &told[1]);
    report.compare("a gateway with plugins, the second time", &told[2], &told[3]);
    for (what, toml) in WRONG {
        let mut both = Vec::new();
        for program in [old, new] {
            let wasm = read(&plugins.join("filter-json.wasm"));
            let gateway = gateway_in(&scratch()).program(program.path);
            let refused = gateway.plugin_file("filter-json", &wasm, toml).try_start().await;
            both.push(match refused {
                Ok(_) => "it started".to_owned(),
                Err(refused) => last_words(&refused.log),
            });
        }
        report.compare(&format!("a settings file with {what}"), &both[0], &both[1]);
    }
}

const WRONG: [(&str, &str); 6] = [
    ("an unknown key", "ordr = 1\n"),
    ("an unknown setting", "[settings]\nrequird = [\"id\"]\n"),
    ("a setting of another type", "[settings]\nrequired = 1\n"),
    ("an unknown limit", "[limits]\ncall_deadline = 1\n"),
    ("a limit of 0", "[limits]\ncall_deadline_ms = 0\nmemory_bytes_max = 0\n"),
    ("a store for a filter", "[redis.users]\nurl = \"redis://127.0.0.1/\"\ncommands = [\"GET\"]\n"),
];

fn with_plugins(plugins: &Path, cache: &Path) -> Builder {
    let programs =
        Programs { old: workspace::root(), new: workspace::root(), plugins: plugins.to_owned() };
    let gateway = Profile::Plugins.describe(gateway_in(&scratch()), &programs);
    gateway.set("plugins.cache_folder", cache.display().to_string())
}

/// What a gateway answers to an operator.
async fn answers(gateway: &Gateway) -> String {
    let mut client = gateway.client().await;
    assert_eq!(client.send("AUTH admin admin").await, "+OK");
    let mut text = String::new();
    for question in QUESTIONS {
        let reply = client.send(question).await;
        text.push_str(&format!("{question}\n{}\n", reply.to_string().replace(", ", ",\n")));
    }
    let info = client.send("INFO everything").await;
    let names = String::from_utf8_lossy(info.bytes()).into_owned();
    let names = names.lines().map(|line| line.split(':').next().unwrap_or_default());
    let names: Vec<_> = names.collect();
    format!("{text}INFO\n{}\n", names.join("\n"))
}

/// Name, size and place on the disk of each file of a folder: one that was written anew has another
/// place. Its time does not tell, since whoever reads it sets that.
fn files(folder: &Path) -> Vec<(String, u64, u64)> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<_> = entries
        .filter_map(|entry| {
            let (name, about) = (entry.file_name().into_string().ok()?, entry.metadata().ok()?);
            Some((name, about.len(), about.ino()))
        })
        .collect();
    files.sort();
    files
}

/// What a gateway says before it ends, without times and folders.
fn last_words(log: &str) -> String {
    let folder = regex::Regex::new(r"/[^ `:\\]*/plugins.d").expect("it is a pattern");
    let is_event = |line: &&str| !line.starts_with('{');
    let lines: Vec<_> = log.lines().filter(is_event).collect();
    folder.replace_all(&lines.join("\n"), "<folder>").into_owned()
}
