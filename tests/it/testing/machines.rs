//! The examples for machines: they are YAML, they name what there is, and the hook does its work.

use std::fs;

use serde_json::Value;
use sluicegate_tests::{
    authoring::{Project, is_installed, language, with_compilers},
    command::{finish, run},
    missing, workspace,
};

use super::shell;

const PRINT_AS_JSON: &str = "\
import json, sys, yaml
print(json.dumps(yaml.load(sys.stdin, yaml.BaseLoader)))";

/// A YAML file of the examples; none, counted, where there is nothing to read it with.
async fn yaml(name: &str) -> Option<Value> {
    let python = workspace::root().join("target/python/bin/python").display().to_string();
    let python = missing::require(&python)?;
    let path = workspace::root().join("plugin-sdk/ci").join(name);
    let text = fs::read_to_string(path).expect("it is there");
    let json = run(&python, &["-c", PRINT_AS_JSON], &text).await.output_of_success();
    Some(serde_json::from_str(&json).expect("Python writes JSON"))
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

#[tokio::test]
async fn the_example_for_github_installs_from_where_we_are_and_checks() {
    let Some(workflow) = yaml("github-actions.yml").await else { return };
    let steps = workflow["jobs"]["test"]["steps"].as_array().expect("a job has steps");
    let runs: Vec<_> = steps.iter().map(|step| text(&step["run"])).collect();
    let position = |words: &str| runs.iter().position(|run| run.contains(words));

    let manifest = fs::read_to_string(workspace::root().join("Cargo.toml")).expect("it is there");
    let manifest: toml::Table = manifest.parse().expect("it is TOML");
    let repository = manifest["workspace"]["package"]["repository"].as_str().expect("we have one");
    let install =
        position(&format!("cargo install --locked --git {repository} ")).expect("it does");
    let build = position("sluicegate plugin build").expect("it builds");
    let check = position("sluicegate test --check --junit conversations.xml").expect("it checks");
    assert!(install < build && build < check, "{runs:?}");
    let kept = &steps.last().expect("there are steps")["with"]["path"];
    assert_eq!(text(kept), "conversations.xml");
}

#[tokio::test]
async fn the_hook_stops_a_commit_that_changes_what_was_accepted() {
    let Some(config) = yaml("pre-commit-config.yaml").await else { return };
    let rust = language("rust");
    if !is_installed(rust) {
        return;
    }
    let hook = &config["repos"][0]["hooks"][0];
    let entry = text(&hook["entry"]);
    let project = Project::new(rust, "hooked", "filter").await;
    project.build().await.output_of_success();
    let accept = with_compilers(&["test", "--accept"], project.folder());
    finish(accept, "").await.output_of_success();

    finish(shell(entry, project.folder()), "").await.output_of_success();

    project.edit("the value is empty", "there is no value");
    let told = finish(shell(entry, project.folder()), "").await;
    assert!(!told.succeeded, "a commit is stopped");
    let said = format!("{}{}", told.output, told.errors);
    assert!(said.contains("hooked.resp") && said.contains("there is no value"), "{said}");
    assert!(!project.folder().join("hooked.snap.new").exists(), "`--check` writes nothing");
}
