//! `plugin check` says what a file is, and refuses what a gateway would refuse.

use std::fs;

use sluicegate_tests::{
    command::{Finished, finish},
    gateway::{drop_in, read, sluicegate},
    workspace,
};
use tempfile::TempDir;

/// `drop_in`'s files, and `plugin check` of them all.
async fn check(files: &[(&str, &[u8], &str)]) -> Finished {
    let folder = TempDir::new().expect("a temporary folder can be made");
    let mut command = sluicegate(&["plugin", "check"]);
    for (name, wasm, toml) in files {
        drop_in(folder.path(), name, wasm, toml);
        command.arg(format!("{name}.wasm"));
    }
    command.current_dir(folder.path());
    finish(command, "").await
}

#[tokio::test]
async fn a_good_plugin_is_told_in_full() {
    let wasm = read(&workspace::component("stamp"));

    let told = check(&[("stamp", &wasm, "[settings]\ntext = \"v1\"")]).await.output_of_success();

    for words in [
        "good: a gateway takes it",
        "stamp 0.1.0: Sets a header",
        "roles      filter",
        "this gateway speaks 0.1.0",
        "settings   stamp.toml",
        " of 128.0 MiB",
        "compiled   in ",
        "configured in ",
        " of 64.0 MiB",
        "sluicegate:plugin/current@0.1.0      free",
    ] {
        assert!(told.contains(words), "no {words:?} in\n{told}");
    }
}

#[tokio::test]
async fn each_file_that_a_gateway_would_refuse_is_told_why_and_what_to_do() {
    let component = |name| read(&workspace::component(name));
    let module = |text: &str| [b"\0asm\x01\0\0\0", text.as_bytes()].concat();
    let cases: [(&str, Vec<u8>, &str, &[&str]); 8] = [
        ("text", b"#!/bin/sh".to_vec(), "", &["not WebAssembly", "not its text or source"]),
        ("module", module(""), "", &["core WebAssembly module", "sluicegate plugin new"]),
        (
            "half",
            module("sluicegate:plugin/lifecycle@0.1.0#describe"),
            "",
            &["core WebAssembly module", "sluicegate plugin build"],
        ),
        ("future", component("future"), "", &["0.2.0; this gateway speaks 0.1.0", "rebuild it"]),
        ("ungranted", component("ungranted"), "", &["plugin/files@0.1.0        REFUSED"]),
        (
            "reach",
            component("reach"),
            "",
            &["redis@0.1.0        NOT GRANTED", "write into `reach.toml`", "[redis.NAME]"],
        ),
        ("stamp", component("stamp"), "", &["missing field `text`", "mend `[settings]`"]),
        ("upper", component("upper"), "ordre = 1", &["`ordre`", "upper.toml:1"]),
    ];
    for (name, wasm, toml, words) in cases {
        let told = check(&[(name, &wasm, toml)]).await;
        assert!(!told.succeeded, "{name}: {}", told.output);
        assert!(told.output.contains("REFUSED: "), "{name}: {}", told.output);
        assert_eq!(told.errors, "error: a gateway would refuse it\n");
        for word in words {
            assert!(told.output.contains(word), "{name}: no {word:?} in\n{}", told.output);
        }
    }
}

#[tokio::test]
async fn one_bad_file_does_not_hide_the_others() {
    let upper = read(&workspace::component("upper"));

    let told = check(&[("bad", b"no", ""), ("upper", &upper, "")]).await;

    assert!(!told.succeeded);
    assert!(told.output.contains("good: a gateway takes it"), "{}", told.output);
    assert_eq!(told.errors, "error: a gateway would refuse 1 of 2 files\n");
}

#[tokio::test]
async fn a_grant_is_found_beside_the_file() {
    let toml = "[redis.users]\nurl = \"redis://127.0.0.1:1\"\ncommands = [\"GET\"]\nkeys = [\"*\"]\n\
                [sql.users]\nurl = \"mysql://127.0.0.1:1\"\nqueries = \"read-only\"\n";
    let wasm = read(&workspace::component("reach"));

    let told = check(&[("reach", &wasm, toml)]).await.output_of_success();

    assert!(told.contains("granted by a section `[redis.NAME]`"), "{told}");
    let missing = finish(sluicegate(&["plugin", "check", "nowhere.wasm"]), "").await;
    assert!(missing.output.contains("reading `nowhere.wasm`"), "{}", missing.output);
    assert!(fs::metadata("nowhere.wasm").is_err() && !missing.succeeded);
}
