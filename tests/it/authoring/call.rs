//! `plugin call` makes one call with the real engine and limits, and shows what came of it.

use std::fs;

use sluicegate_tests::{
    command::{Finished, finish},
    gateway::sluicegate,
    workspace,
};
use tempfile::TempDir;

/// Calls a built guest; `toml` are its settings.
async fn call(guest: &str, toml: &str, arguments: &[&str]) -> Finished {
    let folder = TempDir::new().expect("a temporary folder can be made");
    let settings = folder.path().join("settings.toml");
    fs::write(&settings, toml).expect("it can be written");
    let mut command = sluicegate(&["plugin", "call"]);
    command.arg(workspace::component(guest)).arg("--settings").arg(settings).args(arguments);
    command.env("XDG_CACHE_HOME", workspace::cache_home());
    finish(command, "").await
}

fn shows(told: &Finished, words: &[&str]) {
    for word in words {
        assert!(told.output.contains(word), "no {word:?} in\n{}\n{}", told.output, told.errors);
    }
}

#[tokio::test]
async fn a_filter_shows_its_verdict_and_what_it_changed() {
    let json = r#"{"topic": "orders", "value": {"a": 1}, "headers": {"stamp": "v1"}}"#;

    let told = call("stamp", "[settings]\ntext = \"v2\"", &["--json", json]).await;

    assert!(told.succeeded, "{}", told.errors);
    shows(
        &told,
        &[
            "plugin    stamp 0.1.0, hash ",
            "settings  {\"text\":\"v2\"} of ",
            "publish orders as demo\n  header stamp: \"v1\"\n  time ",
            "\n  value {\"a\": 1}\n",
            "\n  stamp filter.on-produce forward, changed\n    header stamp: \"v1\" → \"v2\"\n",
            "of 100 ms",
            "of 64.0 MiB",
        ],
    );
}

#[tokio::test]
async fn every_role_answers_in_its_own_form() {
    let told = call("upper", "", &["--json", r#"{"value": "loud"}"#]).await;
    shows(&told, &["forward, changed", "value - \"loud\"\n", "value + \"LOUD\"\n"]);

    let told = call("filter-json", "", &["--json", r#"{"value": "no"}"#]).await;
    shows(&told, &["  filter-json filter.on-produce reject not-json: "]);
    assert!(told.succeeded, "a rejection is an answer");

    let told = call("partition-hash", "", &["--json", r#"{"keys": ["a", null]}"#]).await;
    shows(
        &told,
        &["2 keys", "  key \"a\"\n", "partition 4 of 8", "key (null)\n", "no preference of 8"],
    );

    let told = call("noop-router", "", &["--json", r#"{"topic": "t"}"#]).await;
    shows(&told, &["  noop-router router.route route to t\n"]);

    let told = call("noop-transcoder", "", &["--consume", "--json", r#"{"value": {"hex": "ff"}}"#]);
    shows(
        &told.await,
        &["consume demo as demo\n", "transcoder.decode decoded\n", "value 00000000  ff "],
    );

    let told = call("noop-auth", "", &["--json", r#"{"username": "ann", "secret": "hush"}"#]).await;
    shows(&told, &["login ann\n", "authenticate granted ", "    principal ", "    admin yes\n"]);
    assert!(!told.output.contains("hush"), "{}", told.output);
}

#[tokio::test]
async fn a_call_that_breaks_tells_the_words_of_the_guest_and_the_limit_that_was_met() {
    for (mode, words) in [
        ("trap", &["failed: ", "log error: panicked at ", "deeds.rs:", "told to"][..]),
        ("loop", &["failed: ", "did not end filter.on-produce within 100 ms", "hear only: "]),
        ("allocate", &["failed: ", "bytes of memory", "the instance was dropped"]),
        (
            "chatter",
            &["log info: line 99\n", "log       900 lines over its rate", "counters  counter_0 1"],
        ),
    ] {
        let json = format!("{{\"value\": \"misbehave:{mode}\"}}");
        let told = call("misbehaving", "", &["--json", &json]).await;
        shows(&told, words);
        assert_eq!(told.succeeded, mode == "chatter", "{mode}");
    }
}

#[tokio::test]
async fn what_cannot_be_called_is_said_before() {
    for (guest, toml, arguments, words) in [
        (
            "upper",
            "",
            &["--role", "router"][..],
            "plugin `upper` is no router\n  hint:  its roles: filter",
        ),
        ("noop-router", "", &["--consume"], "a router is not called on consume"),
        (
            "upper",
            "",
            &["--json", "{\"valeu\": 1}"],
            "a key `valeu`, which means nothing\n  hint:  known are topic",
        ),
        ("stamp", "", &[], "plugin `stamp` was refused\n  where: "),
        ("stamp", "ordre = 1", &[], "`ordre`"),
    ] {
        let told = call(guest, toml, arguments).await;
        assert!(!told.succeeded && told.output.is_empty(), "{guest}: {}", told.output);
        assert!(told.errors.contains(words), "{guest}: {}", told.errors);
    }
}
